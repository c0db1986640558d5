"""The counts of the report, collected while rows are read."""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from compliance_tf.results.counts import Counts
from compliance_tf.results.row import WORST_FIRST, Row, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from compliance_runtime.check import Severity
    from compliance_runtime.recording.rule_directory import RuleEntry
    from compliance_runtime.recording.table_schema import Resource
    from compliance_runtime.waivers.waiver import WaiverNote


@dataclass(frozen=True)
class WorstResource:
    """A resource and its open violations, as many as ``WORST_FIRST`` and in their order."""

    resource: Resource
    name: str | None
    violations: tuple[int, ...]

    @property
    def total(self) -> int:
        """All its open violations."""
        return sum(self.violations)


@dataclass(frozen=True)
class HeatMap:
    """Rules by resource types, those with the most open violations.

    Parameters
    ----------
    rules
        The names of the rules, worst first.
    types
        The resource types, worst first.
    cells
        The counts by rule and type; missing where there are none.
    more_rules
        The number of other rules with open violations.
    more_types
        The number of other types with open violations.
    """

    rules: tuple[str, ...]
    types: tuple[str, ...]
    cells: dict[tuple[str, str], Counts]
    more_rules: int
    more_types: int


class Summary:
    """The counts of a report. Its size grows with the resources with open violations, not with the rows."""

    def __init__(self) -> None:
        self._rules: dict[str, RuleEntry] = {}
        self._results: Counter[tuple[str, str, Status]] = Counter()
        self._places: Counter[tuple[str, str, Status]] = Counter()
        self._open: dict[Resource, list[int]] = {}
        self._names: dict[Resource, str] = {}
        self._accounts: dict[str, str | None] = {}
        self._waivers: Counter[tuple[WaiverNote, Status]] = Counter()

    def add(self, row: Row) -> None:
        """Count a row."""
        result = row.result
        self._rules.setdefault(row.rule.name, row.rule)
        self._results[row.rule.name, result.resource.type, row.status] += 1
        self._places[result.resource.account, result.resource.region, row.status] += 1
        self._accounts[result.resource.account] = row.names.account
        if result.waiver is not None:
            self._waivers[result.waiver, row.status] += 1
        if row.status is Status.NON_COMPLIANT:
            violations = self._open.setdefault(result.resource, [0] * len(WORST_FIRST))
            violations[WORST_FIRST.index(row.rule.severity)] += 1
            if row.resource_name:
                self._names[result.resource] = row.resource_name

    @cached_property
    def _cells(self) -> dict[tuple[str, str], Counts]:
        """By rule and type; what all else is added up from, once all rows have passed."""
        return _added_up(self._results)

    @cached_property
    def overall(self) -> Counts:
        """All results."""
        return sum(self._cells.values(), Counts())

    @cached_property
    def by_severity(self) -> dict[Severity, Counts]:
        """Results by their rule's severity, the worst first."""
        found = {severity: Counts() for severity in WORST_FIRST}
        for (rule, _), counts in self._cells.items():
            found[self._rules[rule].severity] += counts
        return found

    def by_pack(self) -> list[tuple[str, Counts]]:
        """List the packs and their counts, the lowest score first."""
        packs: defaultdict[str, Counts] = defaultdict(Counts)
        for (rule, _), counts in self._cells.items():
            for pack in self._rules[rule].packs:
                packs[pack] += counts
        return sorted(packs.items(), key=lambda pair: (1 if pair[1].score is None else pair[1].score, pair[0]))

    def by_place(self) -> list[tuple[tuple[str, str], Counts]]:
        """List the accounts and regions and their counts, the lowest score first."""
        places = _added_up(self._places)
        return sorted(places.items(), key=lambda pair: (1 if pair[1].score is None else pair[1].score, pair[0]))

    @property
    def accounts(self) -> list[str]:
        """The accounts that have results, as people know them."""
        return [f"{name} ({number})" if name else number for number, name in sorted(self._accounts.items())]

    def by_rule(self) -> dict[str, Counts]:
        """Count the results of each rule that has any, by its full name."""
        by_rule: defaultdict[str, Counts] = defaultdict(Counts)
        for (rule, _), counts in self._cells.items():
            by_rule[rule] += counts
        return dict(by_rule)

    def waivers(self) -> list[tuple[WaiverNote, bool, int]]:
        """List the waivers of violations, their validity and number of violations; the first to expire first."""
        found = [(note, status is Status.WAIVED, number) for (note, status), number in self._waivers.items()]
        return sorted(found, key=lambda one: (one[0].expires, one[0].ticket, one[0].owner, one[0].resource))

    @property
    def rules_with_results(self) -> int:
        """The number of rules with results."""
        return len({rule for rule, _ in self._cells})

    @property
    def resources_with_violations(self) -> int:
        """The number of resources with open violations."""
        return len(self._open)

    def worst_resources(self, count: int) -> list[WorstResource]:
        """List the resources with the most critical violations, then high, and so on."""
        worst = heapq.nsmallest(
            count, self._open.items(), key=lambda pair: ([-number for number in pair[1]], pair[0].key)
        )
        return [WorstResource(one, self._names.get(one), tuple(violations)) for one, violations in worst]

    def heat_map(self, rules: int, types: int) -> HeatMap:
        """Build the heat map of the rules and types with the most open violations, as many of each as given."""
        worst_rules = _ranked((rule, counts) for (rule, _), counts in self._cells.items())
        shown_rules = worst_rules[:rules]
        worst_types = _ranked((kind, counts) for (rule, kind), counts in self._cells.items() if rule in shown_rules)
        shown_types = worst_types[:types]
        return HeatMap(
            rules=tuple(shown_rules),
            types=tuple(shown_types),
            cells={key: counts for key, counts in self._cells.items() if key[0] in shown_rules},
            more_rules=len(worst_rules) - len(shown_rules),
            more_types=len(worst_types) - len(shown_types),
        )


def _added_up(results: Mapping[tuple[str, str, Status], int]) -> dict[tuple[str, str], Counts]:
    counts: defaultdict[tuple[str, str], Counts] = defaultdict(Counts)
    for (one, other, status), number in results.items():
        counts[one, other] += Counts.of(status) * number
    return dict(counts)


def _ranked(groups: Iterable[tuple[str, Counts]]) -> list[str]:
    violations: defaultdict[str, int] = defaultdict(int)
    for name, counts in groups:
        violations[name] += counts.non_compliant
    return sorted((name for name, number in violations.items() if number), key=lambda name: (-violations[name], name))
