"""A Config rule, parsed once into types."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


class Owner(Enum):
    """The owner of a rule (AWS Config API Reference: Source)."""

    MANAGED = "AWS"
    FUNCTION = "CUSTOM_LAMBDA"
    GUARD = "CUSTOM_POLICY"


class MessageType(Enum):
    """The trigger of a rule's function (AWS Config API Reference: SourceDetail)."""

    CHANGE = "ConfigurationItemChangeNotification"
    OVERSIZED_CHANGE = "OversizedConfigurationItemChangeNotification"
    SCHEDULED = "ScheduledNotification"
    SNAPSHOT = "ConfigurationSnapshotDeliveryCompleted"


FREQUENCIES = {
    "One_Hour": timedelta(hours=1),
    "Three_Hours": timedelta(hours=3),
    "Six_Hours": timedelta(hours=6),
    "Twelve_Hours": timedelta(hours=12),
    "TwentyFour_Hours": timedelta(hours=24),
}


@dataclass(frozen=True)
class RuleScope:
    """The scope of a rule; all resources unless given (AWS Config API Reference: Scope)."""

    resource_types: tuple[str, ...] = ()
    resource_id: str | None = None
    tag_key: str | None = None
    tag_value: str | None = None

    @property
    def is_empty(self) -> bool:
        """Return whether it has no restriction."""
        return self == RuleScope()

    def matches(self, resource_type: str, resource_id: str, tags: Mapping[str, str]) -> bool:
        """Return whether a resource with these tags is in scope."""
        if self.resource_types and resource_type not in self.resource_types:
            return False
        if self.resource_id is not None and resource_id != self.resource_id:
            return False
        if self.tag_key is None:
            return True
        return self.tag_key in tags and self.tag_value in {None, tags[self.tag_key]}


@dataclass(frozen=True)
class ConfigRule:
    """A rule as it was put.

    Parameters
    ----------
    declared
        The ConfigRule of PutConfigRule, for DescribeConfigRules to repeat.
    resource_types
        The types that a managed rule evaluates; empty for other rules.
    """

    name: str
    arn: str
    rule_id: str
    owner: Owner
    source: str
    message_types: frozenset[MessageType]
    scope: RuleScope
    parameters: str
    frequency: timedelta
    resource_types: frozenset[str]
    declared: dict[str, Any]

    @property
    def is_periodic(self) -> bool:
        """Return whether a schedule evaluates it."""
        return MessageType.SCHEDULED in self.message_types

    def concerns(self, resource_type: str, resource_id: str, tags: Mapping[str, str]) -> bool:
        """Return whether changes of a resource with these tags trigger it."""
        if MessageType.CHANGE not in self.message_types:
            return False
        if self.resource_types and resource_type not in self.resource_types:
            return False
        return self.scope.matches(resource_type, resource_id, tags)

    def describe(self) -> dict[str, Any]:
        """Return the form of DescribeConfigRules, which leaves out a policy's text."""
        source = dict(self.declared["Source"])
        if "CustomPolicyDetails" in source:
            details = dict(source["CustomPolicyDetails"])
            # AWS does not return it either; the member is required, so it is empty.
            source["CustomPolicyDetails"] = details | {"PolicyText": ""}
        return self.declared | {
            "ConfigRuleName": self.name,
            "ConfigRuleArn": self.arn,
            "ConfigRuleId": self.rule_id,
            "ConfigRuleState": "ACTIVE",
            "Source": source,
            "EvaluationModes": self.declared.get("EvaluationModes") or [{"Mode": "DETECTIVE"}],
        }


def parse_scope(declared: dict[str, Any] | None) -> RuleScope:
    """Read the Scope of a rule."""
    scope = declared or {}
    return RuleScope(
        resource_types=tuple(scope.get("ComplianceResourceTypes") or ()),
        resource_id=scope.get("ComplianceResourceId"),
        tag_key=scope.get("TagKey"),
        tag_value=scope.get("TagValue"),
    )
