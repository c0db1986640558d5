"""Policies on the state: ownership and location do not change without approval."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from compliance_tf.model.output_names import DEPLOYMENT
from compliance_tf.review.policies.policy import Hit, Policy, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compliance_tf.review.plan.plan import Plan
    from compliance_tf.review.policies.policy import Limits


def _relocated(plan: Plan, _: Limits) -> Iterator[Hit]:
    earlier, later = plan.identity_before, plan.identity
    output = plan.outputs.get(DEPLOYMENT)
    if output and output.after is None and any(change.after for change in plan.resources if change.managed):
        yield Hit(DEPLOYMENT, f"The output '{DEPLOYMENT}', by which the next plan would be compared, goes.")
    if earlier is None:
        return
    for what in ("project", "region", "workspace", "state"):
        before, after = getattr(earlier, what), getattr(later, what)
        if before != after:
            yield Hit(what, f"The deployment's {what} changes from {before} to {after}.")
    if plan.is_of_another_account:
        yield Hit("account", f"The deployment's account changes from {plan.account_before} to {plan.account}.")


def _reassigned(plan: Plan, _: Limits) -> Iterator[Hit]:
    for change in plan.resources:
        if change.moved_from:
            yield Hit(change.address, f"It takes the place of {change.moved_from} in the state.")
        if change.imported_by is not None:
            yield Hit(change.address, f"It is imported by {change.imported_by}: from then on it is this deployment's.")
        if change.forgets:
            yield Hit(
                change.address, "It leaves the state and stays in the account, where nobody will ever destroy it."
            )


RELOCATED: Final = Policy(
    id="state-relocated",
    title="A deployment keeps its state and account, and its state keeps its deployment",
    why="Another project, region or workspace in the same state destroys the one that was there; a state that is kept "
    "elsewhere, or credentials of another account, leave one behind that nobody owns.",
    verdict=Verdict.BLOCKED,
    find=_relocated,
)

REASSIGNED: Final = Policy(
    id="state-reassigned",
    title="Nothing is moved, imported or forgotten unseen",
    why="These change what Terraform owns, and thereby what a later apply may destroy, without changing any resource.",
    verdict=Verdict.APPROVAL,
    find=_reassigned,
)
