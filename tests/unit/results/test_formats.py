"""How single results read: ages, reasons, JSON and CSV."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance_runtime.check import Severity
from compliance_tf.errors import ResultsError
from compliance_tf.output.sanitize import visible
from compliance_tf.results.csv_columns import LISTED
from compliance_tf.results.row import Names, Row, status
from compliance_tf.results.row_formats import write_csv, write_json
from compliance_tf.results.selection import parse_since
from compliance_tf.results.wording import age, reason
from tests.runtime.results.builders import NOW, result, rule, waiver

if TYPE_CHECKING:
    from compliance_runtime.recording.results import Result


def row(one: Result) -> Row:
    return Row(one, rule("tls", Severity.HIGH, "cis"), status(one, NOW), NOW)


def test_the_json_of_a_result_has_this_shape() -> None:
    stream = io.StringIO()

    one = row(result(reason="No TLS.", waiver=waiver()))
    write_json([replace(one, names=Names("logs", "arn:aws:s3:::logs", "production"))], stream)

    assert json.loads(stream.getvalue()) == [
        {
            "rule": "tls",
            "ruleName": "acme-dev-tls",
            "identifier": None,
            "packs": ["cis"],
            "severity": "HIGH",
            "status": "waived",
            "resource": {
                "account": "111122223333",
                "accountName": "production",
                "region": "eu-central-1",
                "type": "AWS::S3::Bucket",
                "id": "logs",
                "name": "logs",
                "arn": "arn:aws:s3:::logs",
            },
            "reason": "No TLS.",
            "since": "2026-11-20T12:00:00+00:00",
            "recordedAt": "2026-11-20T12:00:00+00:00",
            "lastSeen": "2026-11-23T12:00:00+00:00",
            "waiver": {
                "ticket": "SEC-214",
                "owner": "team-data",
                "reason": "Gone in spring.",
                "resource": "id logs",
                "expires": "9999-12-31",
            },
        }
    ]


@pytest.mark.parametrize("number", [0, 1, 3])
def test_json_is_an_array_however_many_there_are(number: int) -> None:
    stream = io.StringIO()

    write_json([row(result())] * number, stream)

    assert len(json.loads(stream.getvalue())) == number


@given(reasons=st.lists(st.text(), max_size=4))
def test_csv_is_read_back_with_any_reason_and_no_cell_begins_a_formula(reasons: list[str]) -> None:
    stream = io.StringIO(newline="")

    write_csv([row(result(reason=text)) for text in reasons], stream)
    heading, *lines = csv.reader(io.StringIO(stream.getvalue(), newline=""))

    assert tuple(heading) == LISTED
    read = [line[LISTED.index("reason")] for line in lines]
    assert [text.removeprefix("'") for text in read] == [visible(text).removeprefix("'") for text in reasons]
    assert not any(cell[:1] in ("=", "+", "-", "@", "\t", "\r", "\n") for line in lines for cell in line if cell)


@pytest.mark.parametrize(
    ("passed", "written"),
    [
        (timedelta(minutes=-3), "0 min"),
        (timedelta(seconds=59), "0 min"),
        (timedelta(minutes=59), "59 min"),
        (timedelta(hours=1), "1 h"),
        (timedelta(hours=47), "47 h"),
        (timedelta(days=2), "2 d"),
        (timedelta(days=89), "89 d"),
        (timedelta(days=90), "3 months"),
    ],
)
def test_an_age_has_one_unit(passed: timedelta, written: str) -> None:
    assert age(NOW - passed, NOW) == written


def test_a_reason_begins_with_the_waiver_and_says_when_it_expired() -> None:
    waived = row(result(reason="No TLS.", waiver=waiver()))
    expired = row(result(waiver=waiver(NOW.date() - timedelta(days=1))))

    assert reason(waived) == "[waived until 9999-12-31: SEC-214, team-data: Gone in spring.] No TLS."
    assert reason(expired) == "[waiver expired on 2026-11-22: SEC-214, team-data: Gone in spring.]"
    assert reason(row(result())) == ""


@pytest.mark.parametrize(
    ("text", "back"),
    [
        ("12h", timedelta(hours=12)),
        ("7d", timedelta(days=7)),
        ("2w", timedelta(days=14)),
        ("2026-11-20", timedelta(days=3, hours=12)),
    ],
)
def test_a_time_in_the_past_is_an_age_or_the_beginning_of_a_day(text: str, back: timedelta) -> None:
    assert parse_since(text, NOW) == NOW - back


@pytest.mark.parametrize("text", ["", "7", "d7", "7 d", "-7d", "2026-02-30", "99999d", "last week"])
def test_any_other_time_is_refused_with_what_is_allowed(text: str) -> None:
    with pytest.raises(ResultsError, match="give 12h, 7d, 2w or a date such as 2026-11-01"):
        parse_since(text, NOW)
