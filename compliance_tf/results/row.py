"""A result as people look at it: what AWS Config says, the rule behind it, and whether it is waived."""

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
"""The order in which severities are shown."""


class Status(Enum):
    """How a result reads."""

    COMPLIANT = "compliant"
    NON_COMPLIANT = "non-compliant"
    WAIVED = "waived"
    """It is a violation, and somebody has accepted it for now."""
    CLOSED = "closed"
    """The resource is gone, or the rule does not apply to it any more."""


@dataclass(frozen=True, slots=True)
class Names:
    """How people know a resource and its account; None for what is not known.

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
        What the table holds.
    rule
        The rule as it is deployed.
    status
        How it reads at the time of reading.
    last_seen
        When AWS Config was last known to say so, in UTC: the rule's last comparison, or the result's own time where
        that is later. ``result.since`` tells since when it says so.
    names
        The names of the resource and its account, where they were looked up: the table has none.
    """

    result: Result
    rule: RuleEntry
    status: Status
    last_seen: datetime
    names: Names = NO_NAMES

    @property
    def resource_name(self) -> str | None:
        """The name of the resource, where it has one beside its id."""
        name = self.names.resource
        return name if name and name != self.result.resource.id else None


def status(result: Result, at: datetime) -> Status:
    """Tell how a result reads at a time, which must have an offset."""
    if result.compliance is Compliance.NOT_APPLICABLE:
        return Status.CLOSED
    if result.compliance is Compliance.COMPLIANT:
        return Status.COMPLIANT
    return Status.WAIVED if result.is_waived(at) else Status.NON_COMPLIANT
