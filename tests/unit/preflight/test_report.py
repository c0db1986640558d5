"""What people and programs read."""

from __future__ import annotations

import io
import json

import pytest

from compliance_tf.preflight.account import Caller
from compliance_tf.preflight.findings import Finding, Verdict
from compliance_tf.preflight.report import Report
from tests.unit.preflight.builders import ACCOUNT


def report(*findings: Finding) -> Report:
    return Report(Caller(ACCOUNT, f"arn:aws:iam::{ACCOUNT}:user/me"), ("dev",), findings)


LONG = "acme-dev-" + "-".join(f"word{number}" for number in range(60))
TAKEN = Finding("compliance (eu-west-1)", "Names", Verdict.FAIL, f"1 taken [by others]: {LONG}.", "Rename it.")


@pytest.mark.parametrize(
    ("verdict", "vital", "goes"),
    [
        (Verdict.OK, False, True),
        (Verdict.WARNING, False, True),
        (Verdict.UNKNOWN, False, True),
        (Verdict.UNKNOWN, True, False),
        (Verdict.FAIL, False, False),
    ],
)
def test_a_failure_stands_in_the_way_and_so_does_not_knowing_what_is_vital(
    verdict: Verdict, *, vital: bool, goes: bool
) -> None:
    assert report(Finding("here", "what", verdict, "so", vital=vital)).may_go_ahead is goes


def test_nothing_is_cut_when_it_is_piped() -> None:
    stream = io.StringIO()
    report(TAKEN).print(stream)
    lines = stream.getvalue().splitlines()
    assert lines[0] == "compliance (eu-west-1)"
    assert f"fail  Names  1 taken [by others]: {LONG}." in lines
    assert "             → Rename it." in lines
    assert lines[-1] == (
        f"The deployment to dev in account {ACCOUNT} should not go ahead: 0 ok, 0 warning, 1 fail, 0 unknown."
    )


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_in_a_terminal_lines_are_broken_and_nothing_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setenv("NO_COLOR", "1")
    stream = Terminal()
    report(TAKEN).print(stream)
    printed = stream.getvalue()
    assert max(map(len, printed.splitlines())) <= 80
    assert LONG in "".join(line.strip() for line in printed.splitlines())


def test_programs_read_every_line_and_whether_it_may_go_ahead() -> None:
    document = json.loads(report(TAKEN).to_json())
    assert document["mayGoAhead"] is False
    assert (document["account"], document["workspaces"]) == (ACCOUNT, ["dev"])
    assert document["findings"] == [
        {
            "place": "compliance (eu-west-1)",
            "subject": "Names",
            "verdict": "fail",
            "blocks": True,
            "figure": f"1 taken [by others]: {LONG}.",
            "advice": "Rename it.",
        }
    ]
