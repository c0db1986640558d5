"""How much of each pack is deployed, before and after."""

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
    """How many rules of a pack are deployed.

    Parameters
    ----------
    pack
        The pack's name.
    was
        How many rules of it are deployed now.
    will_be
        How many will be.
    of
        How many AWS's pack has; None for a pack of one's own.
    """

    pack: str
    was: int
    will_be: int
    of: int | None

    @property
    def changes(self) -> bool:
        """Whether it is another number afterwards."""
        return self.was != self.will_be

    def __str__(self) -> str:
        """Write it as people read it."""
        whole = "" if self.of is None else f" of {self.of}"
        was = f", was {self.was}" if self.changes else ""
        return f"{self.pack}: {self.will_be}{whole} rules{was}"


def coverage(plan: Plan) -> tuple[Coverage, ...]:
    """Count the rules of each pack that is deployed now or then."""
    output = plan.outputs.get(RULES, OutputChange())
    before, after = rule_facts(output.before), rule_facts(output.after)
    was: Counter[str] = Counter()
    will_be: Counter[str] = Counter()
    for rule in plan.of_type(RULE):
        if rule.before and not rule.deposed and (facts := before.get(rule_id(plan, rule.before))):
            was.update(facts.packs)
        if rule.after and rule.action is not Action.FORGET and (facts := after.get(rule_id(plan, rule.after))):
            will_be.update(facts.packs)
    packs = conformance_packs().packs if was or will_be else {}
    return tuple(
        Coverage(name, was[name], will_be[name], len(packs[name].rules) if name in packs else None)
        for name in sorted(was.keys() | will_be.keys())
    )
