"""The coverage of each pack, before and after."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from compliance_tf.catalog.conformance_packs import conformance_packs
from compliance_tf.model.output_names import RULES
from compliance_tf.review.changes.rule_changes import rule_facts, rule_id
from compliance_tf.review.plan.plan import Action, OutputChange
from compliance_tf.review.policies.rules import RULE

if TYPE_CHECKING:
    from compliance_tf.review.plan.plan import Plan


@dataclass(frozen=True)
class Coverage:
    """The number of rules of a pack that are deployed.

    Parameters
    ----------
    pack
        The pack's name.
    before
        The number of its rules that are deployed now.
    after
        The number after the apply.
    total
        The number in AWS's pack; None for an own pack.
    """

    pack: str
    before: int
    after: int
    total: int | None

    @property
    def changes(self) -> bool:
        """Return whether the number changes."""
        return self.before != self.after

    def __str__(self) -> str:
        """Return the text for messages."""
        whole = "" if self.total is None else f" of {self.total}"
        was = f", was {self.before}" if self.changes else ""
        return f"{self.pack}: {self.after}{whole} rules{was}"


def coverage(plan: Plan) -> tuple[Coverage, ...]:
    """Count the rules of each pack that has any before or after."""
    output = plan.outputs.get(RULES, OutputChange())
    facts_before, facts_after = rule_facts(output.before), rule_facts(output.after)
    before: Counter[str] = Counter()
    after: Counter[str] = Counter()
    for rule in plan.of_type(RULE):
        if rule.before and not rule.deposed and (facts := facts_before.get(rule_id(plan, rule.before))):
            before.update(facts.packs)
        if rule.after and rule.action is not Action.FORGET and (facts := facts_after.get(rule_id(plan, rule.after))):
            after.update(facts.packs)
    packs = conformance_packs().packs if before or after else {}
    return tuple(
        Coverage(name, before[name], after[name], len(packs[name].rules) if name in packs else None)
        for name in sorted(before.keys() | after.keys())
    )
