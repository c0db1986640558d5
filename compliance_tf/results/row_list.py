"""Results as a list for people: grouped by rule on a terminal, one line each in a pipe."""

from __future__ import annotations

import sys
from itertools import groupby
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from compliance_tf.output.sanitize import visible
from compliance_tf.output.terminal import Terminal
from compliance_tf.output.terminal_table import print_table
from compliance_tf.results.row import Row, Status
from compliance_tf.results.wording import SEVERITY_STYLES, STATUS_STYLES, age, reason

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime


_PLACE = ("Account", "Region")
_COLUMNS = ("Severity", "Status", "Rule", "Type", "Resource", "Since", "Reason")


def print_rows(rows: Sequence[Row], now: datetime, *, with_place: bool = False) -> None:
    """Print results on standard output, in their order.

    Parameters
    ----------
    with_place
        Whether the account and region of each are printed as well.
    """
    if not sys.stdout.isatty():
        places = _PLACE if with_place else ()
        print_table((*places, *_COLUMNS), [(*(_place(row) if with_place else ()), *_line(row)) for row in rows])
        return
    console = Terminal()
    for _, group in groupby(rows, key=lambda row: (row.result.severity, row.result.rule_name)):
        _print_group(console, list(group), now, with_place=with_place)


def _place(row: Row) -> tuple[str, str]:
    return row.result.resource.account, row.result.resource.region


def _line(row: Row) -> tuple[str, ...]:
    result = row.result
    return (
        result.severity.value,
        row.status.value,
        row.rule.id,
        result.resource.type,
        _called(row),
        result.since.date().isoformat(),
        reason(row),
    )


def _print_group(console: Terminal, rows: Sequence[Row], now: datetime, *, with_place: bool) -> None:
    first = rows[0].result
    heading = Text.assemble(
        (f" {first.severity.value} ", SEVERITY_STYLES[first.severity]),
        " ",
        (visible(rows[0].rule.id), "bold"),
    )
    if packs := rows[0].rule.packs:
        heading.append(f"  {visible(', '.join(packs))}", style="dim")
    console.print(heading, no_wrap=True, overflow="ellipsis")
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(width=1)
    # Ids are not cut, because people copy them.
    table.add_column(overflow="fold", max_width=max(30, console.width // 2))
    table.add_column(no_wrap=True, justify="right")
    table.add_column(overflow="fold", ratio=1)
    for row in rows:
        style = STATUS_STYLES[row.status]
        resource = Text.assemble((visible(_called(row)), style), (f"  {_short_type(row)}", "dim"))
        if with_place:
            resource.append(f"  {visible(' '.join(_place(row)))}", "dim")
        table.add_row("", resource, Text(age(row.result.since, now), "dim"), _said(row))
    console.print(table)


def _called(row: Row) -> str:
    """Return the id, which people copy, with the resource's name if it has one."""
    id_ = row.result.resource.id
    return f"{id_} ({row.resource_name})" if row.resource_name else id_


def _short_type(row: Row) -> str:
    return visible(row.result.resource.type).removeprefix("AWS::")


def _said(row: Row) -> Text:
    said = Text(reason(row))
    if row.status is not Status.NON_COMPLIANT:
        said.stylize("dim")
    return said
