"""The export formats, and their common data."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from typing import TextIO

    from compliance_tf.results.place import ResultsPlace
    from compliance_tf.results.row import Row


class ExportFormat(Enum):
    """The export formats."""

    CSV = "csv"
    """For spreadsheets."""
    JSON_LINES = "jsonl"
    """One JSON object per line, for programs."""
    OCSF = "ocsf"
    """Compliance Findings of the Open Cybersecurity Schema Framework, one a line: Amazon Security Lake, SIEMs."""
    ASFF = "asff"
    """Batches of the AWS Security Finding Format, one a line, for Security Hub's BatchImportFindings."""
    SARIF = "sarif"
    """A log of the Static Analysis Results Interchange Format, for code scanning."""
    JUNIT = "junit"
    """A JUnit report, for the test pages of CI systems."""


@dataclass(frozen=True)
class Snapshot:
    """The deployment and time of an export.

    Parameters
    ----------
    place
        The place of the results.
    taken_at
        The time of reading, with an offset.
    """

    place: ResultsPlace
    taken_at: datetime


class Writer(Protocol):
    """A writer of one format, which streams."""

    def __call__(self, rows: Iterable[Row], snapshot: Snapshot, stream: TextIO) -> None:
        """Write to a text stream, which must be UTF-8 and keep line ends."""


def write(format_: ExportFormat, rows: Iterable[Row], snapshot: Snapshot, stream: TextIO) -> None:
    """Write results in a format.

    Parameters
    ----------
    rows
        The results in any order: they are read once, and not kept.
    stream
        The output: UTF-8, with unchanged line ends (``newline=""``).
    """
    module = import_module(f"compliance_tf.results.exports.{_MODULES[format_]}")
    cast("Writer", module.write)(rows, snapshot, stream)


_MODULES = {
    ExportFormat.CSV: "csv",
    ExportFormat.JSON_LINES: "json_lines",
    ExportFormat.OCSF: "ocsf",
    ExportFormat.ASFF: "asff",
    ExportFormat.SARIF: "sarif",
    ExportFormat.JUNIT: "junit",
}
