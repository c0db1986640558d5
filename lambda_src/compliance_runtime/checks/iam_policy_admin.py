"""Customer managed policies make nobody an administrator.

Judged is the default version, whether it is attached or not: attaching it takes one call. A statement counts if it
allows all of IAM's actions on all of IAM's resources, as ``*`` does: one that may do this can allow itself all else.
``NotAction`` and ``NotResource`` count as everything unless all of IAM is what they leave out, as in PowerUserAccess.
Conditions such as MFA say when somebody is an administrator, so they are no excuse unless the parameter says so.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from compliance_runtime.check import ChangeCheck, Severity, Verdict
from compliance_runtime.errors import ParameterError
from compliance_runtime.policy.patterns import any_matches
from compliance_runtime.resources.iam_policies import administering, default_version, is_aws_managed

if TYPE_CHECKING:
    from compliance_runtime.evaluation.configuration_item import ConfigurationItem
    from compliance_runtime.policy.document import Statement


@dataclass(frozen=True)
class Parameters:
    """Policies that may make administrators.

    Raises
    ------
    ParameterError
        When a condition key has no service before a colon.
    """

    exempt_policies: tuple[str, ...] = field(
        default=(),
        metadata={"doc": "Names of policies that may make administrators; * and ? are wildcards, case-sensitive."},
    )
    excusing_condition_keys: tuple[str, ...] = field(
        default=(),
        metadata={
            "doc": "Condition keys, as aws:MultiFactorAuthPresent, not case-sensitive. A statement that holds for no "
            "request without one of them is allowed."
        },
    )

    def __post_init__(self) -> None:
        """Refuse what is no condition key."""
        for key in self.excusing_condition_keys:
            if not all(key.partition(":")):
                raise ParameterError(
                    f"Parameter excusing_condition_keys: {key!r} must be as aws:MultiFactorAuthPresent."
                )


def evaluate(item: ConfigurationItem, parameters: Parameters) -> Verdict:
    """Return compliant if no statement of the default version makes an administrator."""
    if is_aws_managed(item):
        return Verdict.not_applicable("AWS keeps this policy; see which identities have it instead.")
    if any_matches(parameters.exempt_policies, item.members.text("policyName")):
        return Verdict.not_applicable("It is exempt by its name.")
    excusing = frozenset(key.lower() for key in parameters.excusing_condition_keys)
    found = [one for one in administering([default_version(item)], item) if not _is_excused(one, excusing)]
    if found:
        grants = "; ".join(f"{one.name} allows {one.actions} on {one.resources}" for one in found)
        return Verdict.non_compliant(f"It makes an administrator: {grants}. Allow only the actions that are needed.")
    return Verdict.compliant("It makes nobody an administrator.")


def _is_excused(statement: Statement, keys: frozenset[str]) -> bool:
    return any(condition.key in keys and condition.needs_key for condition in statement.conditions)


CHECK = ChangeCheck(
    id="iam-policy-admin",
    title="No administrators by own policies",
    description=(
        "Customer managed policies, attached or not, must not allow all actions, or all of IAM's, on all resources, "
        "nor by NotAction or NotResource: whoever has one can do anything in the account."
    ),
    remediation=(
        "Replace the statement by the actions and resources that are used; give administrators a role of their own."
    ),
    severity=Severity.HIGH,
    resource_types=("AWS::IAM::Policy",),
    parameters=Parameters,
    evaluate=evaluate,
)
