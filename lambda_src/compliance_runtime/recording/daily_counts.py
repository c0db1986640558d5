"""Daily counts of a rule's results, for trends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from compliance_runtime.check import Severity
from compliance_runtime.recording.results import time_text
from compliance_runtime.recording.table_schema import EXPIRES_AT, PARTITION_KEY, SORT_KEY, day_key, present_sort_key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef


@dataclass(frozen=True)
class DailyCounts:
    """The counts of one rule at the last reconciliation of a day.

    Parameters
    ----------
    day
        The day, in UTC.
    rule_name
        The full name of the Config rule.
    severity
        The rule's severity on that day.
    packs
        The names of its packs on that day, sorted.
    compliant
        The number of compliant resources.
    non_compliant
        The number of violations that were not waived.
    waived
        The number of waived violations.
    compared_at
        The time of the comparison, in UTC.
    """

    day: date
    rule_name: str
    severity: Severity
    packs: tuple[str, ...]
    compliant: int
    non_compliant: int
    waived: int
    compared_at: datetime

    def to_item(self, expires_at: int) -> dict[str, AttributeValueTypeDef]:
        """Convert to an item.

        Parameters
        ----------
        expires_at
            The expiry time, in seconds since 1970.

        Returns
        -------
        dict[str, AttributeValueTypeDef]
            The item with its keys; without packs it has no member for them.
        """
        item: dict[str, AttributeValueTypeDef] = {
            PARTITION_KEY: {"S": day_key(self.day)},
            SORT_KEY: {"S": present_sort_key(self.rule_name)},
            "day": {"S": self.day.isoformat()},
            "rule": {"S": self.rule_name},
            "severity": {"S": self.severity.value},
            "compliant": {"N": str(self.compliant)},
            "non_compliant": {"N": str(self.non_compliant)},
            "waived": {"N": str(self.waived)},
            "compared_at": {"S": time_text(self.compared_at)},
            EXPIRES_AT: {"N": str(expires_at)},
        }
        if self.packs:
            # DynamoDB has no empty sets.
            item["packs"] = {"SS": list(self.packs)}
        return item

    @classmethod
    def from_item(cls, item: Mapping[str, AttributeValueTypeDef]) -> DailyCounts:
        """Parse an item."""
        return cls(
            day=date.fromisoformat(item["day"]["S"]),
            rule_name=item["rule"]["S"],
            severity=Severity(item["severity"]["S"]),
            packs=tuple(sorted(item["packs"]["SS"])) if "packs" in item else (),
            compliant=int(item["compliant"]["N"]),
            non_compliant=int(item["non_compliant"]["N"]),
            waived=int(item["waived"]["N"]),
            compared_at=datetime.fromisoformat(item["compared_at"]["S"]),
        )
