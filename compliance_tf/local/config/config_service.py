"""AWS Config per account and region, with the handlers of its operations."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

from compliance_tf.local.api.clock import now
from compliance_tf.local.config.aggregators import Aggregators
from compliance_tf.local.config.config_rules import ConfigRules
from compliance_tf.local.config.delivery_channel import DeliveryChannelSlot
from compliance_tf.local.config.discovered_counts import discovered_counts
from compliance_tf.local.config.evaluation import Evaluation
from compliance_tf.local.config.history import History
from compliance_tf.local.config.inventory import Inventory
from compliance_tf.local.config.on_demand import OnDemandEvaluations
from compliance_tf.local.config.queries import Queries
from compliance_tf.local.config.recorder import RecorderSlot
from compliance_tf.local.config.results import Result, Results, compliance_change
from compliance_tf.local.config.tags import Tags

if TYPE_CHECKING:
    from collections.abc import Callable

    from compliance_tf.local.api.account_region import AccountRegion
    from compliance_tf.local.api.faults import Faults
    from compliance_tf.local.api.json_api import Call
    from compliance_tf.local.server.behaviour import Behaviour
    from compliance_tf.local.server.engine import Engine


class ConfigRegion:
    """AWS Config of one account and region."""

    def __init__(self, place: AccountRegion, engine: Engine, faults: Faults, behaviour: Behaviour) -> None:
        self._place = place
        self._engine = engine
        self._inventory = Inventory(place, engine)
        self.tags = Tags()
        self.recorder = RecorderSlot(place, self.tags)
        self.delivery_channel = DeliveryChannelSlot(self.recorder)
        self.history = History(place, self.recorder, behaviour.history_window_seconds)
        self.queries = Queries(self.history, behaviour.listing_lag_seconds)
        self.results = Results(self._publish_change, behaviour.listing_lag_seconds)
        self.evaluation = Evaluation(place, engine, self.results, faults)
        self.on_demand = OnDemandEvaluations(behaviour.start_interval_seconds, behaviour.evaluation_seconds)
        self.rules = ConfigRules(
            place,
            engine,
            self.recorder,
            self.tags,
            on_put=self.evaluation.evaluate_soon,
            on_delete=self.evaluation.forget,
        )

    def tick(self) -> None:
        """Detect changes and evaluate them. Without a recorder nothing is evaluated."""
        recorder = self.recorder.current
        if recorder is None:
            return
        moment = now()
        changes = self.history.observe(self._inventory.resources(), recorder.records, moment)
        self.evaluation.evaluate(self.rules, changes, self.history.present(), moment)

    def start_evaluations(self, call: Call) -> dict[str, Any]:
        """StartConfigRulesEvaluation."""
        rules = self.rules.selected(call)
        self.on_demand.start([rule.name for rule in rules], time.time())
        for rule in rules:
            self.evaluation.evaluate_soon(rule)
        return {}

    def _publish_change(self, new: Result, old: Result | None) -> None:
        detail = compliance_change(self._place, new, old)
        self._engine.put_event(self._place, "aws.config", "Config Rules Compliance Change", detail)


class ConfigService:
    """AWS Config of all accounts and regions."""

    def __init__(self, engine: Engine, faults: Faults, behaviour: Behaviour) -> None:
        self._engine = engine
        self._faults = faults
        self._behaviour = behaviour
        self._regions: dict[AccountRegion, ConfigRegion] = {}
        self._aggregators = Aggregators(self._regions)

    def region(self, place: AccountRegion) -> ConfigRegion:
        """Return AWS Config of an account and region, which is empty at first."""
        if place not in self._regions:
            self._regions[place] = ConfigRegion(place, self._engine, self._faults, self._behaviour)
        return self._regions[place]

    def tick(self) -> None:
        """Detect changes in all accounts and regions once."""
        for region in list(self._regions.values()):
            region.tick()

    def operations(self) -> dict[str, Callable[[Call], dict[str, Any]]]:
        """Return the handler of each operation."""
        aggregators = self._aggregators
        return {
            **{name: self._in_region(operation) for name, operation in _OPERATIONS.items()},
            "PutConfigurationAggregator": aggregators.put,
            "DescribeConfigurationAggregatorSourcesStatus": aggregators.sources_status,
            "DescribeAggregateComplianceByConfigRules": aggregators.compliance_by_rule,
            "GetAggregateComplianceDetailsByConfigRule": aggregators.details,
        }

    def authorize(self, call: Call) -> None:
        """Check that the caller has the permission, for every rule that the call names.

        Raises
        ------
        ApiError
            AccessDeniedException.
        """
        region = self.region(call.place)
        requested = {tag["Key"]: tag["Value"] for tag in call.parameters.get("Tags", [])}
        for resource in _resources(call, region.rules):
            tags = region.tags.of(resource)
            self._engine.authorize(call.access_key, f"config:{call.operation}", resource, tags, requested)

    def _in_region(self, operation: Callable[[ConfigRegion, Call], dict[str, Any]]) -> Callable[[Call], dict[str, Any]]:
        return lambda call: operation(self.region(call.place), call)


def _resources(call: Call, rules: ConfigRules) -> list[str]:
    """List the resources that a call is authorized for (Service Authorization Reference: AWS Config).

    AWS Config's rules are authorized by their ARNs, which end with their IDs; an operation that names no rule, or one
    that does not exist yet, is authorized for all, and so is one without resource-level permissions.

    Returns
    -------
    list[str]
        ARNs, at least one; ``*`` where the call is authorized for all.
    """
    if call.operation in _WITHOUT_RESOURCES:
        return ["*"]
    single = [call.parameters["ConfigRuleName"]] if "ConfigRuleName" in call.parameters else []
    if "ConfigRule" in call.parameters:
        made = call.parameters["ConfigRule"].get("ConfigRuleName", "")
        rule = rules.find(made)
        # A rule that does not exist yet has no id and no tags.
        return [rule.arn if rule else call.place.arn("config", "config-rule/*")]
    names: list[str] = call.parameters.get("ConfigRuleNames") or single
    arns = [rule.arn for rule in map(rules.find, names) if rule]
    tagged = call.parameters.get("ResourceArn")
    return arns or [tagged or "*"]


_WITHOUT_RESOURCES: Final = frozenset(
    {
        "DescribeComplianceByConfigRule",
        "DescribeConfigRuleEvaluationStatus",
        "DescribeConfigRules",
        "GetComplianceSummaryByConfigRule",
    }
)
"""Operations that name rules and have no resource-level permissions (Service Authorization Reference: AWS Config)."""

_OPERATIONS: dict[str, Callable[[ConfigRegion, Call], dict[str, Any]]] = {
    "PutConfigurationRecorder": lambda region, call: region.recorder.put(call),
    "DescribeConfigurationRecorders": lambda region, call: region.recorder.describe(call),
    "DescribeConfigurationRecorderStatus": lambda region, call: region.recorder.describe_status(call),
    "StartConfigurationRecorder": lambda region, call: region.recorder.start(
        call, has_channel=region.delivery_channel.exists
    ),
    "StopConfigurationRecorder": lambda region, call: region.recorder.stop(call),
    "DeleteConfigurationRecorder": lambda region, call: region.recorder.delete(call),
    "PutDeliveryChannel": lambda region, call: region.delivery_channel.put(call),
    "DeleteDeliveryChannel": lambda region, call: region.delivery_channel.delete(call),
    "DescribeDeliveryChannels": lambda region, call: region.delivery_channel.describe(call),
    "DescribeDeliveryChannelStatus": lambda region, call: region.delivery_channel.describe_status(call),
    "PutConfigRule": lambda region, call: region.rules.put(call),
    "DescribeConfigRules": lambda region, call: region.rules.describe(call),
    "GetCustomRulePolicy": lambda region, call: region.rules.policy(call),
    "DeleteConfigRule": lambda region, call: region.rules.delete(call),
    "StartConfigRulesEvaluation": lambda region, call: region.start_evaluations(call),
    "DescribeConfigRuleEvaluationStatus": lambda region, call: region.evaluation.describe_status(
        call, region.rules.selected(call)
    ),
    "PutEvaluations": lambda region, call: region.evaluation.put(call),
    "DescribeComplianceByConfigRule": lambda region, call: region.results.compliance_of_rules(
        call, region.rules.selected(call)
    ),
    "GetComplianceDetailsByConfigRule": lambda region, call: region.results.by_rule(call, region.rules),
    "GetComplianceDetailsByResource": lambda region, call: region.results.by_resource(call),
    "GetResourceConfigHistory": lambda region, call: region.history.resource_history(call),
    "SelectResourceConfig": lambda region, call: region.queries.select(call),
    "ListDiscoveredResources": lambda region, call: region.history.discovered(call),
    "GetDiscoveredResourceCounts": lambda region, call: discovered_counts(region.history, call),
    "TagResource": lambda region, call: region.tags.tag(call),
    "UntagResource": lambda region, call: region.tags.untag(call),
    "ListTagsForResource": lambda region, call: region.tags.list(call),
}
