"""Tables as CSV, without cells that a spreadsheet would evaluate."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from compliance_tf.output.sanitize import csv_cell

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import TextIO


def write_csv_table(columns: Sequence[str], rows: Iterable[Sequence[str]], stream: TextIO) -> None:
    """Write a heading and rows one by one, every cell in quotes; one that looks like a formula begins with ``'``."""
    writer = csv.writer(stream, dialect="unix")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([csv_cell(cell) for cell in row])
