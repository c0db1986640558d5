"""A result as it stands in the table. Its keys are described in ``results_table``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeAlias

from lambda_src.check import Compliance, Severity
from lambda_src.results_table import (
    EXPIRES_AT,
    PARTITION_KEY,
    SORT_KEY,
    Resource,
    history_sort_key,
    index_keys,
    present_sort_key,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

Item: TypeAlias = dict[str, dict[str, str]]
"""An item in DynamoDB's own form: ``{"attribute": {"S": "text"}}``."""


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
    """

    resource: Resource
    rule_name: str
    severity: Severity
    compliance: Compliance
    annotation: str | None
    time: datetime

    @property
    def time_text(self) -> str:
        """The time with a fixed width, so that the order of texts is the order of times."""
        return self.time.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")

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
        sort_key = history_sort_key(self.rule_name, self.time_text)
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
            "result_time": self.time_text,
        }
        if self.annotation:
            texts["annotation"] = self.annotation
        return {name: {"S": text} for name, text in texts.items()}


def _expiry(expires_at: int) -> Item:
    return {EXPIRES_AT: {"N": str(expires_at)}}
