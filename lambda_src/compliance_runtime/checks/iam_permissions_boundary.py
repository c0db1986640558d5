"""Roles and users have a permissions boundary."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from compliance_runtime.check import ChangeCheck, Severity, Verdict
from compliance_runtime.errors import ParameterError
from compliance_runtime.policy.patterns import any_matches
from compliance_runtime.resources.iam_principal import SERVICE_ROLE_REASON, is_service_linked_role, principal_name

if TYPE_CHECKING:
    from compliance_runtime.evaluation.configuration_item import ConfigurationItem


@dataclass(frozen=True)
class Parameters:
    """Allowed boundaries, and exemptions.

    Raises
    ------
    ParameterError
        When a boundary is not an ARN or a path does not begin with a slash.
    """

    allowed_boundaries: tuple[str, ...] = field(
        default=(),
        metadata={
            "doc": "ARNs of policies, as arn:aws:iam::*:policy/boundary; * and ? are wildcards. Empty allows any."
        },
    )
    exempt_paths: tuple[str, ...] = field(
        default=(), metadata={"doc": "Who has a path that begins so is not judged, as /aws-reserved/; case-sensitive."}
    )
    exempt_names: tuple[str, ...] = field(
        default=(), metadata={"doc": "Names of roles and users that are not judged, as admin-*; case-sensitive."}
    )

    def __post_init__(self) -> None:
        """Refuse patterns that can never match."""
        for boundary in self.allowed_boundaries:
            if not boundary.startswith("arn:"):
                raise ParameterError(f"Parameter allowed_boundaries has {boundary!r:.80}; give ARNs of policies.")
        for path in self.exempt_paths:
            if not path.startswith("/"):
                raise ParameterError(f"Parameter exempt_paths has {path!r:.80}; paths begin with a slash.")


def evaluate(item: ConfigurationItem, parameters: Parameters) -> Verdict:
    """Return compliant if there is a boundary, one of the allowed ones if some are listed."""
    if is_service_linked_role(item):
        return Verdict.not_applicable(SERVICE_ROLE_REASON)
    exempt_path = item.members.text("path").startswith(parameters.exempt_paths)
    if exempt_path or any_matches(parameters.exempt_names, principal_name(item)):
        return Verdict.not_applicable("It is exempt by its path or name.")
    boundary = item.members.optional_member("permissionsBoundary")
    arn = boundary.text("permissionsBoundaryArn") if boundary else None
    if arn is None:
        allowed = f": set {' or '.join(parameters.allowed_boundaries)}" if parameters.allowed_boundaries else ""
        return Verdict.non_compliant(f"It has no permissions boundary{allowed}.")
    if parameters.allowed_boundaries and not any_matches(parameters.allowed_boundaries, arn):
        return Verdict.non_compliant(
            f"Its permissions boundary {arn} is not allowed: set {' or '.join(parameters.allowed_boundaries)}."
        )
    return Verdict.compliant(f"Its permissions boundary is {arn}.")


CHECK = ChangeCheck(
    id="iam-permissions-boundary",
    title="Permissions boundaries",
    description="Roles and users must have a permissions boundary, one of the allowed ones where some are listed, so "
    "that whoever may grant permissions cannot grant more than it.",
    remediation="Set a permissions boundary that is allowed, also in the template that makes the role or user.",
    severity=Severity.MEDIUM,
    resource_types=("AWS::IAM::Role", "AWS::IAM::User"),
    parameters=Parameters,
    evaluate=evaluate,
)
