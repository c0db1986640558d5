"""The report says what was found, and nothing that should not be shown."""

from __future__ import annotations

import json
import signal
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from compliance_tf.verify.outcome import Outcome
from compliance_tf.verify.probes import NEWER_WINS, PROBES, REMOVAL_CLOSES
from compliance_tf.verify.report import Report
from tests.unit.verify.builders import ACCOUNT

if TYPE_CHECKING:
    from pathlib import Path

ALL_HOLD = dict.fromkeys((*PROBES, NEWER_WINS, REMOVAL_CLOSES), Outcome.holds("It does."))
AT = datetime(2026, 11, 26, tzinfo=UTC)


def report(**members: Any) -> Report:
    usual: dict[str, Any] = {"outcomes": ALL_HOLD, "measured": [], "skipped": [], "failure": None, "left": []}
    return Report(ACCOUNT, "eu-west-1", "verify", AT, AT, **{**usual, **members})


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({}, 0),
        ({"outcomes": {**ALL_HOLD, "resource_ids": Outcome.open("No answer.")}}, 0),
        ({"outcomes": {**ALL_HOLD, "resource_ids": Outcome.fails("Other ids.")}}, 2),
        ({"outcomes": {"resource_ids": Outcome.fails("Other ids.")}, "failure": "It failed."}, 1),
        ({"outcomes": {"resource_ids": Outcome.fails("Other ids.")}, "left": ["a bucket"]}, 1),
        ({"failure": "Interrupted by SIGINT.", "interrupted_by": signal.SIGINT}, 130),
    ],
)
def test_the_exit_code_follows_from_what_was_found(members: dict[str, Any], code: int) -> None:
    assert report(**members).exit_code == code


def test_the_number_of_the_account_is_in_neither_form(tmp_path: Path) -> None:
    found = report(
        outcomes={**ALL_HOLD, "resource_ids": Outcome.fails(f"arn:aws:sqs:eu-west-1:{ACCOUNT}:jobs")},
        failure=f"arn:aws:iam::{ACCOUNT}:role/x may not",
        left=[f"ctfverify-{ACCOUNT}"],
        skipped=[f"{ACCOUNT} has no VPC"],
    )
    for path in found.write(tmp_path / "new"):
        assert ACCOUNT not in path.read_text()


def test_what_does_not_hold_comes_first_with_what_follows() -> None:
    found = report(outcomes={**ALL_HOLD, "start_once_a_minute": Outcome.fails("Both were taken.")})
    first = json.loads(found.to_json())["assumptions"][0]
    assert (first["id"], first["verdict"]) == ("start-once-a-minute", "does not hold")
    assert f"- `start-once-a-minute`: {first['consequence']}" in found.to_markdown()
    assert " 1 do not, and 0 were not checked." in found.headline()


def test_what_aws_answers_stays_in_its_cell() -> None:
    answer = "a | b\n## c <img src=x> `d`\x1b[2J"
    (row,) = [
        line
        for line in report(outcomes={"resource_ids": Outcome.open(answer)}).to_markdown().splitlines()
        if "resource-ids" in line
    ]
    assert r"a \| b ## c \<img src=x\> \`d\`" in row
    assert "\x1b" not in row
