"""Evaluation results, and the events of their changes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from compliance_tf.local.api.clock import iso, now
from compliance_tf.local.api.paging import page_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from compliance_tf.local.api.account_region import AccountRegion
    from compliance_tf.local.api.json_api import Call
    from compliance_tf.local.config.config_rule import ConfigRule
    from compliance_tf.local.config.config_rules import ConfigRules

USUAL_RESULTS = 10
"""Per page of GetComplianceDetailsByConfigRule (AWS Config API Reference)."""

USUAL_RULES = 25
"""Per page of DescribeComplianceByConfigRule."""

COUNTED_AT_MOST = 25
"""The cap of ComplianceContributorCount (AWS Config API Reference)."""

SHOWN_UNASKED = frozenset({"COMPLIANT", "NON_COMPLIANT"})


@dataclass(frozen=True)
class Result:
    """The last result of a rule and a resource."""

    rule: ConfigRule
    resource_type: str
    resource_id: str
    compliance: str
    annotation: str | None
    ordered: datetime
    invoked: datetime
    recorded: datetime

    def describe(self) -> dict[str, Any]:
        """Return the form of the AWS Config API."""
        qualifier = {
            "ConfigRuleName": self.rule.name,
            "ResourceType": self.resource_type,
            "ResourceId": self.resource_id,
            "EvaluationMode": "DETECTIVE",
        }
        return {
            "EvaluationResultIdentifier": {
                "EvaluationResultQualifier": qualifier,
                "OrderingTimestamp": self.ordered.timestamp(),
            },
            "ComplianceType": self.compliance,
            "ResultRecordedTime": self.recorded.timestamp(),
            "ConfigRuleInvokedTime": self.invoked.timestamp(),
        } | ({"Annotation": self.annotation} if self.annotation else {})

    def in_event(self) -> dict[str, Any]:
        """Return the form of the events."""
        return {
            "evaluationResultIdentifier": {
                "evaluationResultQualifier": {
                    "configRuleName": self.rule.name,
                    "resourceType": self.resource_type,
                    "resourceId": self.resource_id,
                },
                "orderingTimestamp": iso(self.ordered),
            },
            "complianceType": self.compliance,
            "resultRecordedTime": iso(self.recorded),
            "configRuleInvokedTime": iso(self.invoked),
        } | ({"annotation": self.annotation} if self.annotation else {})


def compliance_change(place: AccountRegion, new: Result, old: Result | None) -> dict[str, Any]:
    """Build the detail of an event "Config Rules Compliance Change" (AWS Config Developer Guide: Monitoring)."""
    return {
        "resourceId": new.resource_id,
        "awsRegion": place.region,
        "awsAccountId": place.account,
        "configRuleName": new.rule.name,
        "recordVersion": "1.0",
        "configRuleARN": new.rule.arn,
        "messageType": "ComplianceChangeNotification",
        "newEvaluationResult": new.in_event(),
        "notificationCreationTime": iso(now()),
        "resourceType": new.resource_type,
    } | ({"oldEvaluationResult": old.in_event()} if old else {})


class Results:
    """The last result of every rule and resource.

    Parameters
    ----------
    on_change
        Called with the new and the old result when a rule's result of a resource changes.
    lag
        Seconds until a result is listed; until then the previous one is listed.
    """

    def __init__(self, on_change: Callable[[Result, Result | None], None], lag: float = 0.0) -> None:
        self._on_change = on_change
        self._lag = timedelta(seconds=lag)
        self._results: dict[tuple[str, str, str], Result] = {}
        self._before: dict[tuple[str, str, str], list[Result]] = {}

    def record(self, result: Result) -> None:
        """Store a result, unless a later one is stored."""
        key = (result.rule.name, result.resource_type, result.resource_id)
        old = self._results.get(key)
        if old and result.ordered < old.ordered:
            return
        self._results[key] = result
        if old and self._lag:
            self._before.setdefault(key, []).append(old)
        if old is None and result.compliance == "NOT_APPLICABLE":
            return
        if old is None or old.compliance != result.compliance:
            self._on_change(result, old)

    def forget_rule(self, name: str) -> None:
        """Remove the results of a deleted rule; AWS sends no events of that either."""
        self._results = {key: result for key, result in self._results.items() if key[0] != name}
        self._before = {key: results for key, results in self._before.items() if key[0] != name}

    def _listed(self) -> list[tuple[tuple[str, str, str], Result]]:
        """Return the listed results, in the order of rules and resources."""
        by = now() - self._lag
        known = ((key, [*self._before.get(key, ()), result]) for key, result in sorted(self._results.items()))
        seen = ((key, [one for one in results if one.recorded <= by]) for key, results in known)
        return [(key, results[-1]) for key, results in seen if results]

    def of_rule(self, name: str) -> list[Result]:
        """Return the results of a rule, in the order of its resources."""
        return [result for key, result in self._listed() if key[0] == name]

    def by_rule(self, call: Call, rules: ConfigRules) -> dict[str, Any]:
        """GetComplianceDetailsByConfigRule."""
        return _details(call, self.of_rule(rules.named(call.parameters["ConfigRuleName"]).name))

    def by_resource(self, call: Call) -> dict[str, Any]:
        """GetComplianceDetailsByResource."""
        wanted = (call.parameters.get("ResourceType"), call.parameters.get("ResourceId"))
        return _details(call, [found for key, found in self._listed() if key[1:] == wanted])

    def compliances(self, rules: ConfigRules) -> list[tuple[str, str]]:
        """Return the names of all rules with their compliance."""
        return [(rule.name, _compliance(self.of_rule(rule.name))["ComplianceType"]) for rule in rules]

    def compliance_of_rules(self, call: Call, rules: Iterable[ConfigRule]) -> dict[str, Any]:
        """DescribeComplianceByConfigRule."""
        asked = call.parameters.get("ComplianceTypes")
        compliances = {rule.name: _compliance(self.of_rule(rule.name)) for rule in rules}
        wanted = [
            {"ConfigRuleName": name, "Compliance": compliance}
            for name, compliance in compliances.items()
            if not asked or compliance["ComplianceType"] in asked
        ]
        found = page_of(wanted, call.parameters.get("NextToken"), None, usual=USUAL_RULES)
        return {"ComplianceByConfigRules": list(found.members)} | found.token_as("NextToken")


def _details(call: Call, results: list[Result]) -> dict[str, Any]:
    asked = call.parameters.get("ComplianceTypes") or SHOWN_UNASKED
    wanted = [result for result in results if result.compliance in asked]
    found = page_of(wanted, call.parameters.get("NextToken"), call.parameters.get("Limit"), usual=USUAL_RESULTS)
    forms = [result.describe() for result in found.members]
    return {"EvaluationResults": forms} | found.token_as("NextToken")


def _compliance(results: list[Result]) -> dict[str, Any]:
    counts = Counter(result.compliance for result in results)
    if counts["NON_COMPLIANT"]:
        count = {
            "CappedCount": min(counts["NON_COMPLIANT"], COUNTED_AT_MOST),
            "CapExceeded": counts["NON_COMPLIANT"] > COUNTED_AT_MOST,
        }
        return {"ComplianceType": "NON_COMPLIANT", "ComplianceContributorCount": count}
    return {"ComplianceType": "COMPLIANT" if counts["COMPLIANT"] else "INSUFFICIENT_DATA"}
