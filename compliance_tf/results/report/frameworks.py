"""The frameworks in a report, control by control."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from compliance_tf.catalog.frameworks.framework import frameworks
from compliance_tf.results.frameworks.assessment import ControlStatus, assess_counts, relevant_rules
from compliance_tf.results.row import Status

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from compliance_runtime.recording.rule_directory import RuleEntry
    from compliance_tf.catalog.frameworks.framework import Control, Framework
    from compliance_tf.results.counts import Counts
    from compliance_tf.results.frameworks.assessment import ControlAssessment


@dataclass(frozen=True)
class FrameworkSection:
    """A framework that at least one rule of the report maps to.

    Parameters
    ----------
    framework
        The framework.
    assessed
        Its controls that a rule of the report maps to, in its order.
    without_rules
        Its other controls.
    """

    framework: Framework
    assessed: tuple[ControlAssessment, ...]
    without_rules: tuple[Control, ...]

    @property
    def statuses(self) -> tuple[tuple[ControlStatus, int], ...]:
        """The number of its controls by status, the worst first."""
        counts = Counter(one.status for one in self.assessed)
        counts[ControlStatus.NOT_EVALUATED] += len(self.without_rules)
        return tuple((status, counts[status]) for status in ControlStatus if counts[status])


def framework_sections(
    rules: Sequence[RuleEntry], by_rule: Mapping[str, Counts], names: Collection[str] = (), *, is_complete: bool = True
) -> tuple[FrameworkSection, ...]:
    """Assess every framework that a rule maps to.

    Parameters
    ----------
    rules
        The rules of the report.
    by_rule
        Their results by their full name.
    names
        The only frameworks; every one that a rule maps to, where there are none.
    is_complete
        Whether no cell of a fleet is missing: without it no control passes.

    Returns
    -------
    tuple[FrameworkSection, ...]
        One for each framework, in the order of the catalog: the assessed controls, and apart those that no rule maps
        to.
    """
    counts = {
        (name, status): number
        for name, one in by_rule.items()
        for status, number in (
            (Status.COMPLIANT, one.compliant),
            (Status.NON_COMPLIANT, one.non_compliant),
            (Status.WAIVED, one.waived),
        )
    }
    return tuple(
        FrameworkSection(
            framework,
            tuple(one for one in assessments if one.rules),
            tuple(one.control for one in assessments if not one.rules),
        )
        for framework in frameworks().values()
        if (framework.name in names if names else relevant_rules(framework, rules))
        for assessments in (assess_counts(framework, rules, counts, is_complete=is_complete),)
    )
