"""Policies on completeness: a plan is reviewed as a whole, or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from compliance_tf.review.policies.policy import Hit, Policy, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compliance_tf.review.plan.plan import Plan
    from compliance_tf.review.policies.policy import Limits


def _incomplete(plan: Plan, _: Limits) -> Iterator[Hit]:
    if plan.errored:
        yield Hit("plan", "Terraform failed while it planned: what would come after the error is not in the plan.")
    elif not plan.is_complete:
        yield Hit("plan", "The plan leaves changes for later (it was made with -target, or Terraform deferred some).")


def _not_understood(plan: Plan, _: Limits) -> Iterator[Hit]:
    for member in plan.not_understood:
        yield Hit(member, f"The plan has {member!r}, which this version of compliance_tf does not understand.")


INCOMPLETE: Final = Policy(
    id="incomplete-plan",
    title="The plan is whole",
    why="What is not in the plan was not reviewed, and would be done by the next apply.",
    verdict=Verdict.BLOCKED,
    find=_incomplete,
)

NOT_UNDERSTOOD: Final = Policy(
    id="not-understood",
    title="Everything in the plan is understood",
    why="A newer Terraform may do things that no policy here has heard of.",
    verdict=Verdict.APPROVAL,
    find=_not_understood,
)
