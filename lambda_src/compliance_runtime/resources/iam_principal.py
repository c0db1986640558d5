"""The common members of recorded roles, users and groups of IAM.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from compliance_runtime.check import Verdict
from compliance_runtime.errors import EventError
from compliance_runtime.policy.patterns import any_matches
from compliance_runtime.resources.iam_policies import default_version, inline_policies, is_aws_managed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from compliance_runtime.evaluation.configuration_item import ConfigurationItem
    from compliance_runtime.policy.document import PolicyDocument

SERVICE_ROLE_REASON = "It is a service-linked role, which only its service can change."

_NAME_MEMBERS: Mapping[str, str] = {
    "AWS::IAM::Role": "roleName",
    "AWS::IAM::User": "userName",
    "AWS::IAM::Group": "groupName",
}


def principal_name(item: ConfigurationItem) -> str:
    """Read the name of a role, user or group.

    Returns
    -------
    str
        The name, without a path.

    Raises
    ------
    EventError
        When the item is of another type or has no name.
    """
    member = _NAME_MEMBERS.get(item.resource_type)
    if member is None:
        raise EventError(f"{item.label} is not a role, user or group.")
    return item.members.text(member)


def is_service_linked_role(item: ConfigurationItem) -> bool:
    """Return whether it is a service-linked role, which only its service can change."""
    return item.resource_type == "AWS::IAM::Role" and item.members.text("path").startswith("/aws-service-role/")


def judged_documents(item: ConfigurationItem, exempt: Iterable[str]) -> list[PolicyDocument] | Verdict:
    """Return the policies that are judged together: of a customer managed policy or, inline, of a principal.

    Parameters
    ----------
    item
        The policy, role, user or group.
    exempt
        Names that are not judged, with wildcards.

    Returns
    -------
    list | Verdict
        The verdict where it is not judged.
    """
    if is_service_linked_role(item):
        return Verdict.not_applicable(SERVICE_ROLE_REASON)
    is_policy = item.resource_type == "AWS::IAM::Policy"
    if is_policy and is_aws_managed(item):
        return Verdict.not_applicable("AWS keeps this policy.")
    if any_matches(exempt, item.members.text("policyName") if is_policy else principal_name(item)):
        return Verdict.not_applicable("It is exempt by its name.")
    judged = [default_version(item)] if is_policy else [policy.document for policy in inline_policies(item)]
    # Each different one once: the same policy under a hundred names allows no more, and takes as long as a hundred.
    return list(dict.fromkeys(judged))
