"""Policies on rules and waivers: removals and new waivers need approval."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from compliance_tf.model.output_names import WAIVERS
from compliance_tf.review.changes.aws_names import shared_names
from compliance_tf.review.plan.plan import Action, OutputChange
from compliance_tf.review.plan.values import is_hidden
from compliance_tf.review.policies.policy import Hit, Policy, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compliance_tf.review.plan.plan import Plan, ResourceChange
    from compliance_tf.review.policies.policy import Limits

RULE: Final = "aws_config_config_rule"


def removed_rules(plan: Plan) -> tuple[ResourceChange, ...]:
    """List the rules that do not exist after the apply: not those that are replaced under their name."""
    stays = {str(change.after.get("name")) for change in plan.of_type(RULE) if change.action is not Action.FORGET}
    # AWS Config identifies rules by name: a destruction removes a rule that was created under the same name.
    taken = [one.change for one in shared_names(plan) if one.destroys]
    return tuple(
        change
        for change in plan.of_type(RULE)
        if change.action.is_removal
        and (
            change.deposed
            or any(change is one for one in taken)
            or is_hidden(change.before.get("name"))
            or str(change.before.get("name")) not in stays
        )
    )


def _removed(plan: Plan, _: Limits) -> Iterator[Hit]:
    for change in removed_rules(plan):
        yield Hit(change.address, f"The rule {change.before.get('name')} {change.action.words}.")


def _removed_at_once(plan: Plan, limits: Limits) -> Iterator[Hit]:
    count = len(removed_rules(plan))
    if count > limits.rules_removed_at_once:
        yield Hit(plan.identity.prefix, f"{count} rules are removed; {limits.rules_removed_at_once} may be at once.")


def _waived(plan: Plan, _: Limits) -> Iterator[Hit]:
    output = plan.outputs.get(WAIVERS, OutputChange())
    if is_hidden(output.after) or not isinstance(output.after, list | None):
        yield Hit(WAIVERS, "Which waivers there will be cannot be seen.")
        return
    known = output.before if isinstance(output.before, list) else []
    for waiver in output.after or []:
        if waiver not in known:
            yield Hit(WAIVERS, f"A waiver is granted: {waiver}.")


REMOVED: Final = Policy(
    id="rule-removed",
    title="No rule is removed unseen",
    why="What a rule watched is watched no longer, and its results are closed.",
    verdict=Verdict.APPROVAL,
    find=_removed,
)

REMOVED_AT_ONCE: Final = Policy(
    id="rules-removed-at-once",
    title="Not many rules are removed at once",
    why="A wrong variable, an empty pack or another workspace's configuration removes many rules in one plan. "
    "The number is set by maximum, 10 unless a project says otherwise.",
    verdict=Verdict.BLOCKED,
    find=_removed_at_once,
)

WAIVED: Final = Policy(
    id="waiver-granted",
    title="No waiver is granted unseen",
    why="A waiver accepts violations: from the apply on they count as waived.",
    verdict=Verdict.APPROVAL,
    find=_waived,
)
