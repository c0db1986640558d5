"""The evaluator of a request: finds the rule's check and parameters, and puts the evaluations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from compliance_runtime.account import Account
from compliance_runtime.check import Compliance, PeriodicCheck
from compliance_runtime.checks import import_check
from compliance_runtime.errors import DeploymentError, EventError
from compliance_runtime.evaluation.config_event import Scheduled
from compliance_runtime.evaluation.evaluate import evaluate_change
from compliance_runtime.evaluation.evaluations import EvaluationWriter
from compliance_runtime.evaluation.stale_results import Evaluated, findings, stale
from compliance_runtime.parameters import from_rule_parameters

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from compliance_runtime.check import Check
    from compliance_runtime.clients import Clients
    from compliance_runtime.deployment import DeployedRule
    from compliance_runtime.evaluation.config_event import ConfigRequest


@dataclass(frozen=True)
class Evaluator:
    """The evaluator of AWS Config's requests.

    Parameters
    ----------
    rules
        The deployed rules by the full name of the Config rule.
    client
        Returns the clients for AWS Config.
    lookup
        Returns the clients for the lookups of checks.
    region
        The region of the rules.
    remaining_seconds
        Returns the seconds until the function is ended.
    """

    rules: Mapping[str, DeployedRule]
    client: Clients
    lookup: Clients
    region: str
    remaining_seconds: Callable[[], float]

    def run(self, request: ConfigRequest) -> dict[str, object]:
        """Evaluate, and put the evaluations.

        Returns
        -------
        dict[str, object]
            The outcome, for the log.

        Raises
        ------
        ComplianceError
            When the request does not match the deployment, or not all evaluations could be put.
        Exception
            Any error of the check or boto3: an error is never a verdict.
        """
        check = self._check(request.rule_name)
        parameters = from_rule_parameters(check.parameters, request.parameters)
        if isinstance(request.subject, Scheduled):
            return self._scheduled(request, request.subject, check, parameters)
        evaluation = evaluate_change(
            request,
            request.subject,
            check,
            parameters,
            config=lambda: self.client("config"),
            lookup=self.lookup,
        )
        putter = self._putter(request)
        putter.put([evaluation])
        putter.check()
        return {
            "account": request.account,
            "resourceType": evaluation.resource_type,
            "resourceId": evaluation.resource_id,
            "compliance": evaluation.verdict.compliance.value,
        }

    def _scheduled(
        self, request: ConfigRequest, subject: Scheduled, check: Check[Any], parameters: object
    ) -> dict[str, object]:
        if not isinstance(check, PeriodicCheck):
            raise EventError(
                f"Rule {request.rule_name} was invoked on a schedule, but check {check.id} judges changes: "
                "take the schedule from the rule."
            )
        account = Account(request.account, self.region, subject.time, self.lookup)
        putter, seen = self._putter(request), Evaluated()
        found = putter.put(seen.note(findings(check, parameters, account)))
        # All of them are read first: pages that begin at a number would skip some when others are cleared meanwhile.
        left_over = list(stale(self.client("config"), request.rule_name, subject.time, seen))
        cleared = putter.put(left_over)
        putter.check()
        counts = {compliance.value: found[compliance] for compliance in Compliance}
        return {"account": request.account, **counts, "cleared": cleared.total()}

    def _check(self, rule_name: str) -> Check[Any]:
        rule = self.rules.get(rule_name)
        if rule is None or rule.check_module is None:
            known = ", ".join(sorted(name for name, rule in self.rules.items() if rule.check_module))
            raise DeploymentError(f"Rule {rule_name} is not evaluated by this deployment; its rules are {known}.")
        return import_check(rule.check_module)

    def _putter(self, request: ConfigRequest) -> EvaluationWriter:
        return EvaluationWriter(self.client("config"), request.result_token, self.remaining_seconds)
