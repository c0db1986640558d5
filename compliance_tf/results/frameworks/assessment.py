"""The status of each control of a framework, from results."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from compliance_tf.results.frameworks.equivalents import equivalent_identifiers
from compliance_tf.results.row import Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from compliance_runtime.recording.rule_directory import RuleEntry
    from compliance_tf.catalog.frameworks.framework import Control, Framework
    from compliance_tf.results.row import Row


class ControlStatus(Enum):
    """The status of a control."""

    FAILED = "fail"
    """A resource violates one of its rules, and that is not waived."""
    WAIVED = "waived"
    """All violations of its rules are waived."""
    PARTLY_EVALUATED = "partly evaluated"
    """Existing results comply, but a rule is not deployed or has no result, or no rule covers the whole control."""
    PASSED = "pass"
    """Its rules cover everything that the framework's source names, are deployed and have results, and all comply."""
    NOT_EVALUATED = "not evaluated"
    """None of its rules is deployed, or none has a result."""


@dataclass(frozen=True)
class RuleCounts:
    """The results of one deployed rule that maps to a control.

    Parameters
    ----------
    rule
        The rule.
    compliant, non_compliant, waived
        The numbers of compliant resources, violations, and waived violations.
    """

    rule: RuleEntry
    compliant: int
    non_compliant: int
    waived: int

    @property
    def total(self) -> int:
        """The number of results of the rule."""
        return self.compliant + self.non_compliant + self.waived


@dataclass(frozen=True)
class ControlAssessment:
    """The status of a control, with its rules.

    Parameters
    ----------
    control
        The control.
    rules
        The deployed rules that map to it, by name.
    not_deployed
        Other rules in the framework's data: identifiers of managed rules and ids of checks for which neither they nor
        an equivalent are deployed.
    is_complete
        Whether the results of all accounts and regions were read.
    """

    control: Control
    rules: tuple[RuleCounts, ...]
    not_deployed: tuple[str, ...]
    is_complete: bool = True

    @property
    def compliant(self) -> int:
        """Results that comply, of all its rules."""
        return sum(counts.compliant for counts in self.rules)

    @property
    def non_compliant(self) -> int:
        """Violations that are not waived, of all its rules."""
        return sum(counts.non_compliant for counts in self.rules)

    @property
    def waived(self) -> int:
        """Violations that are waived, of all its rules."""
        return sum(counts.waived for counts in self.rules)

    @property
    def status(self) -> ControlStatus:
        """The status: the worst of its rules decides."""
        if self.non_compliant:
            return ControlStatus.FAILED
        if self.waived:
            return ControlStatus.WAIVED
        if not self.compliant:
            return ControlStatus.NOT_EVALUATED
        # A rule that was never evaluated has no results either: unknown must not count as a pass.
        unknown = self.not_deployed or self.without_results or self.control.unmatched
        is_whole = self.is_complete and not unknown
        return ControlStatus.PASSED if is_whole else ControlStatus.PARTLY_EVALUATED

    @property
    def failing(self) -> tuple[RuleCounts, ...]:
        """The rules with violations that are not waived."""
        return tuple(counts for counts in self.rules if counts.non_compliant)

    @property
    def without_results(self) -> tuple[RuleCounts, ...]:
        """The deployed rules without results: nothing to evaluate exists, or they were never evaluated."""
        return tuple(counts for counts in self.rules if not counts.total)


def assess(
    framework: Framework, rules: Iterable[RuleEntry], rows: Iterable[Row], missing: Mapping[str, str] | None = None
) -> tuple[ControlAssessment, ...]:
    """Assess the controls of a framework, in its order.

    Parameters
    ----------
    rules
        The rules of the deployment. A rule that only has results counts as deployed too.
    rows
        The present results: those of other rules are not counted. They are read once, and not kept.
    missing
        The cells that are missing, as they are known when all rows are read: without them no control passes.

    Returns
    -------
    tuple[ControlAssessment, ...]
        One for each control, also for those that no deployed rule maps to.
    """
    deployed = {rule.name: rule for rule in rules}
    counts: Counter[tuple[str, Status]] = Counter()
    for row in rows:
        deployed.setdefault(row.rule.name, row.rule)
        counts[row.rule.name, row.status] += 1
    return assess_counts(framework, deployed.values(), counts, is_complete=not missing)


def assess_counts(
    framework: Framework,
    rules: Iterable[RuleEntry],
    counts: Mapping[tuple[str, Status], int],
    *,
    is_complete: bool = True,
) -> tuple[ControlAssessment, ...]:
    """Assess from results that are counted already, by the rule's full name and status."""
    speakers = _speakers(rules)
    return tuple(_assess(control, speakers, counts, is_complete=is_complete) for control in framework.controls)


def relevant_rules(framework: Framework, rules: Iterable[RuleEntry]) -> tuple[RuleEntry, ...]:
    """Choose the rules that map to a control of a framework, in the order given."""
    named = {name for control in framework.controls for name in (*control.rules, *control.checks)}
    return tuple(
        rule for rule in rules if rule.identifier and not named.isdisjoint(equivalent_identifiers(rule.identifier))
    )


def _speakers(rules: Iterable[RuleEntry]) -> Mapping[str, Sequence[RuleEntry]]:
    speakers: dict[str, list[RuleEntry]] = {}
    for rule in sorted(rules, key=lambda rule: rule.name):
        for name in equivalent_identifiers(rule.identifier) if rule.identifier else ():
            speakers.setdefault(name, []).append(rule)
    return speakers


def _assess(
    control: Control,
    speakers: Mapping[str, Sequence[RuleEntry]],
    counts: Mapping[tuple[str, Status], int],
    *,
    is_complete: bool,
) -> ControlAssessment:
    names = (*control.rules, *control.checks)
    rules = {rule.name: rule for name in names for rule in speakers.get(name, ())}
    return ControlAssessment(
        control,
        tuple(
            RuleCounts(
                rules[name],
                counts.get((name, Status.COMPLIANT), 0),
                counts.get((name, Status.NON_COMPLIANT), 0),
                counts.get((name, Status.WAIVED), 0),
            )
            for name in sorted(rules)
        ),
        tuple(name for name in names if name not in speakers),
        is_complete,
    )
