"""Results as CSV, one line each, with a heading."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compliance_tf.results.csv_columns import ALL, write_rows

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TextIO

    from compliance_tf.results.exports.export import Snapshot
    from compliance_tf.results.row import Row


def write(rows: Iterable[Row], _snapshot: Snapshot, stream: TextIO) -> None:
    """Write results with a heading, as they come."""
    write_rows(ALL, rows, stream)
