"""Reads the results of all cells as if they were one table's: a cell that cannot be read is missing, and said to be."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import cached_property, partial
from typing import TYPE_CHECKING, Final, TypeVar

from compliance_runtime.check import Compliance
from compliance_tf.errors import ComplianceError, ResultsError
from compliance_tf.fleet.ahead import in_turn
from compliance_tf.results.counts import Counts
from compliance_tf.results.place import ResultsPlace
from compliance_tf.results.reader import COMPARED_WITHIN, ResultsReader
from compliance_tf.results.row import WORST_FIRST, Row
from compliance_tf.results.table_queries import PAGE_ITEMS, Usage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    import boto3

    from compliance_runtime.check import Severity
    from compliance_runtime.recording.daily_counts import DailyCounts
    from compliance_runtime.recording.rule_directory import RuleEntry
    from compliance_runtime.recording.table_schema import Resource
    from compliance_tf.fleet.cells import Cell
    from compliance_tf.results.config_queries import ConfigQueries

T = TypeVar("T")

_CELLS_AT_ONCE: Final = 4
"""Cells that are read at a time: each asks for a page of many partitions at once already."""


class FleetReader(ResultsReader):
    """Reads many tables: rows come cell after cell, while the next cells are read ahead, in bounded memory.

    Parameters
    ----------
    project
        The place of the results.
    cells
        The cells.
    open_
        Opens the table of a cell.
    at
        The time at which waivers hold or have expired, with an offset.
    """

    def __init__(
        self, project: str, cells: Sequence[Cell], open_: Callable[[Cell], ResultsReader], at: datetime
    ) -> None:
        # Not that of one table: nothing here asks one of its own.
        self.place = _place(project, cells)
        self.at = at
        self.missing: dict[str, str] = {}
        self._cells = cells
        self._open = open_
        self._opened: dict[Cell, ResultsReader] = {}
        self._on_page: Callable[[Usage], None] | None = None

    def again(self) -> FleetReader:
        """Return a reader of the same tables as they are now."""
        raise ResultsError("A fleet is not watched: watch one cell, by --workspace, --project and --region.")

    @property
    def usage(self) -> Usage:
        """The usage so far, in all cells."""
        total = Usage()
        for one in [*self._opened.values()]:
            total += one.usage
        return total

    def watch_pages(self, on_page: Callable[[Usage], None] | None) -> None:
        """Set the callback after each page of a cell."""
        self._on_page = on_page
        for one in [*self._opened.values()]:
            self._watch(one)

    # -- The deployments -----------------------------------------------------------------------------------------

    @cached_property
    def rules(self) -> Mapping[str, RuleEntry]:
        """The rules of all cells, by their whole name: cells of one workspace share it."""
        return {name: rule for rules in self._each(lambda one: one.rules).values() for name, rule in rules.items()}

    def rules_called(self, name: str) -> list[RuleEntry]:
        """Find a rule in each workspace of the fleet, by its id or whole name."""
        if found := [rule for rule in self.rules.values() if name in {rule.id, rule.name}]:
            return found
        return [self.rule(name)]

    def days(self, count: int) -> list[DailyCounts]:
        """Read the daily counts of all cells, the oldest day first."""
        days = [day for days in self._each(lambda one: one.days(count)).values() for day in days]
        return sorted(days, key=lambda day: day.day)

    @cached_property
    def compared_at(self) -> Mapping[str, datetime]:
        """The times of the rules' last comparisons with AWS Config, in the latest cell."""
        oldest: dict[str, datetime] = {}
        for compared in self._each(lambda one: one.compared_at).values():
            for name, time in compared.items():
                oldest[name] = min(time, oldest.get(name, time))
        return oldest

    # -- Results -------------------------------------------------------------------------------------------------

    def violations(
        self, severities: Iterable[Severity] = WORST_FIRST, *, page_items: int = PAGE_ITEMS
    ) -> Iterator[Row]:
        """Read all violations, cell after cell: in each by severity in the order given."""
        wanted = tuple(severities)
        return self._stream(lambda one: one.violations(wanted, page_items=page_items))

    def violations_of_types(self, types: Iterable[str], *, page_items: int = PAGE_ITEMS) -> Iterator[Row]:
        """Read the violations of resource types, cell after cell."""
        wanted = tuple(types)
        return self._stream(lambda one: one.violations_of_types(wanted, page_items=page_items))

    def of_rules(
        self, names: Iterable[str], compliance: Compliance | None = None, *, page_items: int = PAGE_ITEMS
    ) -> Iterator[Row]:
        """Read the present results of rules, cell after cell."""
        wanted = tuple(names)

        def read(one: ResultsReader) -> Iterator[Row]:
            own = [name for name in wanted if name.startswith(one.place.rule_prefix)]
            return one.of_rules(own, compliance, page_items=page_items)

        return self._stream(read)

    def all(self) -> Iterator[Row]:
        """Read all present results, cell after cell."""
        return self._stream(lambda one: one.all())

    def counts(self, compliance: Compliance) -> dict[str, int]:
        """Count the results of each rule by the last daily counts of each cell, which is one request a cell."""
        total = dict.fromkeys(self.rules, 0)
        for counts in self._last_counts.values():
            for name, one in counts.items():
                complies = compliance is Compliance.COMPLIANT
                total[name] = total.get(name, 0) + (one.compliant if complies else one.non_compliant + one.waived)
        return total

    @property
    def is_one_table(self) -> bool:
        """Return whether all results are of one account and region: never."""
        return False

    def session(self, account: str, region: str) -> boto3.Session | None:
        """Return the credentials of a cell of an account and region."""
        return self._reader(self._at(account, region)).session(account, region)

    def config_queries(self, account: str, region: str) -> ConfigQueries:
        """Return what asks AWS Config in an account and region."""
        return self._reader(self._at(account, region)).config_queries(account, region)

    def tagged(self, tag: str) -> Callable[[Resource], bool]:
        """Find the resources with a tag, in each cell; a cell that cannot be asked is missing."""
        tagged = {
            (cell.account, cell.region.region): is_tagged
            for cell, is_tagged in self._each(lambda one: one.tagged(tag)).items()
        }
        return lambda resource: tagged[resource.account, resource.region](resource)

    def _at(self, account: str, region: str) -> Cell:
        return next(cell for cell in self._cells if (cell.account, cell.region.region) == (account, region))

    @property
    def read_to_end(self) -> Mapping[tuple[str, str, str], bool]:
        """Completeness of each cell so far, by account, region and source."""
        return {
            (cell.account, cell.region.region, f"{self.place.project}-{cell.workspace}"): str(cell) not in self.missing
            for cell in self._cells
        }

    @cached_property
    def by_place(self) -> Mapping[tuple[str, str], Counts]:
        """The last daily counts by account and region."""
        places: dict[tuple[str, str], Counts] = {}
        for cell, counts in self._last_counts.items():
            place = (cell.account, cell.region.region)
            places[place] = sum(counts.values(), places.get(place, Counts()))
        return places

    # -- Cells ---------------------------------------------------------------------------------------------------

    @cached_property
    def _last_counts(self) -> dict[Cell, dict[str, Counts]]:
        """The last counts of each rule, by cell."""

        def read(one: ResultsReader) -> dict[str, Counts]:
            # The oldest day comes first: the last one stays.
            return {day.rule_name: Counts.of_day(day) for day in one.days(COMPARED_WITHIN)}

        return self._each(read)

    def _each(self, read: Callable[[ResultsReader], T]) -> dict[Cell, T]:
        """Read something of each cell that is not missing, several at a time."""
        answers: dict[Cell, T] = {}

        def one(cell: Cell) -> None:
            try:
                answers[cell] = read(self._reader(cell))
            except ComplianceError as error:
                self.missing[str(cell)] = str(error)

        with ThreadPoolExecutor(_CELLS_AT_ONCE, thread_name_prefix="cell") as pool:
            list(pool.map(one, self._there()))
        return {cell: answers[cell] for cell in self._cells if cell in answers}

    def _stream(self, read: Callable[[ResultsReader], Iterator[Row]]) -> Iterator[Row]:
        def rows(cell: Cell) -> Iterator[Row]:
            try:
                yield from read(self._reader(cell))
            except ComplianceError as error:
                # What came before is true, and is not all.
                self.missing[str(cell)] = str(error)

        return in_turn([partial(rows, cell) for cell in self._there()], at_once=_CELLS_AT_ONCE)

    def _there(self) -> list[Cell]:
        return [cell for cell in self._cells if str(cell) not in self.missing]

    def _reader(self, cell: Cell) -> ResultsReader:
        if cell not in self._opened:
            self._opened[cell] = self._open(cell)
            self._watch(self._opened[cell])
        return self._opened[cell]

    def _watch(self, one: ResultsReader) -> None:
        one.watch_pages(lambda _: self._on_page(self.usage) if self._on_page else None)


def _place(project: str, cells: Sequence[Cell]) -> ResultsPlace:
    """Name the place of all results: no table has them all."""
    workspaces = ", ".join(sorted({cell.workspace for cell in cells}))
    regions = ", ".join(sorted({cell.region.region for cell in cells}))
    return ResultsPlace(project, workspaces, regions, f"tables of {len(cells)} cells")
