"""The access keys in IAM's credential report.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html
"""

from __future__ import annotations

from dataclasses import dataclass
from time import sleep
from typing import TYPE_CHECKING

from compliance_runtime.errors import EventError, ReportNotReadyError
from compliance_runtime.json_object import JsonObject, is_word

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from mypy_boto3_iam import IAMClient

ROOT_USER = "<root_account>"
"""The root user's name in the report."""

ATTEMPTS = 15
SECONDS_BETWEEN_ATTEMPTS = 2

_NO_DATE = frozenset({"N/A", "no_information", "not_supported"})
_ACTIVE = {"true": True, "false": False, "not_supported": False}


@dataclass(frozen=True)
class AccessKey:
    """An active access key.

    Parameters
    ----------
    number
        1 or 2: a user has two at most.
    rotated
        The time of its creation, activation or deactivation, in UTC.
    last_used
        The time of its last use, to the hour; None for none since AWS records it (April 2015).
    """

    number: int
    rotated: datetime
    last_used: datetime | None


def active_keys_by_user(iam: IAMClient, wait: Callable[[float], None] = sleep) -> Mapping[str, tuple[AccessKey, ...]]:
    """Read the active access keys of all users by name, including users without any and the root user.

    The report has a line for each user, and an account 5,000 users by default. It is at most four hours old.

    Parameters
    ----------
    iam
        The client.
    wait
        Sleeps for some seconds.

    Returns
    -------
    Mapping[str, tuple[AccessKey, ...]]
        The keys by the user's name, the root user's by ``ROOT_USER``.

    Raises
    ------
    ReportNotReadyError
        When IAM has not prepared the report after 30 seconds.
    EventError
        When the report does not have the form that AWS documents.
    """
    import csv

    try:
        lines = _report(iam, wait).decode().splitlines()
        return {row.text("user"): _active_keys(row) for row in map(_row, csv.DictReader(lines))}
    except (UnicodeDecodeError, csv.Error) as cause:
        raise EventError(f"The credential report is not a table of UTF-8 text: {cause}.") from cause


def _report(iam: IAMClient, wait: Callable[[float], None]) -> bytes:
    not_ready = (
        iam.exceptions.CredentialReportNotPresentException,
        iam.exceptions.CredentialReportNotReadyException,
        iam.exceptions.CredentialReportExpiredException,
    )
    for _ in range(ATTEMPTS):
        if is_word(iam.generate_credential_report().get("State"), "COMPLETE"):
            try:
                return iam.get_credential_report()["Content"]
            except not_ready:
                # It has expired meanwhile: the next attempt generates a new one.
                pass
        wait(SECONDS_BETWEEN_ATTEMPTS)
    raise ReportNotReadyError(
        f"IAM has not prepared the credential report after {ATTEMPTS * SECONDS_BETWEEN_ATTEMPTS} seconds: "
        "evaluate again."
    )


def _row(values: Mapping[str, object]) -> JsonObject:
    return JsonObject.of(values, f"credential report, user {values.get('user')}", EventError)


def _active_keys(row: JsonObject) -> tuple[AccessKey, ...]:
    return tuple(
        AccessKey(
            number=number,
            rotated=row.time(f"access_key_{number}_last_rotated"),
            last_used=_optional_time(row, f"access_key_{number}_last_used_date"),
        )
        for number in (1, 2)
        if _is_active(row, f"access_key_{number}_active")
    )


def _is_active(row: JsonObject, name: str) -> bool:
    value = row.text(name).lower()
    if value not in _ACTIVE:
        raise EventError(f"{row.place}.{name} must be true or false; it is {value!r:.80}.")
    return _ACTIVE[value]


def _optional_time(row: JsonObject, name: str) -> datetime | None:
    return None if row.text(name) in _NO_DATE else row.time(name)
