"""Nobody has a managed policy that the organisation bans."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from compliance_runtime.check import ChangeCheck, Severity, Verdict
from compliance_runtime.errors import ParameterError
from compliance_runtime.policy.patterns import any_matches
from compliance_runtime.resources.iam_principal import SERVICE_ROLE_REASON, is_service_linked_role, principal_name

if TYPE_CHECKING:
    from compliance_runtime.evaluation.configuration_item import ConfigurationItem
    from compliance_runtime.json_object import JsonObject


@dataclass(frozen=True)
class Parameters:
    """Banned policies, and exemptions.

    Raises
    ------
    ParameterError
        When nothing is banned.
    """

    banned_policies: tuple[str, ...] = field(
        default=("AdministratorAccess", "IAMFullAccess"),
        metadata={
            "doc": "Names or ARNs of managed policies; * and ? are wildcards, case-sensitive. With either of the "
            "defaults one can become administrator."
        },
    )
    exempt_principals: tuple[str, ...] = field(
        default=(),
        metadata={"doc": "Names of roles, users and groups that are not judged, as AWSReservedSSO_*; case-sensitive."},
    )

    def __post_init__(self) -> None:
        """Refuse a rule that bans nothing."""
        if not self.banned_policies:
            raise ParameterError("Parameter banned_policies is empty; name at least one policy.")


def evaluate(item: ConfigurationItem, parameters: Parameters) -> Verdict:
    """Return compliant if no banned policy is attached."""
    if is_service_linked_role(item):
        return Verdict.not_applicable(SERVICE_ROLE_REASON)
    if any_matches(parameters.exempt_principals, principal_name(item)):
        return Verdict.not_applicable("It is exempt by its name.")
    attached = item.members.objects("attachedManagedPolicies")
    banned = [policy.text("policyArn") for policy in attached if _is_banned(policy, parameters.banned_policies)]
    if banned:
        return Verdict.non_compliant(f"Banned policies are attached: {', '.join(sorted(banned))}. Detach them.")
    return Verdict.compliant("No banned policy is attached.")


def _is_banned(policy: JsonObject, banned: tuple[str, ...]) -> bool:
    return any_matches(banned, policy.text("policyName")) or any_matches(banned, policy.text("policyArn"))


CHECK = ChangeCheck(
    id="iam-banned-policies",
    title="No banned managed policies",
    description="Roles, users and groups must not have banned managed policies, such as those that make "
    "administrators.",
    remediation=(
        "Detach the policy, and attach one that allows what is used: the last-accessed information of IAM shows it."
    ),
    severity=Severity.HIGH,
    resource_types=("AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group"),
    parameters=Parameters,
    evaluate=evaluate,
)
