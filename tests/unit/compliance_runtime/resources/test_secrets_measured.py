"""How many of labelled variables are judged right."""

from __future__ import annotations

import pytest

from compliance_runtime.resources.plain_secrets import secret_kind
from tests.unit.compliance_runtime.resources.labelled_harmless import HARMLESS
from tests.unit.compliance_runtime.resources.labelled_secrets import BY_NAME, BY_VALUE, UNUSUAL

SECRETS = (*BY_NAME, *BY_VALUE, *UNUSUAL)
MIN_RECALL = 0.98
MIN_PRECISION = 0.98


def test_the_list_is_long_and_has_as_many_harmless_ones() -> None:
    assert len(SECRETS) >= 200
    assert len(HARMLESS) >= 200


def test_nearly_all_secrets_are_named_and_nearly_nothing_else() -> None:
    missed = [name for name, value in SECRETS if not secret_kind(name, value)]
    wrong = [name for name, value in HARMLESS if secret_kind(name, value)]
    found = len(SECRETS) - len(missed)

    assert found / len(SECRETS) >= MIN_RECALL, missed
    assert found / (found + len(wrong)) >= MIN_PRECISION, wrong


@pytest.mark.parametrize(("name", "value"), BY_VALUE)
def test_a_format_is_known_whatever_the_variable_is_called(name: str, value: str) -> None:
    assert secret_kind("SETTING", value) == secret_kind(name, value)
