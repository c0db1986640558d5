"""An export: which formats there are, and what each is told of the deployment."""

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
    """The formats that results are exported in."""

    CSV = "csv"
    """For spreadsheets."""
    JSON_LINES = "jsonl"
    """One JSON object a line, for programs."""
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
    """What an export is an export of.

    Parameters
    ----------
    place
        Where the results are.
    taken_at
        When they are read, with an offset.
    """

    place: ResultsPlace
    taken_at: datetime


class Writer(Protocol):
    """Writes results in one format, as they come."""

    def __call__(self, rows: Iterable[Row], snapshot: Snapshot, stream: TextIO) -> None:
        """Write them to a stream of text, which must be UTF-8 and leave line ends as they are."""


def write(format_: ExportFormat, rows: Iterable[Row], snapshot: Snapshot, stream: TextIO) -> None:
    """Write results in a format.

    Parameters
    ----------
    rows
        The results in any order: they are read once, and none is kept.
    stream
        Where to: UTF-8, with line ends left as they are (``newline=""``).
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
