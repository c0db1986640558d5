"""Nobody can make oneself an administrator.

Judged are a customer managed policy's default version by itself, and the inline policies of a role, user or group
together. What several policies allow only together, attached ones among them, is not seen: AWS Config records an
identity and its attached policies apart. Nor are permissions boundaries and the policies of the organization. Who is an
administrator already is not judged here: iam-policy-admin, iam-inline-wildcards and iam-banned-policies name those.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from compliance_runtime.check import ChangeCheck, Severity, Verdict
from compliance_runtime.errors import ParameterError
from compliance_runtime.policy.patterns import any_matches, matches
from compliance_runtime.resources.escalation_paths import COMBINATIONS, EXISTING_COMBINATIONS
from compliance_runtime.resources.iam_policies import administering
from compliance_runtime.resources.iam_principal import judged_documents
from compliance_runtime.resources.privilege_escalation import possible_combinations

if TYPE_CHECKING:
    from compliance_runtime.evaluation.configuration_item import ConfigurationItem
    from compliance_runtime.policy.document import PolicyDocument


@dataclass(frozen=True)
class Parameters:
    """Allowed combinations, and exemptions.

    Raises
    ------
    ParameterError
        When no known combination is meant.
    """

    allowed_combinations: tuple[str, ...] = field(
        default=(),
        metadata={
            "doc": "Actions that may be allowed together, as iam:PassRole+ec2:RunInstances or iam:PassRole+glue:*; * "
            "and ? are wildcards, case-sensitive."
        },
    )
    exempt: tuple[str, ...] = field(
        default=(),
        metadata={
            "doc": "Names of roles, users, groups and policies that are not judged, with wildcards, case-sensitive."
        },
    )
    include_existing: bool = field(
        default=False,
        metadata={
            "doc": "Also refuse what takes over something that exists, which is not refused by default as it decides: "
            "the code of functions (lambda:UpdateFunctionCode), instances (ssm:SendCommand), stacks, builds, "
            "sts:AssumeRole on every role, permissions boundaries that may be deleted."
        },
    )

    def __post_init__(self) -> None:
        """Refuse what means no known combination."""
        for allowed in self.allowed_combinations:
            if not any(matches(allowed, one.name) for one in (*COMBINATIONS, *EXISTING_COMBINATIONS)):
                raise ParameterError(
                    f"Parameter allowed_combinations: {allowed!r} is none of the known ones, such as "
                    f"{COMBINATIONS[0].name} or {COMBINATIONS[-1].name}."
                )


def evaluate(item: ConfigurationItem, parameters: Parameters) -> Verdict:
    """Return compliant if no combination that makes an administrator is allowed."""
    documents = judged_documents(item, parameters.exempt)
    if isinstance(documents, Verdict):
        return documents
    return _judge(documents, item, parameters)


def _judge(documents: list[PolicyDocument], item: ConfigurationItem, parameters: Parameters) -> Verdict:
    if administering(documents, item):
        return Verdict.not_applicable(
            "It makes an administrator already; see iam-policy-admin or iam-inline-wildcards."
        )
    known = (*COMBINATIONS, *EXISTING_COMBINATIONS) if parameters.include_existing else COMBINATIONS
    found = [
        combination.name
        for combination in possible_combinations(documents, item, known)
        if not any_matches(parameters.allowed_combinations, combination.name)
    ]
    if found:
        return Verdict.non_compliant(f"One can become administrator by {', '.join(found)}. Name the resources.")
    return Verdict.compliant("Its policies allow no known way to become administrator.")


CHECK = ChangeCheck(
    id="iam-privilege-escalation",
    title="No way to become administrator",
    description=(
        "Customer managed policies, and the inline policies of a role, user or group together, must not allow actions "
        "by which one can become administrator, as iam:PassRole and lambda:CreateFunction."
    ),
    remediation=(
        "Remove one action of the combination, or bound it: name the roles that may be passed, or ask for a "
        "permissions boundary."
    ),
    severity=Severity.HIGH,
    resource_types=("AWS::IAM::Policy", "AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group"),
    parameters=Parameters,
    evaluate=evaluate,
)
