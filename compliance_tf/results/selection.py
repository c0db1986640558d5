"""A selection of results, and the keys of the table that read it at the lowest cost."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain
from typing import TYPE_CHECKING, Final

from compliance_runtime.check import Compliance
from compliance_tf.errors import ResultsError
from compliance_tf.results.row import WORST_FIRST, Row, Status
from compliance_tf.results.table_queries import PAGE_ITEMS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from compliance_runtime.check import Severity
    from compliance_runtime.recording.table_schema import Resource
    from compliance_tf.results.reader import ResultsReader

VIOLATIONS: Final = frozenset({Status.NON_COMPLIANT, Status.WAIVED})

_AGE: Final = re.compile(r"(\d{1,4})([hdw])")
_HOURS: Final = {"h": 1, "d": 24, "w": 7 * 24}


@dataclass(frozen=True)
class Selection:
    """A selection of results: those that match all criteria. An empty criterion matches all.

    Parameters
    ----------
    statuses
        Their statuses.
    severities
        Their severities.
    rules
        The full names of their rules.
    packs
        The packs, one of which their rule belongs to.
    types
        Their resource types.
    resource
        The only resource.
    tagged
        Tells whether a resource is one of the only ones.
    since
        The earliest time since when they are as they are.
    """

    statuses: frozenset[Status] = VIOLATIONS
    severities: frozenset[Severity] = frozenset()
    rules: tuple[str, ...] = ()
    packs: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    resource: Resource | None = None
    tagged: Callable[[Resource], bool] | None = None
    since: datetime | None = None

    def __post_init__(self) -> None:
        if Status.CLOSED in self.statuses and self.resource is None:
            raise ResultsError("Closed results are in no index of the table: ask for those of one resource.")

    @property
    def comes_worst_first(self) -> bool:
        """Return whether the rows are sorted by severity: by resource type they are not."""
        return not self.types or bool(self.rules or self.packs or self.resource)

    def rows(self, reader: ResultsReader, page_items: int = PAGE_ITEMS) -> Iterator[Row]:
        """Read the selected rows: violations first, the worst at the beginning where they are sorted."""
        return filter(self._has, self._candidates(reader, page_items))

    def _candidates(self, reader: ResultsReader, page_items: int) -> Iterator[Row]:
        if self.resource is not None:
            return iter(sorted(reader.of_resource(self.resource), key=worst_first))
        parts: list[Iterator[Row]] = []
        if self.statuses & VIOLATIONS:
            parts.append(self._violations(reader, page_items))
        if Status.COMPLIANT in self.statuses:
            names = self._rule_names(reader)
            parts.append(reader.of_rules(names, Compliance.COMPLIANT, page_items=page_items))
        return chain.from_iterable(parts)

    def _violations(self, reader: ResultsReader, page_items: int) -> Iterator[Row]:
        if self.rules or self.packs:
            return reader.of_rules(self._rule_names(reader), Compliance.NON_COMPLIANT, page_items=page_items)
        if self.types:
            return reader.violations_of_types(self.types, page_items=page_items)
        severities = [one for one in WORST_FIRST if not self.severities or one in self.severities]
        return reader.violations(severities, page_items=page_items)

    def _rule_names(self, reader: ResultsReader) -> list[str]:
        """List the rules that may have selected results, the worst first."""
        rules = [
            rule
            for rule in reader.rules.values()
            if (not self.rules or rule.name in self.rules) and (not self.packs or set(self.packs) & set(rule.packs))
        ]
        return [rule.name for rule in sorted(rules, key=lambda rule: (_rank(rule.severity), rule.name))]

    def _has(self, row: Row) -> bool:
        result = row.result
        return (
            row.status in self.statuses
            and (not self.severities or result.severity in self.severities)
            and (not self.rules or result.rule_name in self.rules)
            and (not self.packs or bool(set(self.packs) & set(row.rule.packs)))
            and (not self.types or result.resource.type in self.types)
            and (self.tagged is None or self.tagged(result.resource))
            and (self.since is None or result.since >= self.since)
        )


def worst_first(row: Row) -> tuple[int, int, str, str, str]:
    """Sort violations before the rest, then by severity, rule and resource."""
    resource = row.result.resource
    return (
        0 if row.status in VIOLATIONS else 1,
        _rank(row.result.severity),
        row.result.rule_name,
        resource.type,
        resource.id,
    )


def at_least(severity: Severity) -> frozenset[Severity]:
    """List a severity and those above it."""
    return frozenset(WORST_FIRST[: _rank(severity) + 1])


def parse_since(text: str, now: datetime) -> datetime:
    """Parse a time that is given as an age or as a date.

    Parameters
    ----------
    text
        ``12h``, ``7d`` or ``2w`` before now, or a date, for its beginning in UTC: ``2026-11-01``.
    now
        The current time.

    Returns
    -------
    datetime
        The time, with an offset.

    Raises
    ------
    ResultsError
        When it is neither.
    """
    if age := _AGE.fullmatch(text):
        return now - timedelta(hours=int(age[1]) * _HOURS[age[2]])
    try:
        return datetime.combine(date.fromisoformat(text), time(), UTC)
    except ValueError:
        raise ResultsError(f"--since {text!r} is not a time: give 12h, 7d, 2w or a date such as 2026-11-01.") from None


def whole_names(reader: ResultsReader, rules: Iterable[str], packs: Iterable[str]) -> tuple[str, ...]:
    """Find rules by their names, and refuse unknown rules and packs.

    Returns
    -------
    tuple[str, ...]
        The full names in the order of ``rules``; of packs nothing is returned.

    Raises
    ------
    ResultsError
        When one is unknown.
    """
    for pack in packs:
        reader.rules_of_pack(pack)
    return tuple(rule.name for name in rules for rule in reader.rules_called(name))


def _rank(severity: Severity) -> int:
    return WORST_FIRST.index(severity)
