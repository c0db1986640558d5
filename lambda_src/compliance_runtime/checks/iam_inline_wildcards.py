"""Inline policies grant no whole services on all resources.

``s3:*`` is a whole service; ``s3:Get*`` is not. All resources are ``*``, every ARN, or ``NotResource``. ``NotAction``
on all resources grants whole services unless it leaves out everything. Conditions are no excuse: they say when a
service is granted, not how much of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from compliance_runtime.check import ChangeCheck, Severity, Verdict
from compliance_runtime.errors import ParameterError
from compliance_runtime.policy.patterns import covers
from compliance_runtime.resources.iam_policies import inline_policies, is_everything
from compliance_runtime.resources.iam_principal import SERVICE_ROLE_REASON, is_service_linked_role

if TYPE_CHECKING:
    from compliance_runtime.evaluation.configuration_item import ConfigurationItem
    from compliance_runtime.policy.document import Statement


@dataclass(frozen=True)
class Parameters:
    """Actions that may be granted as a whole.

    Raises
    ------
    ParameterError
        When an action has no service before a colon.
    """

    allowed_actions: tuple[str, ...] = field(
        default=(),
        metadata={"doc": "Actions that may be granted on all resources, as logs:* or xray:*; not case-sensitive."},
    )

    def __post_init__(self) -> None:
        """Refuse what is no action."""
        for action in self.allowed_actions:
            if not all(action.partition(":")):
                raise ParameterError(
                    f"Parameter allowed_actions: {action!r} must be a service and an action, as logs:* or xray:Put*."
                )


def evaluate(item: ConfigurationItem, parameters: Parameters) -> Verdict:
    """Return compliant if no statement of an inline policy grants a service that is not allowed on all resources."""
    if is_service_linked_role(item):
        return Verdict.not_applicable(SERVICE_ROLE_REASON)
    allowed = tuple(action.lower() for action in parameters.allowed_actions)
    policies = inline_policies(item)
    found = [
        f"{policy.name}, {statement.name}: {wildcards}"
        for policy in policies
        for statement in policy.document.allowing
        if is_everything(statement.resources, item)
        for wildcards in [_wildcards(statement, allowed)]
        if wildcards
    ]
    if found:
        return Verdict.non_compliant(
            f"Inline policies grant whole services on all resources: {'; '.join(found)}. "
            "Name the actions or the resources."
        )
    if not policies:
        return Verdict.compliant("There are no inline policies.")
    return Verdict.compliant("Its inline policies grant no whole service on all resources.")


def _wildcards(statement: Statement, allowed: tuple[str, ...]) -> str:
    """List the actions of a statement that are whole services; empty if none."""
    if statement.actions.negated:
        return str(statement.actions) if statement.actions.grants("*:*") else ""
    return ", ".join(
        action
        for action in statement.actions.patterns
        if _is_whole_service(action) and not any(covers(one, action) for one in allowed)
    )


def _is_whole_service(action: str) -> bool:
    # Every action has at least one character behind the colon.
    return covers(action, f"{action.partition(':')[0]}:?*")


CHECK = ChangeCheck(
    id="iam-inline-wildcards",
    title="No whole services by inline policies",
    description=(
        "Inline policies of roles, users and groups must not allow all actions, or all of a service as s3:*, on all "
        "resources: nobody reviews them apart from their owner."
    ),
    remediation=(
        "Replace the wildcard by the actions and resources that are used, or move the permission to a managed "
        "policy that is reviewed."
    ),
    severity=Severity.MEDIUM,
    resource_types=("AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group"),
    parameters=Parameters,
    evaluate=evaluate,
)
