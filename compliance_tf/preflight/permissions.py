"""The permissions to deploy, by IAM's policy simulator."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from compliance_runtime.json_object import is_word
from compliance_tf.preflight.deployer_policy import statements
from compliance_tf.preflight.findings import Finding, Verdict, answered, enumerated

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_iam.type_defs import ContextEntryTypeDef, EvaluationResultTypeDef

    from compliance_tf.preflight.account import Caller, Region
    from compliance_tf.preflight.deployer_policy import DeployerStatement
    from compliance_tf.preflight.planned import PlannedStack

SUBJECT = "Permissions to deploy"

_ASSUMED_ROLE = re.compile(r"arn:(?P<partition>[\w-]+):sts::(?P<account>\d+):assumed-role/(?P<role>[^/]+)/.*")
_REFERENCE = "docs/reference/deployer-policy.json"


@dataclass(frozen=True)
class PermissionPreflight:
    """The permissions of those who deploy one stack.

    Parameters
    ----------
    stack
        The stack to deploy.
    region
        Its region.
    caller
        The principal of the credentials.
    deployer
        The ARN of the role or user that will deploy; None for the caller, who in a review may only read, and whose
        missing permissions are therefore not a failure.
    """

    stack: PlannedStack
    region: Region
    caller: Caller
    deployer: str | None = None

    def finding(self) -> Finding:
        """Simulate all actions of a deployment."""
        return answered(self.stack.place, SUBJECT, self._ask)

    def _ask(self) -> Finding:
        principal = self.deployer or self._principal()
        if principal is None:
            return Finding(
                self.stack.place,
                SUBJECT,
                Verdict.UNKNOWN,
                f"IAM simulates no policies of {self.caller.arn}.",
                "Name the role that will deploy with --deployer.",
            )
        needed = statements(self.stack.permissions_boundary)
        asked = sum(len(statement.actions) for statement in needed)
        lacking = {action for statement in needed for action in self._lacking(statement, principal)}
        if lacking:
            return Finding(
                self.stack.place,
                SUBJECT,
                Verdict.FAIL if self.deployer else Verdict.WARNING,
                f"{principal} lacks {len(lacking)} of {asked}: {enumerated(lacking, max_names=asked)}.",
                f"Allow them ({_REFERENCE})."
                if self.deployer
                else f"Deploy with a role that has them ({_REFERENCE}); name it with --deployer to have it checked.",
            )
        return Finding(self.stack.place, SUBJECT, Verdict.OK, f"{principal} has all {asked}.")

    def _principal(self) -> str | None:
        """Return the role or user whose policies IAM can simulate: no sessions, and not the root user."""
        session = _ASSUMED_ROLE.fullmatch(self.caller.arn)
        if session is None:
            return self.caller.arn if ":user/" in self.caller.arn else None
        # Only IAM knows the path of the role.
        return self.region.iam.get_role(RoleName=session["role"])["Role"]["Arn"]

    def _lacking(self, statement: DeployerStatement, principal: str) -> Iterator[str]:
        context: list[ContextEntryTypeDef] = [
            {"ContextKeyName": key, "ContextKeyType": "string", "ContextKeyValues": [self._value(value)]}
            for keys in statement.conditions.values()
            for key, value in keys.items()
        ]
        pages = self.region.iam.get_paginator("simulate_principal_policy").paginate(
            PolicySourceArn=principal,
            ActionNames=list(statement.actions),
            ResourceArns=[self._resource(statement)],
            ContextEntries=context,
        )
        results = (result for page in pages for result in page["EvaluationResults"])
        return (result["EvalActionName"] for result in results if not _is_allowed(result))

    def _value(self, value: str) -> str:
        """Fill in the value of a condition for this stack."""
        filled = value.format(project=self.stack.project, boundary=self.stack.permissions_boundary)
        return filled.replace("arn:*:iam::*:", f"arn:{self.caller.partition}:iam::{self.caller.account}:")

    def _resource(self, statement: DeployerStatement) -> str:
        """Return the ARN pattern of resources to deploy: all names of a stack have one prefix."""
        if statement.resource == "*":
            return "*"
        service, region, _, resource = statement.resource.split(":", 3)
        name = resource.replace("{project}-*", f"{self.stack.project}-{self.stack.workspace}-any")
        name = name.replace("role*/", f"role{self.stack.role_path}").replace("config-rule/*", "config-rule/any")
        place = f"{self.stack.region if region else ''}:{self.caller.account}"
        return f"arn:{self.caller.partition}:{service}:{place}:{name}"


def _is_allowed(result: EvaluationResultTypeDef) -> bool:
    organization = result.get("OrganizationsDecisionDetail", {})
    return is_word(result["EvalDecision"], "allowed") and organization.get("AllowedByOrganizations", True)
