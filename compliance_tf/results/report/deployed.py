"""The report of a deployment, from its results table."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from compliance_tf.catalog.frameworks.framework import framework
from compliance_tf.results.report.about import About
from compliance_tf.results.report.controls import control_lines
from compliance_tf.results.report.report import write_report

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from compliance_tf.results.names import NameLookup
    from compliance_tf.results.reader import ResultsReader
    from compliance_tf.results.row import Row

USUAL_DAYS = 90
"""The default days of the trend."""


def write_deployed(
    reader: ResultsReader,
    output: Path,
    packs: Sequence[str] = (),
    days: int = USUAL_DAYS,
    *,
    names: NameLookup | None = None,
    frameworks: Sequence[str] = (),
) -> int:
    """Write the report of a deployment.

    Parameters
    ----------
    reader
        The reader of its table.
    output
        The file; it is replaced only when the report is complete.
    packs
        The packs to include; all rules, with or without a pack, where there are none.
    days
        The days of the trend, today included.
    names
        Adds the names of resources and accounts; none unless given.
    frameworks
        The only frameworks that it shows; every one that a rule maps to, where there are none.

    Returns
    -------
    int
        The number of results in it.

    Raises
    ------
    ResultsError
        The table cannot be read, or a pack is not deployed.
    UnknownFrameworkError
        No framework is called so.
    ReportError
        The folder of the file does not exist.
    """
    about = About(
        reader.place.project,
        reader.place.workspace,
        reader.at.astimezone(UTC),
        tuple(packs),
        reader.missing,
        tuple(framework(name).name for name in frameworks),
    )
    for pack in packs:
        reader.rules_of_pack(pack)
    rules = list(reader.rules.values())
    controls = {rule.name: control_lines(rule) for rule in rules}
    rows = _rows(reader, about)
    named = names.named(rows) if names else rows
    return write_report(output, about, named, rules, days=reader.days(days), controls=controls)


def _rows(reader: ResultsReader, about: About) -> Iterator[Row]:
    if not about.packs:
        return reader.all()
    return reader.of_rules(rule.name for rule in reader.rules.values() if about.covers(rule))
