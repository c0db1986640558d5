"""Security groups, with their rules in all three forms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from compliance_tf.review.resources.joins import Link
from compliance_tf.review.resources.planned_values import Unknown
from compliance_tf.review.resources.translation import Table, attribute, first_known, template

if TYPE_CHECKING:
    from compliance_tf.review.resources.translation import Field, Scope

Direction = Literal["ingress", "egress"]

_RULE: Final = "aws_security_group_rule"
_NEW_RULES: Final = {
    "ingress": "aws_vpc_security_group_ingress_rule",
    "egress": "aws_vpc_security_group_egress_rule",
}
_ALL: Final = frozenset({"-1", "all"})


def _permissions(direction: Direction) -> Field:
    """Collect the permissions of a direction.

    A group without inline rules has those of other resources. The state of an existing group lists all rules,
    including those of other resources: rules that these will change are removed first.

    Returns
    -------
    Field
        A function from a scope to a list of rules in AWS Config's form, those inside of the group first; unknown where
        the group of a rule, or an inline rule, is.
    """

    def field_(scope: Scope) -> object:
        if unsure := scope.possible(_RULE, _NEW_RULES[direction]):
            return unsure
        inline = scope.blocks(direction)
        if isinstance(inline, Unknown):
            # The provider removes EC2's default rule that allows all outbound traffic.
            # https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/security_group
            if not scope.is_unset(direction):
                return inline
            inline = []
        own = [_inline(one) for one in inline]
        removed = [_separate(one) for one in _separates(scope.removed_parts, direction)]
        kept = [left for one in own if (left := _without(one, removed)) is not None]
        return kept + [_separate(one) for one in _separates(scope.parts, direction)]

    return field_


def _separates(parts: object, direction: Direction) -> list[Scope]:
    assert callable(parts)  # noqa: S101
    found = [*parts(_RULE), *parts(_NEW_RULES[direction])]
    return [one for one in found if one.instance.type != _RULE or one.get("type") == direction or _hides_type(one)]


def _hides_type(scope: Scope) -> bool:
    return isinstance(scope.get("type"), Unknown)


def _inline(scope: Scope) -> dict[str, object]:
    return _permission(
        scope,
        scope.get("protocol"),
        ipv4=_ranges(scope, "cidr_blocks", "cidrIp"),
        ipv6=_ranges(scope, "ipv6_cidr_blocks", "cidrIpv6"),
        lists=_ranges(scope, "prefix_list_ids", "prefixListId"),
        groups=_ranges(scope, "security_groups", "groupId"),
    )


def _separate(scope: Scope) -> object:
    if scope.instance.type == _RULE:
        if _hides_type(scope):
            return scope.get("type")
        groups = (
            [] if scope.is_unset("source_security_group_id") else _one(scope, "source_security_group_id", "groupId")
        )
        return _permission(
            scope,
            scope.get("protocol"),
            ipv4=_ranges(scope, "cidr_blocks", "cidrIp"),
            ipv6=_ranges(scope, "ipv6_cidr_blocks", "cidrIpv6"),
            lists=_ranges(scope, "prefix_list_ids", "prefixListId"),
            groups=groups,
        )
    return _permission(
        scope,
        scope.get("ip_protocol"),
        ipv4=_one(scope, "cidr_ipv4", "cidrIp"),
        ipv6=_one(scope, "cidr_ipv6", "cidrIpv6"),
        lists=_one(scope, "prefix_list_id", "prefixListId"),
        groups=_one(scope, "referenced_security_group_id", "groupId"),
    )


def _permission(
    scope: Scope, protocol: object, *, ipv4: object, ipv6: object, lists: object, groups: object
) -> dict[str, object]:
    has_no_ports = isinstance(protocol, str) and protocol.lower() in _ALL
    return {
        "ipProtocol": "-1" if has_no_ports else protocol,
        "fromPort": None if has_no_ports else scope.get("from_port"),
        "toPort": None if has_no_ports else scope.get("to_port"),
        "ipv4Ranges": ipv4,
        "ipRanges": [one.get("cidrIp") for one in ipv4] if isinstance(ipv4, list) else ipv4,
        "ipv6Ranges": ipv6,
        "prefixListIds": lists,
        "userIdGroupPairs": groups,
    }


def _ranges(scope: Scope, name: str, member: str) -> object:
    values = scope.get(name)
    if isinstance(values, Unknown):
        return values
    listed = values if isinstance(values, list) else []
    return [{member: one, "description": _description(scope)} for one in listed]


def _one(scope: Scope, name: str, member: str) -> object:
    value = scope.get(name)
    # An unknown one may be null, and then there is none.
    if isinstance(value, Unknown):
        return [{member: value, "description": _description(scope)}] if scope.instance.expression(name) else value
    return [{member: value, "description": _description(scope)}] if value else []


def _description(scope: Scope) -> object:
    return scope.get("description") or None


_TARGETS: Final = ("ipv4Ranges", "ipRanges", "ipv6Ranges", "prefixListIds", "userIdGroupPairs")
_PORTS: Final = ("ipProtocol", "fromPort", "toPort")


def _without(permission: dict[str, object], removed: list[object]) -> dict[str, object] | None:
    """Take what others open out of a permission: EC2 has one for all targets of the same protocol and ports.

    Returns
    -------
    dict[str, object] | None
        What is left, whatever the descriptions; None for nothing.
    """
    left = dict(permission)
    for other in removed:
        if not isinstance(other, dict) or any(left[name] != other[name] for name in _PORTS):
            continue
        for name in _TARGETS:
            ours, theirs = left[name], other[name]
            if isinstance(ours, list) and isinstance(theirs, list):
                left[name] = [one for one in ours if _target(one) not in map(_target, theirs)]
    return None if left != permission and not any(left[name] for name in _TARGETS) else left


def _target(element: object) -> object:
    if not isinstance(element, dict):
        return element
    return {name: value for name, value in element.items() if name != "description"}


SECURITY_GROUP = Table(
    type="AWS::EC2::SecurityGroup",
    terraform=("aws_security_group", "aws_default_security_group"),
    sources=(
        "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html",
        "https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/security_group",
    ),
    id=attribute("id"),
    name=attribute("name"),
    arn=first_known(attribute("arn"), template("arn:{partition}:ec2:{region}:{account}:security-group/{id}", "id")),
    configuration={
        "groupId": attribute("id"),
        "groupName": attribute("name"),
        "description": attribute("description"),
        "vpcId": attribute("vpc_id"),
        "ownerId": attribute("owner_id"),
        "ipPermissions": _permissions("ingress"),
        "ipPermissionsEgress": _permissions("egress"),
    },
    links=tuple(Link(name, "security_group_id") for name in (_RULE, *_NEW_RULES.values())),
    notes="Addresses of prefix lists are not known, as in AWS Config itself.",
)
