"""The deliberate faults fit the code: one that fits no more would be caught by nothing."""

from __future__ import annotations

import pytest

from tests.mutants.mutants import MUTANTS, Mutant
from tests.repository import REPOSITORY


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.what)
def test_a_mutant_changes_one_place_and_names_tests_that_exist(mutant: Mutant) -> None:
    assert (REPOSITORY / mutant.file).read_text(encoding="utf-8").count(mutant.before) == 1
    assert all((REPOSITORY / test).exists() for test in mutant.tests.split())
