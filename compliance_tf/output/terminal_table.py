"""Tables for the terminal and for pipes."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

from compliance_tf.output.sanitize import visible

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence


_MAX_PADDED: Final = 60
"""The maximum width, in characters, to which a column is padded in a pipe."""


def print_table(columns: Sequence[str], rows: Sequence[Sequence[str]], *, whole: Collection[str] = ()) -> None:
    """Print a table.

    On a terminal it fits the width, and long cells go on in the next line. In a pipe each row is one line, however
    long, so that nothing is cut and every line can be searched.

    Parameters
    ----------
    columns
        The headings.
    rows
        The cells, as many in each row as there are columns.
    whole
        The columns whose cells are never wrapped.
    """
    cells = [[visible(cell) for cell in row] for row in rows]
    if not sys.stdout.isatty():
        # Do not pad other rows to the width of a very long cell: only its own line is longer.
        widths = [min(_MAX_PADDED, max(map(len, column))) for column in zip(columns, *cells, strict=True)]
        for row in (columns, *cells):
            line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            sys.stdout.write(line.rstrip() + "\n")
        return
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    from compliance_tf.output.terminal import Terminal

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(column, no_wrap=column in whole, overflow="fold")
    for row in cells:
        table.add_row(*map(Text, row))
    Terminal().print(table)
