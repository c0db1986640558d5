"""Policies on names: every name has the deployment's prefix, and no two resources share one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from compliance_tf.model.allow_list import NAMES
from compliance_tf.review.changes.aws_names import aws_name, shared_names
from compliance_tf.review.plan.plan import Action
from compliance_tf.review.plan.values import Hidden
from compliance_tf.review.policies.policy import Hit, Policy, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compliance_tf.review.plan.plan import Plan
    from compliance_tf.review.policies.policy import Limits


def _unscoped(plan: Plan, _: Limits) -> Iterator[Hit]:
    for change in plan.resources:
        if not change.managed or change.type not in NAMES or not change.after:
            continue
        attribute, before = NAMES[change.type]
        name = change.after.get(attribute)
        if not isinstance(name, str):
            yield Hit(change.address, f"Its {attribute} cannot be seen: {name or Hidden.UNKNOWN}.")
        elif not name.startswith(before + plan.identity.prefix):
            prefix = before + plan.identity.prefix
            yield Hit(change.address, f"Its {attribute} is '{name}', which does not begin with '{prefix}'.")
    yield from _roles_of_others(plan)


def _roles_of_others(plan: Plan) -> Iterator[Hit]:
    # An unknown role is one that this plan creates, and its name is checked above.
    makes_roles = any(role.action in {Action.CREATE, Action.REPLACE} for role in plan.of_type("aws_iam_role"))
    for change in plan.of_type("aws_lambda_function"):
        role = change.after.get("role")
        is_own = isinstance(role, str) and role.rpartition("/")[2].startswith(plan.identity.prefix)
        if change.after and not is_own and not (role is Hidden.UNKNOWN and makes_roles):
            yield Hit(change.address, f"It runs with the role '{role}', which is not the deployment's.")


def _shared(plan: Plan, _: Limits) -> Iterator[Hit]:
    for one in shared_names(plan):
        name = " ".join(filter(None, aws_name(one.change.type, one.other.after) or ()))
        if not one.destroys:
            yield Hit(one.change.address, f"{one.other.address} has the same name in AWS, '{name}'.")
        elif one.change is one.other:
            yield Hit(
                one.change.address,
                f"Its replacement of the same name, '{name}', is created before it is destroyed: AWS then destroys "
                "the replacement.",
            )
        else:
            yield Hit(
                one.change.address,
                f"It is destroyed, and {one.other.address} has the same name in AWS, '{name}': that one may go with "
                "it. Keep the address, or write a moved block.",
            )


SHARED: Final = Policy(
    id="name-shared",
    title="No two resources have one name in AWS",
    why="AWS goes by the name, not by the address: what is destroyed at one address, or before its replacement, takes "
    "away what has just been created under its name, and two of one name overwrite each other.",
    verdict=Verdict.BLOCKED,
    find=_shared,
)

UNSCOPED: Final = Policy(
    id="name-without-workspace",
    title="Every name begins with the project and the workspace",
    why="AWS overwrites a Config rule or an EventBridge rule of the same name without a word: a name that another "
    "workspace or project has as well destroys theirs.",
    verdict=Verdict.BLOCKED,
    find=_unscoped,
    is_fixed=True,
)
