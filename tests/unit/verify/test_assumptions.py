"""Assumptions are data: each says where it comes from, what follows, who relies on it, and how it is checked."""

from __future__ import annotations

import datetime
import re

from compliance_tf.verify.assumptions import assumptions
from compliance_tf.verify.probes import NEWER_WINS, PROBES, REMOVAL_CLOSES
from maintenance.pages.assumptions import page
from tests.repository import REPOSITORY


def test_the_page_is_made_of_the_data() -> None:
    assert (REPOSITORY / "docs" / "explanation" / "assumptions.md").read_text() == page(), "run make docs"


def test_each_assumption_is_whole() -> None:
    for one in assumptions():
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", one.id)
        assert all([one.sentence.endswith("."), one.source, one.consequence.endswith("."), one.relied_on]), one
        assert datetime.date.fromisoformat(one.date)
    assert len({one.id for one in assumptions()}) == len(assumptions())


def test_the_files_that_rely_on_assumptions_are_there() -> None:
    files = {path for one in assumptions() for path in one.relied_on}
    assert {path for path in files if not (REPOSITORY / path).is_file()} == set()


def test_each_probe_checks_an_assumption_and_each_named_probe_exists() -> None:
    assert {one.probe for one in assumptions() if one.probe} == {*PROBES, NEWER_WINS, REMOVAL_CLOSES}
