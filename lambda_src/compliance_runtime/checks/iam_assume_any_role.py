"""Nobody may assume every role.

Judged are a customer managed policy's default version by itself, and the inline policies of a role, user or group
together. A role's trust policy decides too: for roles that trust the account as a whole, the policies judged here are
the only limit.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from compliance_runtime.check import ChangeCheck, Severity, Verdict
from compliance_runtime.policy.document import may
from compliance_runtime.resources.iam_policies import administering, iam_arn
from compliance_runtime.resources.iam_principal import judged_documents

if TYPE_CHECKING:
    from compliance_runtime.evaluation.configuration_item import ConfigurationItem
    from compliance_runtime.policy.conditions import Condition
    from compliance_runtime.policy.document import PolicyDocument

ASSUMING = ("sts:assumerole", "sts:assumerolewithsaml", "sts:assumerolewithwebidentity")


@dataclass(frozen=True)
class Parameters:
    """Exemptions."""

    exempt: tuple[str, ...] = field(
        default=(),
        metadata={
            "doc": "Names of roles, users, groups and policies that are not judged, with wildcards, case-sensitive."
        },
    )


def evaluate(item: ConfigurationItem, parameters: Parameters) -> Verdict:
    """Return compliant if no policy allows to assume every role of the account, or of every account."""
    documents = judged_documents(item, parameters.exempt)
    if isinstance(documents, Verdict):
        return documents
    if administering(documents, item):
        return Verdict.not_applicable(
            "It makes administrators, who may assume every role: see iam-policy-admin or iam-inline-wildcards."
        )
    bounded = [_without_bounded(document) for document in documents]
    own = iam_arn(item, "role/*")
    for whose, roles in (("every account", own.replace(f":{item.account}:", ":*:")), ("the account", own)):
        if any(may(bounded, action, roles) for action in ASSUMING):
            return Verdict.non_compliant(
                f"It may assume every role of {whose} that trusts it or its account: name the roles in Resource."
            )
    return Verdict.compliant("It may assume certain roles at most.")


def _without_bounded(document: PolicyDocument) -> PolicyDocument:
    """Leave out the statements that are limited to roles with certain tags."""
    kept = (one for one in document.statements if not (one.allows and any(map(_bounds_roles, one.conditions))))
    return replace(document, statements=tuple(kept))


def _bounds_roles(condition: Condition) -> bool:
    tags = condition.key.startswith(("aws:resourcetag/", "iam:resourcetag/"))
    return tags and condition.demands and all(value.strip("*?") for value in condition.values)


CHECK = ChangeCheck(
    id="iam-assume-any-role",
    title="No assuming of every role",
    description=(
        "Customer managed policies, and the inline policies of roles, users and groups, must not allow sts:AssumeRole "
        "on every role: whoever has them gets the rights of each role that trusts the account."
    ),
    remediation="Name the roles that may be assumed in the statement's Resource.",
    severity=Severity.HIGH,
    resource_types=("AWS::IAM::Policy", "AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group"),
    parameters=Parameters,
    evaluate=evaluate,
)
