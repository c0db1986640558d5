"""Whatever is read, nothing but a declared error comes out: quickly here, at length in the long form."""

from __future__ import annotations

import re
import subprocess
import sys
from random import Random
from typing import TYPE_CHECKING

import pytest

from tests.fuzz.mutation import mutations
from tests.fuzz.targets import TARGETS
from tests.repository import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Callable

QUICK = 60
LONG = 1_000_000 // len(TARGETS)


@pytest.mark.parametrize("name", TARGETS)
def test_a_damaged_input_is_read_or_refused(name: str) -> None:
    target = TARGETS[name]
    for data in (*target.corpus, *mutations(target.corpus, Random(name), QUICK)):  # noqa: S311 (the same every time)
        try:
            target.run(data)
        except Exception as error:
            raise AssertionError(f"{name} raised {type(error).__name__} for {data!r}") from error


@pytest.mark.long
@pytest.mark.parametrize("name", TARGETS)
def test_the_fuzzer_finds_nothing_in_a_million_inputs_of_all_targets(
    name: str, record_property: Callable[[str, object], None]
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzz", name, f"-runs={LONG}", "-timeout=20", "-rss_limit_mb=2048"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    record_property("seed", re.findall(r"^INFO: Seed: (\d+)", done.stderr, re.MULTILINE))
    record_property("inputs", re.findall(r"^Done (\d+) runs", done.stderr, re.MULTILINE))
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-5000:]
