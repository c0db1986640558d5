"""Detection of privilege escalation by known combinations of actions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compliance_runtime.policy.document import may
from compliance_runtime.resources.escalation_paths import COMBINATIONS, PASS_ROLE
from compliance_runtime.resources.iam_policies import iam_arn

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from compliance_runtime.evaluation.configuration_item import ConfigurationItem
    from compliance_runtime.policy.conditions import Request
    from compliance_runtime.policy.document import PolicyDocument
    from compliance_runtime.resources.escalation_paths import Combination

_KINDS: Mapping[str, str] = {
    "iam:attachuserpolicy": "user",
    "iam:attachgrouppolicy": "group",
    "iam:attachrolepolicy": "role",
    "iam:putuserpolicy": "user",
    "iam:putgrouppolicy": "group",
    "iam:putrolepolicy": "role",
    "iam:createpolicyversion": "policy",
    "iam:setdefaultpolicyversion": "policy",
    "iam:addusertogroup": "group",
    "iam:createaccesskey": "user",
    "iam:createloginprofile": "user",
    "iam:updateloginprofile": "user",
    "iam:updateassumerolepolicy": "role",
    "iam:passrole": "role",
    "iam:deleteuserpermissionsboundary": "user",
    "iam:deleterolepermissionsboundary": "role",
    "iam:putuserpermissionsboundary": "user",
    "iam:putrolepermissionsboundary": "role",
    "sts:assumerole": "role",
}
"""The resource types that IAM's actions change or pass on, and roles to assume: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html"""

_ON_ONESELF = frozenset(action for action in _KINDS if action.startswith(("iam:attach", "iam:put", "iam:delete"))) | {
    "iam:createpolicyversion",
    "iam:setdefaultpolicyversion",
}
"""Those that are enough if one may take them on oneself, or on a policy that one has."""

_ADMINISTRATORS_POLICIES = ("policy/AdministratorAccess", "policy/IAMFullAccess")


def possible_combinations(
    documents: Sequence[PolicyDocument], item: ConfigurationItem, combinations: Iterable[Combination] = COMBINATIONS
) -> tuple[Combination, ...]:
    """List the combinations that policies allow, in their order.

    IAM's actions count if they are allowed on all users, groups, roles or policies of the account, and those that
    change rights also if they are allowed on oneself. An action on certain others is not counted: what those may do is
    not known here. The actions of other services count on any resource. Conditions are taken to hold, but for those on
    ``iam:PassedToService``, ``iam:PolicyARN`` and ``iam:PermissionsBoundary`` that would stop it.

    Parameters
    ----------
    documents
        The policies, which apply together.
    item
        The configuration item of the policies: a policy, role, user or group.
    combinations
        The combinations to detect.

    Returns
    -------
    tuple[Combination, ...]
        The combinations of which every action is allowed; empty where there is none.
    """
    own = _own_arns(item)
    return tuple(
        combination
        for combination in combinations
        if all(_is_possible(documents, action.lower(), combination, item, own) for action in combination.actions)
    )


def _is_possible(
    documents: Sequence[PolicyDocument],
    action: str,
    combination: Combination,
    item: ConfigurationItem,
    own: tuple[str, ...],
) -> bool:
    kind = _KINDS.get(action)
    targets: list[str | None] = [None if kind is None else iam_arn(item, f"{kind}/*")]
    if action in _ON_ONESELF:
        targets += [arn for arn in own if f":{kind}/" in arn]
    return any(
        may(documents, action, target, request)
        for target in targets
        for request in _requests(action, combination.service, item)
    )


def _requests(action: str, service: str | None, item: ConfigurationItem) -> Iterator[Request]:
    """Return the requests of which one is enough, as far as they are known."""
    if action == PASS_ROLE.lower() and service is not None:
        # Some services have another name in China.
        yield from ({"iam:passedtoservice": name} for name in (service, f"{service}.cn"))
    elif action.startswith("iam:attach"):
        for policy in _ADMINISTRATORS_POLICIES:
            arn = iam_arn(item, policy).replace(f":{item.account}:", ":aws:")
            yield {"iam:policyarn": arn, "iam:permissionsboundary": None}
    elif action in {"iam:putuserpolicy", "iam:putrolepolicy"}:
        yield {"iam:permissionsboundary": None}
    else:
        yield {}


def _own_arns(item: ConfigurationItem) -> tuple[str, ...]:
    """List the ARNs by which the identities with the policies may change their own permissions."""
    own = [item.members.text("arn")]
    if item.resource_type != "AWS::IAM::Role":
        own.append(iam_arn(item, "user/${aws:username}"))
    if item.resource_type != "AWS::IAM::Policy":
        own += [policy.text("policyArn") for policy in item.members.objects("attachedManagedPolicies")]
    return tuple(own)
