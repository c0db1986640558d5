"""The writer of the report, which reads rows once."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from typing import IO, TYPE_CHECKING

from compliance_tf.errors import ReportError
from compliance_tf.output.atomic_write import atomic_write
from compliance_tf.results.report.page import Page, render
from compliance_tf.results.report.row_data import RowWriter
from compliance_tf.results.report.summary import Summary
from compliance_tf.results.report.trend import trend
from compliance_tf.results.row import Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from compliance_runtime.recording.daily_counts import DailyCounts
    from compliance_runtime.recording.rule_directory import RuleEntry
    from compliance_tf.results.report.about import About
    from compliance_tf.results.row import Row

_CHUNK = 1 << 16
"""Bytes of one copy operation."""


def write_report(
    output: Path,
    about: About,
    rows: Iterable[Row],
    rules: Sequence[RuleEntry],
    *,
    days: Iterable[DailyCounts] = (),
    controls: Mapping[str, Sequence[str]] | None = None,
) -> int:
    """Write one self-contained HTML file.

    Rows are read once and not kept: only counts and the resources with open violations are in memory.

    Parameters
    ----------
    output
        The file; it is replaced only when the report is complete.
    about
        The subject.
    rows
        The present results, in any order; closed ones are left out.
    rules
        The rules of the deployment.
    days
        The counts of the past days, in any order.
    controls
        The controls that a rule maps to, as text, by the name of the rule.

    Returns
    -------
    int
        The number of results in it.

    Raises
    ------
    ReportError
        The folder of the file does not exist.
    """
    if not output.parent.is_dir():
        raise ReportError(f"the report cannot be written to {output}: {output.parent} is not a folder: create it first")
    with tempfile.TemporaryFile() as data:
        page = _collect(data, about, rows, [rule for rule in rules if about.covers(rule)], controls or {})
        covered = [day for day in days if about.covers(day)]
        compared_at = {day.rule_name: day.compared_at for day in sorted(covered, key=lambda day: day.compared_at)}
        page = replace(page, days=trend(covered), compared_at=compared_at)
        data.seek(0)
        with atomic_write(output, newline="\n") as file:
            file.writelines(render(page, _chunks(data)))
    return page.summary.overall.total


def _collect(
    data: IO[bytes],
    about: About,
    rows: Iterable[Row],
    rules: Sequence[RuleEntry],
    controls: Mapping[str, Sequence[str]],
) -> Page:
    summary, writer = Summary(), RowWriter(data, rules)
    for row in rows:
        if row.status is not Status.CLOSED and about.covers(row.rule):
            summary.add(row)
            writer.write(row)
    writer.close()
    short_names = {rule.name: rule.id for rule in writer.rules}
    return Page(
        about=about,
        summary=summary,
        rules=tuple(writer.rules),
        types=tuple(writer.types),
        short_names=short_names,
        facts=writer.facts(short_names, controls),
    )


def _chunks(data: IO[bytes]) -> Iterator[str]:
    while chunk := data.read(_CHUNK):
        yield chunk.decode("ascii")
