"""The Config rules of an account and region."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from compliance_tf.local.api.api_error import ApiError
from compliance_tf.local.api.paging import page_of
from compliance_tf.local.config.config_rule import FREQUENCIES, ConfigRule, Owner, parse_scope
from compliance_tf.local.config.rule_validation import check_rule, message_types
from compliance_tf.local.server.function_policy import Invoker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import timedelta

    from compliance_tf.local.api.account_region import AccountRegion
    from compliance_tf.local.api.json_api import Call
    from compliance_tf.local.config.recorder import RecorderSlot
    from compliance_tf.local.config.tags import Tags
    from compliance_tf.local.server.engine import Engine

MAX_RULES = 1000
"""Per account and region (AWS Config Developer Guide: Service Limits)."""

PAGE = 25
"""Rules per page of DescribeConfigRules."""


def config_invoker(place: AccountRegion, rule_arn: str) -> Invoker:
    """Return AWS Config as the invoker of a rule's function."""
    return Invoker("config.amazonaws.com", place.account, rule_arn)


class ConfigRules:
    """Creates, describes and deletes rules.

    Parameters
    ----------
    on_put
        Called with every rule that was created or changed.
    on_delete
        Called with every rule that was deleted.
    """

    def __init__(
        self,
        place: AccountRegion,
        engine: Engine,
        recorder: RecorderSlot,
        tags: Tags,
        *,
        on_put: Callable[[ConfigRule], None],
        on_delete: Callable[[ConfigRule], None],
    ) -> None:
        self._place = place
        self._engine = engine
        self._recorder = recorder
        self._tags = tags
        self._on_put = on_put
        self._on_delete = on_delete
        self._rules: dict[str, ConfigRule] = {}

    def __iter__(self) -> Iterator[ConfigRule]:
        """Iterate over the rules in the order of their creation."""
        return iter(list(self._rules.values()))

    def find(self, name: str) -> ConfigRule | None:
        """Return the rule of this name, if there is one."""
        return self._rules.get(name)

    def named(self, name: str) -> ConfigRule:
        """Find a rule by its name.

        Returns
        -------
        ConfigRule
            The rule, as it was put last.

        Raises
        ------
        ApiError
            NoSuchConfigRuleException.
        """
        if name not in self._rules:
            raise ApiError(
                "NoSuchConfigRuleException",
                f"The ConfigRule '{name}' provided in the request is invalid. Please check the configRule name",
            )
        return self._rules[name]

    def put(self, call: Call) -> dict[str, Any]:
        """PutConfigRule: create a rule, or change the one of this name."""
        declared = call.parameters["ConfigRule"]
        existing = self._existing(declared)
        name = existing.name if existing else declared.get("ConfigRuleName")
        if not name:
            raise ApiError("InvalidParameterValueException", "The ConfigRuleName is required for a new rule.")
        facts = check_rule(declared)
        if existing is None and len(self._rules) >= MAX_RULES:
            raise ApiError("MaxNumberOfConfigRulesExceededException", f"There may be {MAX_RULES} rules at most.")
        identity = existing.rule_id if existing else f"config-rule-{uuid.uuid4().hex[:6]}"
        source = declared["Source"]
        rule = ConfigRule(
            name=name,
            arn=self._place.arn("config", f"config-rule/{identity}"),
            rule_id=identity,
            owner=Owner(source["Owner"]),
            source=source.get("SourceIdentifier", ""),
            message_types=message_types(declared, facts),
            scope=parse_scope(declared.get("Scope")),
            parameters=declared.get("InputParameters") or "{}",
            frequency=_frequency(declared),
            resource_types=frozenset(facts.resource_types if facts else ()),
            declared=declared,
        )
        self._check_evaluable(rule)
        self._rules[name] = rule
        self._tags.add_resource(rule.arn, call.parameters.get("Tags") or [])
        self._on_put(rule)
        return {}

    def describe(self, call: Call) -> dict[str, Any]:
        """DescribeConfigRules."""
        found = page_of(self.selected(call), call.parameters.get("NextToken"), None, usual=PAGE)
        return {"ConfigRules": [rule.describe() for rule in found.members]} | found.token_as("NextToken")

    def selected(self, call: Call) -> list[ConfigRule]:
        """Return the rules that a call names; all of them, by name, when it names none."""
        names = call.parameters.get("ConfigRuleNames")
        return [self.named(name) for name in names or sorted(self._rules)]

    def policy(self, call: Call) -> dict[str, Any]:
        """GetCustomRulePolicy."""
        rule = self.named(call.parameters.get("ConfigRuleName", ""))
        return {"PolicyText": rule.declared["Source"].get("CustomPolicyDetails", {}).get("PolicyText", "")}

    def delete(self, call: Call) -> dict[str, Any]:
        """DeleteConfigRule, at once where AWS takes its time."""
        rule = self.named(call.parameters["ConfigRuleName"])
        del self._rules[rule.name]
        self._tags.remove_resource(rule.arn)
        self._on_delete(rule)
        return {}

    def _existing(self, declared: dict[str, Any]) -> ConfigRule | None:
        """Find the rule that a declaration changes, by its name, ID or ARN."""
        for rule in self._rules.values():
            if declared.get("ConfigRuleName") == rule.name:
                return rule
            if rule.rule_id == declared.get("ConfigRuleId") or rule.arn == declared.get("ConfigRuleArn"):
                return rule
        return None

    def _check_evaluable(self, rule: ConfigRule) -> None:
        if rule.owner is Owner.MANAGED and self._recorder.current is None:
            raise ApiError(
                "NoAvailableConfigurationRecorderException",
                "Configuration recorder is not available to put config rule.",
            )
        invoker = config_invoker(self._place, rule.arn)
        if rule.owner is Owner.FUNCTION and not self._engine.may_invoke(rule.source, invoker):
            raise ApiError(
                "InsufficientPermissionsException",
                f"The AWS Lambda function {rule.source} cannot be invoked. Check the specified function ARN, and "
                "check the function's permissions.",
            )


def _frequency(declared: dict[str, Any]) -> timedelta:
    """Return a schedule's interval: the rule's own, or that of its source; 24 hours when neither has one."""
    details = declared["Source"].get("SourceDetails") or []
    said = [declared.get("MaximumExecutionFrequency")]
    said += [detail.get("MaximumExecutionFrequency") for detail in details]
    return FREQUENCIES[next((frequency for frequency in said if frequency), "TwentyFour_Hours")]
