"""Policies on drift: changes outside Terraform."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from compliance_tf.review.plan.plan import Action
from compliance_tf.review.plan.values import is_hidden, may_differ
from compliance_tf.review.policies.policy import Hit, Policy, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compliance_tf.review.plan.plan import Plan, ResourceChange
    from compliance_tf.review.plan.values import Value
    from compliance_tf.review.policies.policy import Limits

_ROLE = "aws_iam_role"
_INLINE = "inline_policy"


def drifted(plan: Plan) -> Iterator[tuple[ResourceChange, tuple[str, ...]]]:
    """List the drift of resources, with the attributes; none for a deleted resource."""
    for change in plan.drift:
        if not change.managed:
            continue
        if change.action is Action.DELETE:
            yield change, ()
            continue
        attributes = tuple(name for name in change.changed if _differs(plan, change, name))
        if attributes:
            yield change, attributes


def _differs(plan: Plan, change: ResourceChange, attribute: str) -> bool:
    if change.type == _ROLE and attribute == _INLINE:
        policies = change.after.get(_INLINE)
        return is_hidden(policies) or not _is_readable(policies) or bool(_foreign_policies(plan, change))
    return may_differ(change.before.get(attribute), change.after.get(attribute))


def _is_readable(policies: Value) -> bool:
    return policies is None or (isinstance(policies, list) and all(isinstance(one, dict) for one in policies))


def _foreign_policies(plan: Plan, role: ResourceChange) -> set[str]:
    """Return a role's inline policies that no resource of the deployment defines."""
    own = {
        str(values.get("name"))
        for policy in plan.of_type("aws_iam_role_policy")
        for values in (policy.before, policy.after)
        if values.get("role") == role.after.get("name")
    }
    return {str(policy.get("name")) for policy in _blocks(role.after.get(_INLINE))} - own


def _blocks(value: Value) -> list[dict[str, Value]]:
    return [block for block in value if isinstance(block, dict)] if isinstance(value, list) else []


def _drift(plan: Plan, _: Limits) -> Iterator[Hit]:
    for change, attributes in drifted(plan):
        if not attributes:
            yield Hit(change.address, "Somebody destroyed it outside Terraform.")
        elif change.type == _ROLE and (foreign := _foreign_policies(plan, change)):
            names = ", ".join(sorted(foreign))
            yield Hit(change.address, f"Somebody gave the role a policy outside Terraform, which stays: {names}.")
        else:
            yield Hit(change.address, f"Somebody changed it outside Terraform: {', '.join(attributes)}.")


DRIFT: Final = Policy(
    id="drift",
    title="What was changed outside Terraform is looked at",
    why="The apply would undo it without a word, or leave it there; either way somebody had a reason, or no business, "
    "to do it.",
    verdict=Verdict.APPROVAL,
    find=_drift,
)
