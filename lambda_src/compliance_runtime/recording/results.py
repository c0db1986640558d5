"""A result in the table. Its keys are described in ``results_table``."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, TypeAlias

from compliance_runtime.check import Compliance, Severity
from compliance_runtime.json_object import well_formed
from compliance_runtime.recording.table_schema import (
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
"""The attribute that exists if and only if there is a waiver: a date."""

COMPARED = (
    *(PARTITION_KEY, "severity", "compliance", "annotation"),
    *("waiver_ticket", "waiver_owner", "waiver_reason", "waiver_resource", WAIVER_EXPIRES),
)
"""The attributes that are compared with AWS Config: all but times."""


ATTRIBUTES = (
    *("account", "region", "resource_type", "resource_id", "rule", "severity", "compliance", "annotation"),
    *("result_time", "since", "waiver_ticket", "waiver_owner", "waiver_reason", "waiver_resource", WAIVER_EXPIRES),
)
"""The attributes of which a result is read: all but keys, which are half of an item."""


@dataclass(frozen=True)
class Result:
    """AWS Config's result of one resource and rule.

    Parameters
    ----------
    resource
        The evaluated resource.
    rule_name
        The full name of the Config rule.
    severity
        The severity of a violation.
    compliance
        The compliance; NOT_APPLICABLE closes the result.
    annotation
        The reason, if the rule gives one.
    time
        The time at which AWS Config recorded the result, in UTC.
    since
        The time since which it has this compliance, in UTC, as far as the table knows: ``time`` or earlier.
    waiver
        The waiver of a violation, expired or not.
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
        """Return whether it is a violation that is waived at a time, which must have an offset."""
        return self.compliance is Compliance.NON_COMPLIANT and self.waiver is not None and self.waiver.is_active(at)

    def closed(self, at: datetime) -> Result:
        """Return a closed result, as of a time."""
        return replace(self, compliance=Compliance.NOT_APPLICABLE, annotation=None, time=at, since=at, waiver=None)

    @property
    def waiver_texts(self) -> dict[str, str]:
        """The waiver's attributes as texts; none without one."""
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
        """The attributes of ``COMPARED`` as texts."""
        texts = {
            PARTITION_KEY: self.resource.key,
            "severity": self.severity.value,
            "compliance": self.compliance.value,
            **self.waiver_texts,
        }
        return texts | ({"annotation": well_formed(self.annotation)} if self.annotation else {})

    def present_item(self, expires_at: int) -> Item:
        """Build the item of the present result.

        Parameters
        ----------
        expires_at
            The expiry time of a closed one, in seconds since 1970; None otherwise.

        Returns
        -------
        Item
            The item with its keys: those of the indexes while the result is open, its expiry when it is closed.
        """
        item = self._attributes() | {SORT_KEY: {"S": present_sort_key(self.rule_name)}}
        keys = index_keys(self.resource, self.rule_name, self.severity, self.compliance)
        item |= {name: {"S": value} for name, value in keys.items()}
        return item if keys else item | _expiry(expires_at)

    def history_item(self, expires_at: int) -> Item:
        """Build the history item of this change.

        Parameters
        ----------
        expires_at
            The expiry time, in seconds since 1970.

        Returns
        -------
        Item
            The item with its keys and its expiry.
        """
        sort_key = history_sort_key(self.rule_name, time_text(self.time))
        return self._attributes() | {SORT_KEY: {"S": sort_key}} | _expiry(expires_at)

    @classmethod
    def from_item(cls, item: Mapping[str, Mapping[str, object]]) -> Result:
        """Parse a present or a history item."""
        time = datetime.fromisoformat(_text(item, "result_time"))
        return cls(
            Resource(
                _text(item, "account"), _text(item, "region"), _text(item, "resource_type"), _text(item, "resource_id")
            ),
            _text(item, "rule"),
            Severity(_text(item, "severity")),
            Compliance(_text(item, "compliance")),
            _text(item, "annotation") if "annotation" in item else None,
            time,
            # Results of earlier versions do not have it.
            datetime.fromisoformat(_text(item, "since")) if "since" in item else time,
            _waiver(item),
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
    """Format a time, which must have an offset, so that texts sort like times."""
    return time.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _waiver(item: Mapping[str, Mapping[str, object]]) -> WaiverNote | None:
    if WAIVER_EXPIRES not in item:
        return None
    return WaiverNote(
        ticket=_text(item, "waiver_ticket"),
        owner=_text(item, "waiver_owner"),
        reason=_text(item, "waiver_reason"),
        resource=_text(item, "waiver_resource"),
        expires=date.fromisoformat(_text(item, WAIVER_EXPIRES)),
    )


def _text(item: Mapping[str, Mapping[str, object]], name: str) -> str:
    return str(item[name]["S"])


def _expiry(expires_at: int) -> Item:
    return {EXPIRES_AT: {"N": str(expires_at)}}
