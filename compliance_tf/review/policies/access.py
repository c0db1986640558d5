"""Policies on permissions: increases need approval, and unlimited access is blocked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from compliance_tf.review.changes.permissions import permissions
from compliance_tf.review.policies.policy import Hit, Policy, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from compliance_tf.review.changes.grants import Grant
    from compliance_tf.review.plan.plan import Plan
    from compliance_tf.review.plan.values import Value
    from compliance_tf.review.policies.policy import Limits

_UNSEEN = "What it allows cannot be seen before the apply, so it may be anything"


def _permission_increases(plan: Plan, _: Limits) -> Iterator[Hit]:
    for one in permissions(plan):
        if one.are_unknown:
            yield Hit(one.addresses[0], f"{one.subject}: {_UNSEEN}.")
        elif one.new:
            plural = "" if len(one.new) == 1 else "s"
            yield Hit(one.addresses[0], f"{one.subject} gets {len(one.new)} new permission{plural}.")
    for change in plan.of_type("aws_iam_role"):
        earlier, later = (values.get("permissions_boundary") for values in (change.before, change.after))
        if change.after and earlier and change.may_change("permissions_boundary"):
            yield Hit(change.address, f"The permissions boundary changes from {earlier} to {later or 'none'}.")


def _all_that(is_bad: Callable[[Grant], bool], sentence: str) -> Callable[[Plan, Limits], Iterator[Hit]]:
    def find(plan: Plan, _: Limits) -> Iterator[Hit]:
        for one in permissions(plan):
            if one.are_unknown:
                yield Hit(one.addresses[0], f"{one.subject}: {_UNSEEN}.")
            for grant in one.after or ():
                if is_bad(grant):
                    yield Hit(one.addresses[0], f"{one.subject}: {sentence}: {grant}.")

    return find


def _sourceless(plan: Plan, _: Limits) -> Iterator[Hit]:
    for change in plan.of_type("aws_lambda_permission"):
        if change.after and not any(_is_source(change.after.get(name), place) for name, place in _SOURCES.items()):
            yield Hit(
                change.address,
                f"{change.after.get('principal')} may invoke {change.after.get('function_name')} on behalf of any "
                "account: neither source_account nor a source_arn with an account is set, or known.",
            )


_SOURCES: Final = {"source_account": None, "source_arn": 4, "principal_org_id": None}
"""The arguments that limit an invocation to an account, and the part of an ARN with its number."""


def _is_source(value: Value, account_part: int | None) -> bool:
    if isinstance(value, str) and account_part is not None:
        value = next(iter(value.split(":")[account_part:]), "")
    return isinstance(value, str) and value != "" and not set(value) & set("*?")


PERMISSION_INCREASE: Final = Policy(
    id="permission-increase",
    title="No one may do more than before unseen",
    why="Functions run with these roles in an account that others share. Somebody reads each new action, resource, "
    "principal and invoker once; a first deployment brings all of them.",
    verdict=Verdict.APPROVAL,
    find=_permission_increases,
)

ADMINISTRATION: Final = Policy(
    id="wildcard-permissions",
    title="No role may do everything, not even in one service",
    why="Functions that read configurations need no wildcard actions; whoever changes the code would have them.",
    verdict=Verdict.BLOCKED,
    find=_all_that(lambda grant: grant.is_administration, "this is a wildcard"),
)

PUBLIC: Final = Policy(
    id="public-access",
    title="Nothing is open to everybody",
    why="A role that anyone may assume, or a function that anyone may invoke, is everybody's.",
    verdict=Verdict.BLOCKED,
    find=_all_that(lambda grant: grant.is_public, "this is for everybody"),
)

SOURCELESS: Final = Policy(
    id="invocation-without-source",
    title="Services invoke functions for this account only",
    why="Without a source account, a service such as AWS Config invokes the function for other people's accounts too "
    "(the confused deputy).",
    verdict=Verdict.BLOCKED,
    find=_sourceless,
)
