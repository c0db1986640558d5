"""The policy documents of recorded IAM resources, and the test for administrator access.

AWS Config records the documents as IAM's API returns them, URL-encoded:
https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from compliance_runtime.errors import EventError
from compliance_runtime.policy.conditions import Truth
from compliance_runtime.policy.document import PolicyDocument

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from compliance_runtime.evaluation.configuration_item import ConfigurationItem
    from compliance_runtime.json_object import JsonObject
    from compliance_runtime.policy.document import Statement
    from compliance_runtime.policy.elements import Patterns

ALL_OF_IAM = "iam:*"

_INLINE_LISTS: Mapping[str, str] = {
    "AWS::IAM::Role": "rolePolicyList",
    "AWS::IAM::User": "userPolicyList",
    "AWS::IAM::Group": "groupPolicyList",
}
_PARTITION = re.compile(r"arn:(aws[a-z-]*):")


@dataclass(frozen=True)
class InlinePolicy:
    """A policy that is part of a role, user or group.

    Parameters
    ----------
    name
        Its name, unique in its owner.
    document
        Its document.
    """

    name: str
    document: PolicyDocument


def inline_policies(item: ConfigurationItem) -> tuple[InlinePolicy, ...]:
    """Read the inline policies of a role, user or group.

    Returns
    -------
    tuple[InlinePolicy, ...]
        Their names and documents, in the order of the item; empty where there are none.

    Raises
    ------
    EventError
        When the item is of another type or malformed.
    """
    member = _INLINE_LISTS.get(item.resource_type)
    if member is None:
        raise EventError(f"{item.label} is not a role, user or group.")
    return tuple(
        InlinePolicy(policy.text("policyName"), _document(policy, "policyDocument"))
        for policy in item.members.objects(member)
    )


def trust_policy(item: ConfigurationItem) -> PolicyDocument:
    """Read the trust policy of an AWS::IAM::Role.

    Returns
    -------
    PolicyDocument
        The policy.

    Raises
    ------
    EventError
        When it is missing or malformed.
    """
    return _document(item.members, "assumeRolePolicyDocument")


def default_version(item: ConfigurationItem) -> PolicyDocument:
    """Read the default version of an AWS::IAM::Policy.

    Returns
    -------
    PolicyDocument
        The document of that version.

    Raises
    ------
    EventError
        When there is none or it is malformed.
    """
    members = item.members
    versions = [one for one in members.objects("policyVersionList") if one.optional_flag("isDefaultVersion")]
    if len(versions) != 1:
        raise EventError(
            f"{members.place}.policyVersionList has {len(versions)} default versions; a policy has exactly one."
        )
    return _document(versions[0], "document")


def is_aws_managed(item: ConfigurationItem) -> bool:
    """Return whether an AWS::IAM::Policy is an AWS managed policy."""
    return item.members.text("arn").split(":")[4:5] == ["aws"]


def iam_arn(item: ConfigurationItem, resource: str) -> str:
    """Return a pattern of IAM's ARNs in the item's account and partition: ``role/*`` for all roles."""
    match = _PARTITION.match(item.arn or "")
    return f"arn:{match[1] if match else 'aws'}:iam::{item.account}:{resource}"


def is_everything(resources: Patterns | None, item: ConfigurationItem) -> bool:
    """Return whether a statement applies to all resources: ``*``, all ARNs, or all except some."""
    every_arn = iam_arn(item, "").split(":iam:")[0] + ":*:*:*:*"
    return resources is not None and (resources.grants("*") or resources.grants(every_arn))


def administering(documents: Iterable[PolicyDocument], item: ConfigurationItem) -> tuple[Statement, ...]:
    """List the statements that give administrator access: all of IAM's actions on all of IAM's resources.

    With ``iam:*`` one can grant oneself anything else, so it counts like ``*``. ``NotAction`` and ``NotResource`` count
    as everything unless they exclude all of IAM. Conditions restrict when one is an administrator, not whether.
    A statement does not count if another denies the same without conditions.

    Parameters
    ----------
    documents
        The policies, which apply together.
    item
        The configuration item of the policies, which has the account and the partition.

    Returns
    -------
    tuple[Statement, ...]
        The allowing statements, in the order of the policies; empty where one denies all of IAM without conditions.
    """
    every_resource = iam_arn(item, "*")
    statements = [
        statement
        for document in documents
        for statement in document.statements
        if statement.resources is not None
        and statement.actions.grants(ALL_OF_IAM)
        and statement.resources.grants(every_resource)
    ]
    if any(_denies_all(statement, every_resource) for statement in statements):
        return ()
    return tuple(statement for statement in statements if statement.allows)


def _denies_all(statement: Statement, every_resource: str) -> bool:
    return (
        not statement.allows
        and statement.holds({}) is Truth.ALWAYS
        and statement.actions.covers(ALL_OF_IAM)
        and statement.resources is not None
        and statement.resources.covers(every_resource)
    )


def _document(holder: JsonObject, name: str) -> PolicyDocument:
    place = f"{holder.place}.{name}"
    value = holder.values.get(name)
    # Old items have the document in a list of one.
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if not value:
        raise EventError(f"{place} is missing.")
    return PolicyDocument.read(value, place)
