"""The rows of a list, in order and up to a limit, with as few as possible in memory."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

from compliance_tf.results.row import Row, Status
from compliance_tf.results.selection import Selection, at_least, worst_first
from compliance_tf.results.table_queries import PAGE_ITEMS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compliance_runtime.check import Severity
    from compliance_tf.results.reader import ResultsReader


class Listed:
    """The rows of a list, read up to a limit.

    Parameters
    ----------
    reader
        The reader of the table.
    selection
        The selection of rows.
    max_rows
        Maximum rows; 0 for all.
    in_order
        Whether to sort the worst first, at the cost of keeping all of them in memory where the table has another order.
    fail_on
        The severity from which an open violation is a failure; then all are read, also beyond the limit.
    """

    def __init__(
        self,
        reader: ResultsReader,
        selection: Selection,
        *,
        max_rows: int,
        in_order: bool,
        fail_on: Severity | None,
    ) -> None:
        self.reader = reader
        self.selection = selection
        self.max_rows = max_rows
        self.failed = False
        self.more = False
        self._in_order = in_order
        self._failing = at_least(fail_on) if fail_on else frozenset()

    def __iter__(self) -> Iterator[Row]:
        """Iterate over the rows."""
        # Read one more than is shown, to know whether there are more.
        page_items = min(PAGE_ITEMS, self.max_rows + 1) if self.max_rows else PAGE_ITEMS
        rows: Iterator[Row] = map(self._looked_at, self.selection.rows(self.reader, page_items))
        if self._in_order and not (self.selection.comes_worst_first and self.reader.is_one_table):
            # Of many cells no more are held than are shown.
            shown = self.max_rows + 1 if self.max_rows else None
            rows = iter(heapq.nsmallest(shown, rows, key=worst_first) if shown else sorted(rows, key=worst_first))
        for number, row in enumerate(rows):
            if not self.max_rows or number < self.max_rows:
                yield row
                continue
            self.more = True
            if not self._failing:
                return

    def _looked_at(self, row: Row) -> Row:
        self.failed |= row.status is Status.NON_COMPLIANT and row.result.severity in self._failing
        return row
