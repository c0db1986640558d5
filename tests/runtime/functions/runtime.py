"""The functions as they are deployed: the real zip, run by local AWS."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from compliance_runtime.check import Severity
from compliance_runtime.deployment import DeployedRule, Deployment, Environment
from compliance_tf.checks.folder import CheckFolder
from compliance_tf.constructs import lambda_package

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.runtime.local.accounts import Account

FUNCTION = "acme-dev-evaluate"
PREFIX = "acme-dev-"
CHANGES = ("ConfigurationItemChangeNotification", "OversizedConfigurationItemChangeNotification")
SCHEDULE = ("ScheduledNotification",)
CHECKS = CheckFolder(Path(__file__).with_name("own_checks"))

RULES = {
    "tags": DeployedRule("compliance_runtime.checks.required_tags", Severity.LOW),
    "ingress": DeployedRule("compliance_runtime.checks.security_group_ingress", Severity.HIGH),
    "tls": DeployedRule("compliance_runtime.checks.bucket_tls_only", Severity.HIGH),
    "roles": DeployedRule("own_checks.role_names", Severity.LOW),
    "broken": DeployedRule("own_checks.broken", Severity.LOW),
    "lookup": DeployedRule("own_checks.role_count", Severity.LOW),
}


@dataclass
class Runtime:
    """The function `evaluate` of a workspace, in an account with a recorder."""

    account: Account
    environment: Mapping[str, str] = field(default_factory=dict)
    actions: tuple[str, ...] = (
        "config:PutEvaluations",
        "config:GetResourceConfigHistory",
        "config:GetComplianceDetailsByConfigRule",
        "iam:ListRoles",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
    )

    def __post_init__(self) -> None:
        variables = Environment(PREFIX, "acme-dev-results", 1).to_variables() | dict(self.environment)
        functions = self.account.client("lambda")
        functions.create_function(
            FunctionName=FUNCTION,
            Runtime="python3.13",
            Handler="compliance_runtime.handlers.evaluate",
            Role=self.account.role("evaluate", *self.actions),
            Code={"ZipFile": lambda_package.build(Deployment(RULES), CHECKS)},
            Environment={"Variables": variables},
            Timeout=60,
        )
        functions.add_permission(
            FunctionName=FUNCTION,
            StatementId="config",
            Action="lambda:InvokeFunction",
            Principal="config.amazonaws.com",
            SourceAccount=self.account.number,
        )

    @property
    def arn(self) -> str:
        return f"arn:aws:lambda:{self.account.region}:{self.account.number}:function:{FUNCTION}"

    def bucket(self, name: str, **tags: str) -> str:
        """Create a bucket, whose name nobody else of this local AWS has."""
        return self.account.bucket(f"{name}-{self.account.number}", **tags)

    def rule(
        self,
        rule_id: str,
        *types: str,
        messages: tuple[str, ...] = CHANGES,
        parameters: Mapping[str, Any] | None = None,
    ) -> str:
        """Put one of the deployed rules."""
        more: dict[str, Any] = {"Scope": {"ComplianceResourceTypes": list(types)}} if types else {}
        if parameters:
            more["InputParameters"] = json.dumps(parameters)
        return self.account.rule(f"{PREFIX}{rule_id}", self.arn, messages, **more)

    def lines(self) -> list[dict[str, Any]]:
        """What the function logged."""
        entries = [line for line in self.account.log_of(FUNCTION) if line.startswith("{")]
        return [json.loads(line) for line in entries]

    def reasons(self, rule: str) -> dict[str, str]:
        """The annotations of a rule's results, by resource."""
        results = self.account.config.get_compliance_details_by_config_rule(ConfigRuleName=rule, Limit=100)
        return {
            one["EvaluationResultIdentifier"]["EvaluationResultQualifier"]["ResourceId"]: one["Annotation"]
            for one in results["EvaluationResults"]
        }
