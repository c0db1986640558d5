"""Evaluation of rules: managed ones here, others by invoking their functions and storing what they put."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from compliance_tf.catalog.resource_types import is_resource_type, known_resource_types
from compliance_tf.local.api.api_error import ApiError
from compliance_tf.local.api.clock import from_epoch, now
from compliance_tf.local.api.paging import page_of
from compliance_tf.local.config.config_rule import MessageType, Owner
from compliance_tf.local.config.config_rules import config_invoker
from compliance_tf.local.config.managed_evaluators import is_compliant
from compliance_tf.local.config.notifications import change_notification, function_event, scheduled_notification
from compliance_tf.local.config.results import Result
from compliance_tf.local.config.rule_status import RuleStatus

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from compliance_tf.local.api.account_region import AccountRegion
    from compliance_tf.local.api.faults import Faults
    from compliance_tf.local.api.json_api import Call
    from compliance_tf.local.config.config_rule import ConfigRule
    from compliance_tf.local.config.configuration_item import ConfigurationItem
    from compliance_tf.local.config.history import Change
    from compliance_tf.local.config.results import Results
    from compliance_tf.local.server.engine import Engine

USUAL_STATUSES = 150
"""Per page of DescribeConfigRuleEvaluationStatus (AWS Config API Reference)."""


@dataclass(frozen=True)
class Invocation:
    """The invocation of a result token."""

    rule: ConfigRule
    moment: datetime


class Evaluation:
    """Evaluates the rules of an account and region."""

    def __init__(self, place: AccountRegion, engine: Engine, results: Results, faults: Faults) -> None:
        self._place = place
        self._faults = faults
        self._engine = engine
        self._results = results
        self._due: dict[str, ConfigRule] = {}
        self._statuses: dict[str, RuleStatus] = {}
        self._invocations: dict[str, Invocation] = {}

    # -- Triggers ---------------------------------------------------------------------------------------------

    def evaluate_soon(self, rule: ConfigRule) -> None:
        """Evaluate all resources of a rule at the next opportunity: it is new, changed, or was started on demand."""
        self._statuses.setdefault(rule.name, RuleStatus(activated=now()))
        self._due[rule.name] = rule

    def forget(self, rule: ConfigRule) -> None:
        """Stop pending evaluations of a deleted rule."""
        self._due.pop(rule.name, None)
        self._statuses.pop(rule.name, None)
        self._results.forget_rule(rule.name)

    def evaluate(
        self, rules: Iterable[ConfigRule], changes: list[Change], present: list[ConfigurationItem], moment: datetime
    ) -> None:
        """Evaluate what changed, what was started on demand, and what is scheduled."""
        self._faults.deliver_late()
        due, self._due = self._due, {}
        changed = {change.item.resource.key for change in changes}
        unchanged = [item for item in present if item.resource.key not in changed]
        for rule in rules:
            for change in changes:
                self._evaluate_change(rule, change, moment)
            if rule.name in due:
                self._evaluate_all(rule, unchanged, moment)
            if rule.is_periodic and (rule.name in due or self._is_scheduled(rule, moment)):
                self._evaluate_schedule(rule, moment)

    def _is_scheduled(self, rule: ConfigRule, moment: datetime) -> bool:
        last = self._statuses[rule.name].last_invocation
        return last is not None and moment - last >= rule.frequency

    # -- One evaluation --------------------------------------------------------------------------------------

    def _evaluate_change(self, rule: ConfigRule, change: Change, moment: datetime) -> None:
        concerned = _concerns(rule, change.item)
        left_scope = not concerned and change.before is not None and _concerns(rule, change.before)
        if concerned or left_scope:
            self._evaluate_item(rule, change.item, change, moment, left_scope=left_scope)

    def _evaluate_all(self, rule: ConfigRule, present: list[ConfigurationItem], moment: datetime) -> None:
        for item in present:
            if _concerns(rule, item):
                self._evaluate_item(rule, item, None, moment, left_scope=False)

    def _evaluate_item(
        self, rule: ConfigRule, item: ConfigurationItem, change: Change | None, moment: datetime, *, left_scope: bool
    ) -> None:
        if rule.owner is Owner.MANAGED:
            self._evaluate_managed(rule, item, moment, not_applicable=item.is_deleted or left_scope)
        elif rule.owner is Owner.FUNCTION:
            notification = change_notification(item, change, moment)
            if MessageType(notification["messageType"]) in rule.message_types:
                self._invoke(rule, notification, moment, left_scope=left_scope)

    def _evaluate_schedule(self, rule: ConfigRule, moment: datetime) -> None:
        if rule.owner is Owner.FUNCTION:
            self._invoke(rule, scheduled_notification(self._place.account, moment), moment, left_scope=False)

    def _evaluate_managed(
        self, rule: ConfigRule, item: ConfigurationItem, moment: datetime, *, not_applicable: bool
    ) -> None:
        compliant = is_compliant(rule.source, item.resource, json.loads(rule.parameters))
        if compliant is None:
            return
        compliance = "COMPLIANT" if compliant else "NON_COMPLIANT"
        self._results.record(
            Result(
                rule=rule,
                resource_type=item.resource.resource_type,
                resource_id=item.resource.resource_id,
                compliance="NOT_APPLICABLE" if not_applicable else compliance,
                annotation=None,
                ordered=item.captured,
                invoked=moment,
                recorded=now(),
            )
        )
        self._statuses[rule.name] = self._statuses[rule.name].invoked(moment).evaluated(moment)

    def _invoke(self, rule: ConfigRule, notification: dict[str, Any], moment: datetime, *, left_scope: bool) -> None:
        status = self._statuses[rule.name]
        with self._engine.within(self._place):
            if not self._engine.may_invoke(rule.source, config_invoker(self._place, rule.arn)):
                message = f"AWS Config may not invoke the AWS Lambda function {rule.source}, or it does not exist."
                self._statuses[rule.name] = status.failed(moment, "AccessDenied", message)
                return
            token = uuid.uuid4().hex
            self._invocations[token] = Invocation(rule, moment)
            event = function_event(rule, self._place.account, notification, token=token, left_scope=left_scope)
            self._faults.deliver(partial(self._deliver, rule.source, event))
        self._statuses[rule.name] = status.invoked(moment)

    def _deliver(self, function_arn: str, event: dict[str, Any]) -> None:
        with self._engine.within(self._place):
            self._engine.invoke(function_arn, event)

    # -- Evaluations of functions -------------------------------------------------------------------------------------

    def put(self, call: Call) -> dict[str, Any]:
        """PutEvaluations."""
        evaluations = call.parameters.get("Evaluations") or []
        if any(evaluation["ComplianceType"] == "INSUFFICIENT_DATA" for evaluation in evaluations):
            raise ApiError("InvalidParameterValueException", "INSUFFICIENT_DATA is not a valid compliance type to put.")
        if call.parameters.get("TestMode"):
            check_types(evaluations)
            return {"FailedEvaluations": []}
        invocation = self._invocations.get(call.parameters["ResultToken"])
        if invocation is None:
            raise ApiError("InvalidResultTokenException", "The result token provided is not valid.")
        if invocation.rule.name not in self._statuses:
            raise ApiError("NoSuchConfigRuleException", f"The rule '{invocation.rule.name}' does not exist.")
        check_types(evaluations)
        failed = self._faults.not_taken(evaluations)
        for evaluation in evaluations:
            if evaluation not in failed:
                self._results.record(_result(evaluation, invocation))
        self._statuses[invocation.rule.name] = self._statuses[invocation.rule.name].evaluated(now())
        return {"FailedEvaluations": failed}

    def describe_status(self, call: Call, rules: list[ConfigRule]) -> dict[str, Any]:
        """DescribeConfigRuleEvaluationStatus."""
        token, limit = call.parameters.get("NextToken"), call.parameters.get("Limit")
        found = page_of(rules, token, limit, usual=USUAL_STATUSES)
        forms = [self._statuses[rule.name].describe(rule) for rule in found.members]
        return {"ConfigRulesEvaluationStatus": forms} | found.token_as("NextToken")


def _concerns(rule: ConfigRule, item: ConfigurationItem) -> bool:
    return rule.concerns(item.resource.resource_type, item.resource.resource_id, item.resource.tags)


def check_types(evaluations: Iterable[dict[str, Any]]) -> None:
    """Refuse all evaluations for one of a type that AWS Config does not know (awslabs/aws-config-rdk issue 290).

    Raises
    ------
    ApiError
        InvalidParameterValueException.
    """
    known = known_resource_types()
    for evaluation in evaluations:
        name = evaluation["ComplianceResourceType"]
        if not is_resource_type(name):
            raise ApiError(
                "InvalidParameterValueException",
                f"The resource type {name} is invalid. Only the following values are permitted: "
                f"[{', '.join(sorted(known))}]",
            )


def _result(evaluation: dict[str, Any], invocation: Invocation) -> Result:
    return Result(
        rule=invocation.rule,
        resource_type=evaluation["ComplianceResourceType"],
        resource_id=evaluation["ComplianceResourceId"],
        compliance=evaluation["ComplianceType"],
        annotation=evaluation.get("Annotation"),
        ordered=from_epoch(evaluation["OrderingTimestamp"]),
        invoked=invocation.moment,
        recorded=now(),
    )
