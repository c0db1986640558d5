"""A watch of violations: read again and again, and compared."""

from __future__ import annotations

import sys
import time
from collections import Counter, deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum
from typing import TYPE_CHECKING, Final, TypeAlias

from rich.console import Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from compliance_tf.output.sanitize import visible
from compliance_tf.output.terminal import Terminal
from compliance_tf.results.row import WORST_FIRST, Row, Status
from compliance_tf.results.wording import SEVERITY_STYLES, STATUS_STYLES, counted, reason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from compliance_runtime.recording.table_schema import Resource
    from compliance_tf.results.place import ResultsPlace

Key: TypeAlias = "tuple[Resource, str]"
"""A resource and the full name of a rule."""

_SHOWN_CHANGES: Final = 20


class What(Enum):
    """The kind of a change."""

    NEW = "new"
    ENDED = "ended"
    WAIVED = "waived"
    OPENED = "not waived any more"


@dataclass(frozen=True)
class Event:
    """A change between two reads.

    Parameters
    ----------
    what
        The kind of change.
    row
        The violation, as read last.
    seen_at
        The time at which it was noticed.
    """

    what: What
    row: Row
    seen_at: datetime

    def line(self) -> str:
        """Return one line."""
        result = self.row.result
        return (
            f"{self.seen_at:%Y-%m-%dT%H:%M:%SZ} {self.what.value} {result.severity.value} "
            f"{self.row.rule.id} {result.resource.type} {result.resource.id} {reason(self.row)}"
        ).rstrip()


@dataclass
class Violations:
    """The violations as read last."""

    present: Mapping[Key, Row] = field(default_factory=dict)

    def update(self, rows: Iterable[Row], at: datetime) -> list[Event]:
        """Update the violations, and return the changes, ended ones last."""
        now = {(row.result.resource, row.result.rule_name): row for row in rows}
        events = [
            Event(what, row, at) for key, row in now.items() if (what := _what(self.present.get(key), row)) is not None
        ]
        events += [Event(What.ENDED, row, at) for key, row in self.present.items() if key not in now]
        self.present = now
        return events


@dataclass(frozen=True)
class Watch:
    """A watch of a deployment's violations until it is interrupted.

    Parameters
    ----------
    read
        Reads the present violations.
    place
        The place of the results.
    seconds
        Seconds between two reads.
    sleep
        Sleeps for seconds.
    """

    read: Callable[[], Iterable[Row]]
    place: ResultsPlace
    seconds: float
    sleep: Callable[[float], None] = time.sleep

    def run(self) -> None:
        """Show the violations on a terminal, or print a line for each change; Ctrl-C ends it."""
        try:
            if sys.stdout.isatty():
                self._show()
            else:
                self._print()
        except KeyboardInterrupt:
            return

    def _print(self) -> None:
        violations = Violations()
        violations.update(self.read(), datetime.now(UTC))
        _say(f"{counted(len(violations.present), 'violation')} in {self.place}")
        while True:
            self.sleep(self.seconds)
            for event in violations.update(self.read(), datetime.now(UTC)):
                _say(event.line())

    def _show(self) -> None:
        violations = Violations()
        latest: deque[Event] = deque(maxlen=_SHOWN_CHANGES)
        with Live(Text(f"Reading {self.place}"), console=Terminal(), auto_refresh=False) as live:
            violations.update(self.read(), datetime.now(UTC))
            while True:
                live.update(self._screen(violations, latest), refresh=True)
                self.sleep(self.seconds)
                latest.extend(violations.update(self.read(), datetime.now(UTC)))

    def _screen(self, violations: Violations, latest: Iterable[Event]) -> Group:
        statuses = Counter((row.result.severity, row.status) for row in violations.present.values())
        totals = Text.assemble((f"{self.place.project} {self.place.workspace}  ", "bold"))
        for severity in WORST_FIRST:
            number = statuses[severity, Status.NON_COMPLIANT]
            totals.append(f"{severity.value} {number:,}", SEVERITY_STYLES[severity] if number else "dim")
            totals.append("  ")
        waived = sum(number for (_, status), number in statuses.items() if status is Status.WAIVED)
        totals.append(f"waived {waived:,}", STATUS_STYLES[Status.WAIVED] if waived else "dim")
        events = [_event_row(event) for event in latest]
        table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
        for overflow in (False, False, True, True, True):
            table.add_column(no_wrap=not overflow, overflow="fold")
        for cells in reversed(events):
            table.add_row(*cells)
        now = datetime.now(UTC)
        footer = Text(f"Read at {now:%H:%M:%S} UTC, again every {self.seconds:g} s. Ctrl-C ends it.", "dim")
        return Group(totals, Text(), table if events else Text("Nothing has changed yet.", "dim"), Text(), footer)


def _event_row(event: Event) -> tuple[Text, ...]:
    result = event.row.result
    rule = visible(event.row.rule.id)
    styles = {What.NEW: "bold red", What.OPENED: "red", What.ENDED: "green", What.WAIVED: "magenta"}
    return (
        Text(f"{event.seen_at:%H:%M:%S}", "dim"),
        Text(event.what.value, styles[event.what]),
        Text.assemble((result.severity.value, SEVERITY_STYLES[result.severity]), f" {rule}"),
        Text.assemble(visible(result.resource.id), (f" {visible(result.resource.type)}", "dim")),
        Text(reason(event.row), "dim"),
    )


def _what(before: Row | None, now: Row) -> What | None:
    if before is None:
        return What.NEW
    if before.status is now.status:
        return None
    return What.WAIVED if now.status is Status.WAIVED else What.OPENED


def _say(line: str) -> None:
    sys.stdout.write(f"{visible(line)}\n")
    sys.stdout.flush()
