"""The summary for people."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from compliance_tf.output.sanitize import visible
from compliance_tf.output.terminal import Terminal
from compliance_tf.results.trend import BACK
from compliance_tf.results.wording import SEVERITY_STYLES, counted, difference, percent

if TYPE_CHECKING:
    from typing import TextIO

    from compliance_runtime.check import Severity
    from compliance_tf.results.counts import Counts
    from compliance_tf.results.summary import Summary

_WIDE: Final = 200
"""Columns without a terminal."""


def print_summary(summary: Summary, top: int, stream: TextIO) -> None:
    """Print a summary.

    Parameters
    ----------
    top
        Maximum rules and resource types to list.
    """
    console = Terminal(file=stream, width=None if stream.isatty() else _WIDE)
    with console.capture() as captured:
        _print(console, summary, top)
    stream.writelines(f"{line.rstrip()}\n" for line in captured.get().splitlines())


def _print(console: Terminal, summary: Summary, top: int) -> None:
    place, overall = summary.place, summary.overall
    console.print(
        Text.assemble(
            (f"{place.project} {place.workspace}", "bold"), f" in {place.region}, {summary.taken_at:%Y-%m-%d %H:%M} UTC"
        )
    )
    console.print(
        Text.assemble(
            ("Score ", "bold"),
            (percent(overall), "bold"),
            f"  {overall.compliant:,} compliant, ",
            (f"{overall.non_compliant:,} non-compliant", "red" if overall.non_compliant else "green"),
            ", ",
            (f"{overall.waived:,} waived", "magenta" if overall.waived else "dim"),
        )
    )
    if not overall.total:
        console.print(
            "There are no results yet. AWS Config evaluates new rules within minutes; "
            "`compliance-tf results reconcile` repairs the table when events were lost."
        )
        return
    console.print(_severities(summary))
    _print_part(
        console, "Rules", _rules(summary, top), len([one for one in summary.rules.values() if _violated(one)]), top
    )
    if silent := [visible(rule.id) for rule, counts in summary.rules.items() if not counts.total]:
        more = f" and {len(silent) - top:,} more" if len(silent) > top else ""
        console.print(
            f"{counted(len(silent), 'rule')} without a result, as there is nothing to look at or AWS Config has not "
            f"evaluated it yet: {', '.join(silent[:top])}{more}.",
            style="dim",
            soft_wrap=True,
            markup=False,
            highlight=False,
        )
    if summary.packs:
        console.print(_packs(summary))
    _print_part(console, "Accounts and regions", _places(summary, top), len(summary.places), top)
    _print_part(console, "Resource types", _types(summary, top), len(summary.types), top)


def _print_part(console: Terminal, title: str, table: Table, found: int, top: int) -> None:
    if not found:
        return
    console.print(table)
    if found > top:
        console.print(Text(f"{title}: {found - top:,} more; --top {found} shows all.", "dim"))


def _severities(summary: Summary) -> Table:
    table = _table("Severity", "Non-compliant", "Waived", "Score", *(f"{days} d" for days in BACK))
    table.add_column("Last 30 days", no_wrap=True)
    for severity, counts in summary.severities.items():
        trend = summary.severity_trends[severity]
        table.add_row(
            _severity(severity),
            _violations(counts),
            _waived(counts),
            percent(counts),
            *(_difference(counts.non_compliant, trend.before(days)) for days in BACK),
            trend.line,
        )
    overall = summary.overall
    table.add_section()
    table.add_row(
        Text("all", "bold"),
        _violations(overall),
        _waived(overall),
        percent(overall),
        *(_difference(overall.non_compliant, summary.trend.before(days)) for days in BACK),
        summary.trend.line,
    )
    return table


def _rules(summary: Summary, top: int) -> Table:
    table = _table("Rule", "Severity", "Non-compliant", "Waived", "Score")
    table.columns[1].justify = "left"
    violated = ((rule, counts) for rule, counts in summary.rules.items() if _violated(counts))
    for rule, counts in islice(violated, top):
        name = Text(visible(rule.id))
        table.add_row(name, _severity(rule.severity), _violations(counts), _waived(counts), percent(counts))
    return table


def _packs(summary: Summary) -> Table:
    table = _table("Pack", "Non-compliant", "Waived", "Score")
    for pack, counts in summary.packs.items():
        table.add_row(Text(visible(pack)), _violations(counts), _waived(counts), percent(counts))
    return table


def _places(summary: Summary, top: int) -> Table:
    table = _table("Account and region", "Non-compliant", "Waived", "Score")
    for place, counts in islice(summary.places.items(), top):
        table.add_row(Text(visible(" ".join(place))), _violations(counts), _waived(counts), percent(counts))
    return table


def _types(summary: Summary, top: int) -> Table:
    table = _table("Resource type", "Non-compliant", "Waived")
    for type_, counts in islice(summary.types.items(), top):
        table.add_row(Text(visible(type_)), _violations(counts), _waived(counts))
    return table


def _table(first: str, *numbers: str) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column(first, overflow="fold")
    for number in numbers:
        table.add_column(number, justify="right", no_wrap=True)
    return table


def _violated(counts: Counts) -> bool:
    return bool(counts.non_compliant or counts.waived)


def _severity(severity: Severity) -> Text:
    return Text(severity.value, SEVERITY_STYLES[severity])


def _violations(counts: Counts) -> Text:
    return Text(f"{counts.non_compliant:,}", "" if counts.non_compliant else "dim")


def _waived(counts: Counts) -> Text:
    return Text(f"{counts.waived:,}", "magenta" if counts.waived else "dim")


def _difference(now: int, before: Counts | None) -> Text:
    more = 0 if before is None else now - before.non_compliant
    return Text(difference(now, before), "red" if more > 0 else "green" if more < 0 else "dim")
