"""The results and history of one resource, for people and for programs."""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from rich.table import Table
from rich.text import Text

from compliance_runtime.recording.rule_directory import RuleEntry
from compliance_tf.output.sanitize import visible
from compliance_tf.output.terminal import Terminal
from compliance_tf.results.row import NO_NAMES, Names, Row, Status
from compliance_tf.results.row_formats import change_to_json, resource_to_json, row_to_json
from compliance_tf.results.selection import worst_first
from compliance_tf.results.wording import (
    BECAME,
    COMPLIANCE_STYLES,
    SEVERITY_STYLES,
    STATUS_STYLES,
    age,
    counted,
    reason,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from compliance_runtime.recording.results import Result
    from compliance_runtime.recording.table_schema import Resource
    from compliance_tf.results.names import NameLookup
    from compliance_tf.results.place import ResultsPlace
    from compliance_tf.results.reader import ResultsReader

_ROOMY: Final = 100
"""Columns of the terminal from which the names of rules stay on one line."""

_WIDE: Final = 100_000
"""Columns without a terminal: as wide as the longest line."""


@dataclass(frozen=True)
class ResourceView:
    """Every rule's result of a resource, and their history.

    Parameters
    ----------
    place
        The place of the results.
    resource
        The resource.
    rows
        The present results, the worst first.
    history
        The changes that have not expired, the newest first.
    """

    place: ResultsPlace
    resource: Resource
    rows: Sequence[Row]
    history: Sequence[Result]

    @classmethod
    def read(cls, reader: ResultsReader, resource: Resource, names: NameLookup) -> ResourceView:
        """Read them, with the names from a lookup.

        Returns
        -------
        ResourceView
            The present results, the worst first, and the history, the newest first; both empty for an unknown resource.

        Raises
        ------
        ResultsError
            When the table cannot be read.
        """
        rows = list(names.named(sorted(reader.of_resource(resource), key=worst_first)))
        return cls(reader.place, resource, rows, reader.history(resource))

    @property
    def names(self) -> Names:
        """The names of the resource and its account, if known."""
        return self.rows[0].names if self.rows else NO_NAMES

    def to_json(self) -> dict[str, Any]:
        """Return it for JSON."""
        return {
            "resource": resource_to_json(self.resource, self.names),
            "results": [row_to_json(row) for row in self.rows],
            "history": [change_to_json(change, self._rule_id(change)) for change in self.history],
        }

    def print(self, now: datetime, changes: int) -> None:
        """Print them on standard output.

        Parameters
        ----------
        now
            The current time, for ages.
        changes
            Maximum changes of the history to list.
        """
        console = Terminal(width=None if sys.stdout.isatty() else _WIDE)
        with console.capture() as captured:
            self._print(console, now, changes)
        sys.stdout.writelines(f"{line.rstrip()}\n" for line in captured.get().splitlines())

    def _print(self, console: Terminal, now: datetime, changes: int) -> None:
        resource = self.resource
        names = self.names
        console.print(Text.assemble((visible(resource.id), "bold"), f"  {visible(resource.type)}"), soft_wrap=True)
        for name in (self.rows[0].resource_name if self.rows else None, names.arn):
            if name:
                console.print(Text(visible(name)), soft_wrap=True)
        account = f"{resource.account} ({visible(names.account)})" if names.account else resource.account
        console.print(Text(f"account {account}, {resource.region}: {self._counts}\n", "dim"))
        console.print(self._results(now, wide=console.width >= _ROOMY))
        if not self.history:
            console.print(Text("\nThe history has no changes, or they have expired.", "dim"))
            return
        console.print(Text("\nHistory", "bold"))
        console.print(self._changes(changes, wide=console.width >= _ROOMY))
        if (left := len(self.history) - changes) > 0:
            console.print(Text(f"{counted(left, 'earlier change')}; --changes {len(self.history)} shows all.", "dim"))

    def _rule_id(self, change: Result) -> str:
        """Return the id of a change's rule, which the rule's present result has."""
        ids = {row.rule.name: row.rule.id for row in self.rows}
        return ids.get(change.rule_name) or RuleEntry(change.rule_name, change.severity).id

    @property
    def _counts(self) -> str:
        counts = Counter(row.status for row in self.rows)
        order = (Status.NON_COMPLIANT, Status.WAIVED, Status.COMPLIANT, Status.CLOSED)
        parts = [f"{counts[status]} {status.value}" for status in order if counts[status]]
        return f"{counted(len(self.rows), 'rule')}, {', '.join(parts)}"

    def _results(self, now: datetime, *, wide: bool) -> Table:
        table = _grid(status=True, severity=True, rule=wide, since=True)
        for row in self.rows:
            result = row.result
            closed = row.status is not Status.NON_COMPLIANT
            table.add_row(
                Text(row.status.value, STATUS_STYLES[row.status]),
                Text(result.severity.value, "dim" if closed else SEVERITY_STYLES[result.severity]),
                Text(visible(row.rule.id), "" if closed else "bold"),
                Text(age(result.since, now), "dim"),
                Text(reason(row), "dim" if closed else ""),
            )
        return table

    def _changes(self, max_changes: int, *, wide: bool) -> Table:
        table = _grid(time=True, rule=wide, became=True)
        for change in self.history[:max_changes]:
            table.add_row(
                Text(f"{change.time:%Y-%m-%d %H:%M}", "dim"),
                Text(visible(self._rule_id(change))),
                Text(f"→ {BECAME[change.compliance]}", COMPLIANCE_STYLES[change.compliance]),
                Text(visible(change.annotation or ""), "dim"),
            )
        return table


def _grid(**no_wrap: bool) -> Table:
    """Create a table without lines: these columns, and one for reasons."""
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    for whole in no_wrap.values():
        table.add_column(no_wrap=whole, overflow="fold")
    table.add_column(overflow="fold")
    return table
