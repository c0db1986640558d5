"""A result with its rule, status and names."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

from compliance_runtime.check import Compliance, Severity

if TYPE_CHECKING:
    from datetime import datetime

    from compliance_runtime.recording.results import Result
    from compliance_runtime.recording.rule_directory import RuleEntry


WORST_FIRST: Final = tuple(reversed(Severity))
"""The display order of severities."""


class Status(Enum):
    """The status of a result."""

    COMPLIANT = "compliant"
    NON_COMPLIANT = "non-compliant"
    WAIVED = "waived"
    """It is a violation that an owner has accepted for a time."""
    CLOSED = "closed"
    """The resource was deleted, or the rule does not apply to it any more."""


@dataclass(frozen=True, slots=True)
class Names:
    """The names of a resource and its account; None for unknown ones.

    Parameters
    ----------
    resource
        The resource's name, as AWS Config recorded it.
    arn
        Its ARN.
    account
        The name of its account.
    """

    resource: str | None = None
    arn: str | None = None
    account: str | None = None


NO_NAMES: Final = Names()


@dataclass(frozen=True)
class Row:
    """One present result.

    Parameters
    ----------
    result
        The result in the table.
    rule
        The rule as it is deployed.
    status
        The status at the time of reading.
    last_seen
        The time at which AWS Config last had this result, in UTC: the rule's last comparison, or the result's own time
        if that is later. ``result.since`` is the time since which it has it.
    names
        The names of the resource and its account, if they were looked up: the table has none.
    """

    result: Result
    rule: RuleEntry
    status: Status
    last_seen: datetime
    names: Names = NO_NAMES

    @property
    def resource_name(self) -> str | None:
        """The name of the resource, if it has one beside its id."""
        name = self.names.resource
        return name if name and name != self.result.resource.id else None


def status(result: Result, at: datetime) -> Status:
    """Return the status of a result at a time, which must have an offset."""
    if result.compliance is Compliance.NOT_APPLICABLE:
        return Status.CLOSED
    if result.compliance is Compliance.COMPLIANT:
        return Status.COMPLIANT
    return Status.WAIVED if result.is_waived(at) else Status.NON_COMPLIANT
