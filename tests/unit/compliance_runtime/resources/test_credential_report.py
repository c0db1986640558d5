from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.stub import Stubber

from compliance_runtime.errors import EventError, ReportNotReadyError
from compliance_runtime.resources.credential_report import ATTEMPTS, ROOT_USER, AccessKey, active_keys_by_user
from tests.unit.compliance_runtime.builders import client
from tests.unit.compliance_runtime.credential_reports import credential_report

ROTATED = "2026-01-02T03:04:05+00:00"
USED = "2026-02-01T10:00:00+00:00"
ROTATED_TIME = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
USED_TIME = datetime(2026, 2, 1, 10, tzinfo=UTC)


class Report:
    """IAM's answers about the report, and the seconds that were waited for it."""

    def __init__(self) -> None:
        self.iam = client("iam")
        self.stub = Stubber(self.iam)
        self.waited: list[float] = []

    def in_preparation(self, state: str = "INPROGRESS") -> None:
        self.stub.add_response("generate_credential_report", {"State": state})

    def complete(self, content: bytes) -> None:
        self.in_preparation("COMPLETE")
        self.stub.add_response("get_credential_report", {"Content": content, "ReportFormat": "text/csv"})

    def keys(self) -> Any:
        with self.stub:
            keys = active_keys_by_user(self.iam, self.waited.append)
            self.stub.assert_no_pending_responses()
        return keys


def keys_of(content: bytes) -> Any:
    report = Report()
    report.complete(content)
    return report.keys()


def test_the_active_keys_of_every_user_are_read() -> None:
    keys = keys_of(
        credential_report(
            {"user": ROOT_USER, "password_enabled": "not_supported", "access_key_1_active": "false"},
            {
                "user": "alice",
                "access_key_1_active": "true",
                "access_key_1_last_rotated": ROTATED,
                "access_key_1_last_used_date": USED,
                "access_key_2_active": "true",
                "access_key_2_last_rotated": ROTATED,
            },
            {"user": "bob", "access_key_1_last_rotated": ROTATED, "access_key_1_last_used_date": USED},
        )
    )

    assert keys == {
        ROOT_USER: (),
        "alice": (AccessKey(1, ROTATED_TIME, USED_TIME), AccessKey(2, ROTATED_TIME, None)),
        "bob": (),
    }


@pytest.mark.parametrize("absent", ["N/A", "no_information", "not_supported"])
def test_a_key_that_was_never_used_has_no_date(absent: str) -> None:
    row = {
        "user": "alice",
        "access_key_2_active": "true",
        "access_key_2_last_rotated": ROTATED,
        "access_key_2_last_used_date": absent,
    }

    assert keys_of(credential_report(row)) == {"alice": (AccessKey(2, ROTATED_TIME, None),)}


def test_a_root_user_whose_keys_are_not_supported_has_none() -> None:
    row = {"user": ROOT_USER, "access_key_1_active": "not_supported", "access_key_2_active": "not_supported"}

    assert keys_of(credential_report(row)) == {ROOT_USER: ()}


def test_a_report_in_preparation_is_waited_for() -> None:
    report = Report()
    report.in_preparation("STARTED")
    report.in_preparation()
    report.complete(credential_report({"user": "alice"}))

    assert report.keys() == {"alice": ()}
    assert report.waited == [2, 2]


@pytest.mark.parametrize("code", ["ReportExpired", "ReportNotPresent", "ReportInProgress"])
def test_a_report_that_is_deleted_when_it_is_fetched_is_asked_for_again(code: str) -> None:
    report = Report()
    report.in_preparation("COMPLETE")
    report.stub.add_client_error("get_credential_report", code)
    report.complete(credential_report({"user": "alice"}))

    assert report.keys() == {"alice": ()}


def test_the_wait_is_bounded() -> None:
    report = Report()
    for _ in range(ATTEMPTS):
        report.in_preparation()

    with pytest.raises(ReportNotReadyError, match="after 30 seconds"):
        report.keys()
    assert sum(report.waited) == 30


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"user": ""}, "user must be a text"),
        ({"user": "alice", "access_key_1_active": "yes"}, "alice.access_key_1_active must be true or false"),
        ({"user": "alice", "access_key_1_active": ""}, "alice.access_key_1_active"),
        ({"user": "alice", "access_key_1_active": "true"}, "alice.access_key_1_last_rotated"),
        (
            {"user": "alice", "access_key_2_active": "true", "access_key_2_last_rotated": "2026-01-02"},
            "alice.access_key_2_last_rotated must be a time with an offset",
        ),
    ],
)
def test_a_malformed_row_is_refused_with_its_user_and_column(row: dict[str, str], message: str) -> None:
    with pytest.raises(EventError, match=message):
        keys_of(credential_report(row))


@pytest.mark.parametrize("content", [b"\xff\xfe", b"user,arn\nalice", b"<html>\n</html>"])
def test_what_is_no_report_is_refused(content: bytes) -> None:
    with pytest.raises(EventError, match="credential report"):
        keys_of(content)
