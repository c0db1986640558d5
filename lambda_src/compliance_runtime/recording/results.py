"""A result as it stands in the table. Its keys are described in ``results_table``."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, TypeAlias

from compliance_runtime.check import Compliance, Severity
from compliance_runtime.json_object import well_formed
from compliance_runtime.recording.results_table import (
    EXPIRES_AT,
    PARTITION_KEY,
    SORT_KEY,
    Resource,
    history_sort_key,
    index_keys,
    present_sort_key,
)
from compliance_runtime.waivers.waiver import WaiverNote

if TYPE_CHECKING:
    from collections.abc import Mapping

Item: TypeAlias = dict[str, dict[str, str]]
"""An item in DynamoDB's own form: ``{"attribute": {"S": "text"}}``."""


WAIVER_EXPIRES = "waiver_expires"
"""The attribute that an item has if, and only if, it has a waiver: a day."""

COMPARED = (
    *(PARTITION_KEY, "severity", "compliance", "annotation"),
    *("waiver_ticket", "waiver_owner", "waiver_reason", "waiver_resource", WAIVER_EXPIRES),
)
"""The attributes that tell whether a present result is another one than that of AWS Config: all but times."""


@dataclass(frozen=True)
class Result:
    """What AWS Config says about one resource and rule.

    Parameters
    ----------
    resource
        What was evaluated.
    rule_name
        The whole name of the Config rule.
    severity
        How much a violation matters.
    compliance
        The result; NOT_APPLICABLE closes it.
    annotation
        The reason, where the rule gives one.
    time
        When AWS Config recorded the result, in UTC.
    since
        Since when the compliance is what it is, in UTC, as far as the table knows: at ``time`` or before it.
    waiver
        The waiver that a violation has, expired or not.
    """

    resource: Resource
    rule_name: str
    severity: Severity
    compliance: Compliance
    annotation: str | None
    time: datetime
    since: datetime
    waiver: WaiverNote | None = None

    def is_waived(self, at: datetime) -> bool:
        """Return whether it is a violation that is accepted at a time, which must have an offset."""
        return self.compliance is Compliance.NON_COMPLIANT and self.waiver is not None and self.waiver.is_active(at)

    def closed(self, at: datetime) -> Result:
        """Return the result that says that there is none any more, since a time."""
        return replace(self, compliance=Compliance.NOT_APPLICABLE, annotation=None, time=at, since=at, waiver=None)

    @property
    def waiver_texts(self) -> dict[str, str]:
        """The waiver as the table has it, by attribute; none without one."""
        if self.waiver is None:
            return {}
        return {
            "waiver_ticket": self.waiver.ticket,
            "waiver_owner": self.waiver.owner,
            "waiver_reason": self.waiver.reason,
            "waiver_resource": self.waiver.resource,
            WAIVER_EXPIRES: self.waiver.expires.isoformat(),
        }

    @property
    def compared_texts(self) -> dict[str, str]:
        """What ``COMPARED`` names, by attribute."""
        texts = {
            PARTITION_KEY: self.resource.key,
            "severity": self.severity.value,
            "compliance": self.compliance.value,
            **self.waiver_texts,
        }
        return texts | ({"annotation": well_formed(self.annotation)} if self.annotation else {})

    def present_item(self, expires_at: int) -> Item:
        """Make the item of the present result.

        Parameters
        ----------
        expires_at
            When it expires, which only a closed one does: in seconds since 1970.
        """
        item = self._attributes() | {SORT_KEY: {"S": present_sort_key(self.rule_name)}}
        keys = index_keys(self.resource, self.rule_name, self.severity, self.compliance)
        item |= {name: {"S": value} for name, value in keys.items()}
        return item if keys else item | _expiry(expires_at)

    def history_item(self, expires_at: int) -> Item:
        """Make the item of this change.

        Parameters
        ----------
        expires_at
            When it expires, in seconds since 1970.
        """
        sort_key = history_sort_key(self.rule_name, time_text(self.time))
        return self._attributes() | {SORT_KEY: {"S": sort_key}} | _expiry(expires_at)

    @classmethod
    def from_item(cls, item: Mapping[str, Mapping[str, object]]) -> Result:
        """Read a present or a history item."""
        values = {name: str(value.get("S")) for name, value in item.items()}
        return cls(
            resource=Resource(
                account=values["account"],
                region=values["region"],
                type=values["resource_type"],
                id=values["resource_id"],
            ),
            rule_name=values["rule"],
            severity=Severity(values["severity"]),
            compliance=Compliance(values["compliance"]),
            annotation=values.get("annotation"),
            time=datetime.fromisoformat(values["result_time"]),
            # A table may hold results from before this was kept.
            since=datetime.fromisoformat(values.get("since", values["result_time"])),
            waiver=_waiver(values),
        )

    def _attributes(self) -> Item:
        texts = {
            PARTITION_KEY: self.resource.key,
            "account": self.resource.account,
            "region": self.resource.region,
            "resource_type": self.resource.type,
            "resource_id": self.resource.id,
            "rule": self.rule_name,
            "severity": self.severity.value,
            "compliance": self.compliance.value,
            "result_time": time_text(self.time),
            "since": time_text(self.since),
        }
        if self.annotation:
            texts["annotation"] = well_formed(self.annotation)
        return {name: {"S": text} for name, text in (texts | self.waiver_texts).items()}


def time_text(time: datetime) -> str:
    """Write a time, which must have an offset, so that the order of texts is the order of times."""
    return time.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _waiver(values: Mapping[str, str]) -> WaiverNote | None:
    if WAIVER_EXPIRES not in values:
        return None
    return WaiverNote(
        ticket=values["waiver_ticket"],
        owner=values["waiver_owner"],
        reason=values["waiver_reason"],
        resource=values["waiver_resource"],
        expires=date.fromisoformat(values[WAIVER_EXPIRES]),
    )


def _expiry(expires_at: int) -> Item:
    return {EXPIRES_AT: {"N": str(expires_at)}}
