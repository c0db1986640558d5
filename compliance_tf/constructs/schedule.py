"""Triggers: schedules, and API calls that CloudTrail records."""

from __future__ import annotations

import re
from dataclasses import dataclass

from compliance_tf.errors import SettingError
from compliance_tf.model.checked_types import checked

_CRON_FIELDS = 6
_DAY_OF_MONTH, _DAY_OF_WEEK = 2, 4
_RATE = re.compile(r"rate\((?:1 (?:minute|hour|day)|(?!0|1 )[0-9]+ (?:minutes|hours|days))\)")
"""EventBridge User Guide, "Rate expressions": the unit of 1 is singular, that of more is plural."""

_READS = re.compile(r"(BatchGet|Check|Describe|Get|Head|List|Lookup|Search|Select)(?=[A-Z0-9]|$)")
_DELIVERED = {"sts.amazonaws.com:GetFederationToken", "sts.amazonaws.com:GetSessionToken"}
"""Calls whose names begin like those of reading calls, and which EventBridge delivers nevertheless.

Source: EventBridge User Guide, "Receiving read-only management events from AWS services".
"""


@checked
@dataclass(frozen=True)
class Schedule:
    """A schedule of EventBridge.

    Build it with :meth:`minutes`, :meth:`hours`, :meth:`days` or :meth:`cron`.

    Examples
    --------
    >>> Schedule.hours(6).expression
    'rate(6 hours)'
    >>> Schedule.cron("0 6 * * ? *").expression
    'cron(0 6 * * ? *)'

    Raises
    ------
    SettingError
        When EventBridge would not take the expression.
    """

    expression: str

    def __post_init__(self) -> None:
        text = str(self.expression)
        if _RATE.fullmatch(text):
            return
        fields = text.removeprefix("cron(").removesuffix(")").split()
        if text != f"cron({' '.join(fields)})" or len(fields) != _CRON_FIELDS:
            raise SettingError(
                f"Schedule({text!r}) is not a schedule of EventBridge, such as 'rate(1 day)', 'rate(6 hours)' or "
                "'cron(0 6 * * ? *)'."
            )
        # EventBridge User Guide, "Cron expressions".
        if (fields[_DAY_OF_MONTH] == "?") == (fields[_DAY_OF_WEEK] == "?"):
            raise SettingError(
                f"Schedule({text!r}) must have ? as the day of the month or as the day of the week, and not as both."
            )

    @classmethod
    def minutes(cls, number: int) -> Schedule:
        """Run every ``number`` minutes: at least 1."""
        return cls._rate(number, "minute")

    @classmethod
    def hours(cls, number: int) -> Schedule:
        """Run every ``number`` hours: at least 1."""
        return cls._rate(number, "hour")

    @classmethod
    def days(cls, number: int) -> Schedule:
        """Run every ``number`` days: at least 1."""
        return cls._rate(number, "day")

    @classmethod
    def cron(cls, fields: str) -> Schedule:
        """Run at the times of EventBridge's six cron fields, in UTC: ``0 6 * * ? *`` is every day at six."""
        if len(fields.split()) != _CRON_FIELDS:
            raise SettingError(
                f"Schedule.cron({fields!r}) has {len(fields.split())} fields, and EventBridge takes {_CRON_FIELDS}: "
                "minutes, hours, day of month, month, day of week, year."
            )
        return cls(f"cron({' '.join(fields.split())})")

    @classmethod
    def _rate(cls, number: int, unit: str) -> Schedule:
        if number < 1:
            raise SettingError(f"Schedule.{unit}s({number}) must be at least 1.")
        return cls(f"rate({number} {unit}{'' if number == 1 else 's'})")


@checked
@dataclass(frozen=True, order=True)
class ApiCall:
    """A call of an AWS API, as CloudTrail names it.

    EventBridge receives it only where a trail logs management events. It does not receive calls that only read, and
    calls of global services such as IAM only in one region, us-east-1 for most: both are refused at synthesis.

    Parameters
    ----------
    service
        The service's endpoint in CloudTrail, without ``.amazonaws.com``: ``s3``, ``iam``, ``cloudtrail``.
    operation
        The API operation: ``StopLogging``.

    Examples
    --------
    >>> str(ApiCall("cloudtrail", "StopLogging"))
    'cloudtrail.amazonaws.com:StopLogging'
    """

    service: str
    operation: str

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z0-9-]+", self.service) or not re.fullmatch(r"[A-Z][A-Za-z0-9]+", self.operation):
            raise SettingError(
                f"ApiCall({self.service!r}, {self.operation!r}) names no API call: give the service as CloudTrail "
                "does, such as 's3', and the operation, such as 'PutBucketPolicy'."
            )
        if _READS.match(self.operation) and str(self) not in _DELIVERED:
            raise SettingError(
                f"ApiCall({self.service!r}, {self.operation!r}) only reads, and EventBridge does not receive such "
                "calls: it would never trigger an evaluation. Name a call that changes something."
            )

    def __str__(self) -> str:
        """Return the form of the deployment's manifest."""
        return f"{self.service}.amazonaws.com:{self.operation}"
