"""Roles, users, groups and policies of IAM, with inline and attached policies in all forms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from compliance_tf.review.resources.joins import Link
from compliance_tf.review.resources.planned_values import Assumed, Unknown
from compliance_tf.review.resources.translation import Table, attribute, first_known, template, unset_block

if TYPE_CHECKING:
    from compliance_tf.review.resources.translation import Field, Scope

_POLICY: Final = "aws_iam_policy"
_SCHEMA: Final = "https://github.com/awslabs/aws-config-resource-schema/blob/master/config/properties/resource-types/"
_PROVIDER: Final = "https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/"
_MEMBERS: Final = "https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html"


def _inline_policies(part: str, *, inline: bool = False) -> Field:
    """Collect inline policies: from blocks of a role, and from resources.

    The state of an existing role lists all of them, including those of other resources.

    Returns
    -------
    Field
        A function from a scope to a list of objects with ``policyName`` and ``policyDocument``; unknown where it is not
        known whose a policy will be.
    """

    def field_(scope: Scope) -> object:
        if unsure := scope.possible(part):
            return unsure
        found: object = _blocks(scope) if inline else []
        doubt = found.reason if isinstance(found, Assumed) else None
        found = found.value if isinstance(found, Assumed) else found
        if not isinstance(found, list):
            return found
        names = {one.get("name") for one in scope.removed_parts(part) if isinstance(one.get("name"), str)}
        kept = [one for one in found if one["policyName"] not in names]
        listed = kept + [{"policyName": _name(one), "policyDocument": one.get("policy")} for one in scope.parts(part)]
        if doubt:
            return Assumed(listed, doubt)
        return listed if inline else _from_here(scope, listed)

    return field_


def _from_here(scope: Scope, listed: list[object]) -> object:
    """Return unknown for an existing user or group, which may have more than this plan shows."""
    if not scope.instance.exists:
        return listed
    return Assumed(listed, f"{scope.place} exists, and the plan does not show which policies it has from elsewhere")


def _blocks(scope: Scope) -> object:
    found = scope.blocks("inline_policy")
    if isinstance(found, Unknown):
        return unset_block(scope, "inline_policy", [])
    # The provider has an empty block for "none".
    named = [one for one in found if one.get("name") or one.get("policy")]
    return [{"policyName": _name(one), "policyDocument": one.get("policy")} for one in named]


def _name(scope: Scope) -> object:
    """Return an inline policy's name; the provider generates one where the configuration has none."""
    if not scope.is_unset("name"):
        return scope.get("name")
    prefix = scope.get("name_prefix")
    return f"{prefix if isinstance(prefix, str) else 'terraform-'}(known after apply)"


def _attached(attachment: str, *, inline: bool = False) -> Field:
    """Collect the attached managed policies."""

    def field_(scope: Scope) -> object:
        exclusive = f"{attachment}s_exclusive"
        if unsure := scope.possible(attachment, exclusive, _SHARED):
            return unsure
        arns: list[object] = []
        if inline:
            value = scope.get("managed_policy_arns")
            if isinstance(value, Unknown) and not scope.is_unset("managed_policy_arns"):
                return value
            arns += value if isinstance(value, list) else []
        removed = [one.get("policy_arn") for one in scope.removed_parts(attachment, _SHARED)]
        entries = [_entry(arn) for arn in arns if arn not in removed]
        entries += [_attachment(one) for one in scope.parts(attachment, _SHARED)]
        for one in scope.parts(exclusive):
            listed = one.get("policy_arns")
            if not isinstance(listed, list):
                return listed
            entries += [entry for entry in map(_entry, listed) if entry not in entries]
        return entries if inline else _from_here(scope, entries)

    return field_


_SHARED: Final = "aws_iam_policy_attachment"


def _attachment(scope: Scope) -> object:
    arn = scope.get("policy_arn")
    if not isinstance(arn, Unknown):
        return _entry(arn)
    policy = _policy_of(scope, "policy_arn")
    if policy is None:
        return {"policyArn": arn, "policyName": arn}
    name = policy.values.get("name")
    known_arn = policy.source.arn_of(policy.instance)
    return {"policyArn": known_arn, "policyName": name if isinstance(name, str) else policy.get("name")}


def _policy_of(scope: Scope, name: str) -> Scope | None:
    """Return the policy of the plan that an attribute refers to, if it is exactly one."""
    found = scope.source.references.targets(scope.instance, name, (_POLICY,))
    return type(scope)(scope.source, found[0].after, found[0].address, found[0]) if len(found) == 1 else None


def _entry(arn: object) -> object:
    return {"policyArn": arn, "policyName": arn.rpartition("/")[2] if isinstance(arn, str) else arn}


