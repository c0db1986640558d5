"""The report of a large account, as one of the questions of ``read_results``."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from compliance_tf.results.report.deployed import write_deployed

if TYPE_CHECKING:
    from compliance_tf.results.reader import ResultsReader


def report(reader: ResultsReader, _: str) -> int:
    """Write the report, and tell how many results are in it."""
    with tempfile.TemporaryDirectory() as folder:
        return write_deployed(reader, Path(folder) / "report.html")
