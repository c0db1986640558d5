"""Progress of long operations on a terminal."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Final

from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from compliance_tf.output.sanitize import message
from compliance_tf.output.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compliance_tf.results.names import NameLookup
    from compliance_tf.results.reader import ResultsReader
    from compliance_tf.results.table_queries import Usage

_LONG: Final = 1.0
"""Seconds after which progress is shown."""


@contextmanager
def reading(reader: ResultsReader, *, shown: bool = True) -> Iterator[None]:
    """Show the number of read results during the block, on standard error, on a terminal, if it takes long.

    Parameters
    ----------
    shown
        False if the block itself prints on the same terminal.
    """
    if not (shown and sys.stderr.isatty()):
        yield
        return
    with _bar("Reading") as progress:
        task = progress.add_task("", total=None, visible=False)
        started = time.monotonic()

        def on_page(usage: Usage) -> None:
            visible = time.monotonic() - started > _LONG
            text = f"{usage.items:,} results, {usage.read_units:,.0f} read units"
            progress.update(task, description=text, visible=visible)

        reader.watch_pages(on_page)
        try:
            yield
        finally:
            reader.watch_pages(None)


def say_what_is_missing(names: NameLookup) -> None:
    """Print on standard error why names are left out, if they are."""
    for (account, region), problem in islice(names.problems.items(), 1):
        others = len(names.problems) - 1
        more = f" So do {others} more accounts and regions." if others else ""
        sys.stderr.write(f"Without the names of resources in {account} {region}: {message(problem)}{more}\n")


@contextmanager
def waiting(what: str) -> Iterator[None]:
    """Show a message and the elapsed time during the block, on standard error, on a terminal."""
    if not sys.stderr.isatty():
        yield
        return
    with _bar(what) as progress:
        progress.add_task("", total=None)
        yield


def _bar(what: str) -> Progress:
    return Progress(
        TextColumn(what),
        BarColumn(20),
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
        console=Terminal(stderr=True),
        transient=True,
    )