def _boundary(scope: Scope) -> object:
    arn = scope.get("permissions_boundary")
    if isinstance(arn, Unknown):
        policy = _policy_of(scope, "permissions_boundary")
        arn = policy.source.arn_of(policy.instance) if policy else arn
        if isinstance(arn, Unknown):
            return arn
    return {"permissionsBoundaryArn": arn, "permissionsBoundaryType": "Policy"} if arn else None


def _groups(scope: Scope) -> object:
    if unsure := scope.possible("aws_iam_user_group_membership", "aws_iam_group_membership"):
        return unsure
    listed: list[object] = []
    for one in scope.parts("aws_iam_user_group_membership"):
        groups = one.get("groups")
        if not isinstance(groups, list):
            return groups
        listed += groups
    return listed + [one.get("group") for one in scope.parts("aws_iam_group_membership")]


def _versions(scope: Scope) -> object:
    return [{"document": scope.get("policy"), "versionId": "v1", "isDefaultVersion": True}]


def _arn(kind: str) -> Field:
    written = template(f"arn:{{partition}}:iam::{{account}}:{kind}{{path}}{{name}}", "path", "name")
    return first_known(attribute("arn"), written)


def _principal(kind: str, *links: str) -> tuple[Link, ...]:
    exclusive = Link(f"aws_iam_{kind}_policy_attachments_exclusive", f"{kind}_name")
    return (
        *(Link(f"aws_iam_{kind}_{link}", kind) for link in links),
        exclusive,
        Link(_SHARED, f"{kind}s", is_list=True),
    )


ROLE = Table(
    type="AWS::IAM::Role",
    terraform=("aws_iam_role",),
    sources=(f"{_SCHEMA}AWS::IAM::Role.properties.json", _MEMBERS, f"{_PROVIDER}iam_role"),
    region="global",
    id=attribute("unique_id"),
    name=attribute("name"),
    arn=_arn("role"),
    configuration={
        "roleName": attribute("name"),
        "path": attribute("path", absent="/"),
        "arn": _arn("role"),
        "roleId": attribute("unique_id"),
        "assumeRolePolicyDocument": attribute("assume_role_policy"),
        "rolePolicyList": _inline_policies("aws_iam_role_policy", inline=True),
        "attachedManagedPolicies": _attached("aws_iam_role_policy_attachment", inline=True),
        "permissionsBoundary": _boundary,
    },
    links=_principal("role", "policy", "policy_attachment"),
    notes="What other stacks attach to a new role is not seen.",
)

USER = Table(
    type="AWS::IAM::User",
    terraform=("aws_iam_user",),
    sources=(f"{_SCHEMA}AWS::IAM::User.properties.json", _MEMBERS, f"{_PROVIDER}iam_user"),
    region="global",
    id=attribute("unique_id"),
    name=attribute("name"),
    arn=_arn("user"),
    configuration={
        "userName": attribute("name"),
        "path": attribute("path", absent="/"),
        "arn": _arn("user"),
        "userId": attribute("unique_id"),
        "userPolicyList": _inline_policies("aws_iam_user_policy"),
        "attachedManagedPolicies": _attached("aws_iam_user_policy_attachment"),
        "permissionsBoundary": _boundary,
        "groupList": _groups,
    },
    links=(
        *_principal("user", "policy", "policy_attachment"),
        Link("aws_iam_user_group_membership", "user"),
        Link("aws_iam_group_membership", "users", is_list=True),
    ),
    notes="Inline and attached policies of a user that exists already are seen as far as this plan has them.",
)

GROUP = Table(
    type="AWS::IAM::Group",
    terraform=("aws_iam_group",),
    sources=(f"{_SCHEMA}AWS::IAM::Group.properties.json", _MEMBERS, f"{_PROVIDER}iam_group"),
    region="global",
    id=attribute("unique_id"),
    name=attribute("name"),
    arn=_arn("group"),
    configuration={
        "groupName": attribute("name"),
        "path": attribute("path", absent="/"),
        "arn": _arn("group"),
        "groupId": attribute("unique_id"),
        "groupPolicyList": _inline_policies("aws_iam_group_policy"),
        "attachedManagedPolicies": _attached("aws_iam_group_policy_attachment"),
    },
    links=_principal("group", "policy", "policy_attachment"),
    notes="Inline and attached policies of a group that exists already are seen as far as this plan has them.",
)

POLICY = Table(
    type="AWS::IAM::Policy",
    terraform=(_POLICY,),
    sources=(f"{_SCHEMA}AWS::IAM::Policy.properties.json", _MEMBERS, f"{_PROVIDER}iam_policy"),
    region="global",
    id=attribute("policy_id"),
    name=attribute("name"),
    arn=_arn("policy"),
    configuration={
        "policyName": attribute("name"),
        "policyId": attribute("policy_id"),
        "path": attribute("path", absent="/"),
        "arn": _arn("policy"),
        "description": attribute("description"),
        "policyVersionList": _versions,
    },
)
