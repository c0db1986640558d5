"""A review for a terminal or a pipe."""

from __future__ import annotations

import sys
from io import StringIO
from typing import TYPE_CHECKING, Final

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.padding import Padding
from rich.table import Table as RichTable
from rich.text import Text

from compliance_tf.output.sanitize import visible
from compliance_tf.review.policies import Verdict
from compliance_tf.review.rendering.document import Bullets, Code, Fold, Paragraph, Resources, Strong, Table
from compliance_tf.terraform.machine import engine_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import RenderableType

    from compliance_tf.review.rendering.document import Block, Document, Words

_STYLES: Final = {Verdict.CLEAN: "bold green", Verdict.APPROVAL: "bold yellow", Verdict.BLOCKED: "bold red"}
_MOST: Final = 100
"""Maximum rows of a table on a terminal."""

_WIDE: Final = 100_000  # columns, as wide as the longest line


def terminal(documents: Iterable[Document], *, to_terminal: bool) -> str:
    """Render reviews, one after another.

    Parameters
    ----------
    documents
        What is said. Of the resources only the counts are shown: Terraform's own ``show`` has their diffs.
    to_terminal
        Whether the output is a terminal: then it has colours and its width; else each sentence and row is a line.

    Returns
    -------
    str
        Lines without trailing spaces; escape sequences stand in it only for a terminal.
    """
    stream = StringIO()
    is_terminal = to_terminal and sys.stdout.isatty()
    width = Console().width if is_terminal else _WIDE
    console = Console(file=stream, force_terminal=is_terminal, width=width, highlight=False)
    for document in documents:
        _print(console, document)
    return "".join(f"{line.rstrip()}\n" for line in stream.getvalue().splitlines())


def _print(console: Console, document: Document) -> None:
    verdict = Text((document.headline or document.verdict.words).upper(), style=_STYLES[document.verdict])
    if document.line is not None:
        console.print(Text.assemble(verdict, " ", _text(document.title), ": ", _text(document.line)))
        return
    console.print(Text.assemble(verdict, " ", _text(document.title)))
    console.print()
    for section in document.sections:
        if section.title:
            console.print(Text(visible(section.title), style="bold"))
        for block in section.blocks:
            _print_block(console, block, 2 if section.title else 0)
        console.print()
    console.print(Text.assemble(_text(document.footer), style="dim"))
    console.print()


def _print_block(console: Console, block: Block, indent: int) -> None:
    match block:
        case Paragraph(words):
            console.print(_indented(_text(words), indent))
        case Bullets(items):
            for item in items:
                console.print(_indented(Text.assemble("- ", _text(item)), indent + 2))
        case Table(columns, rows, noun):
            shown = rows[:_MOST] if console.is_terminal else rows
            console.print(_indented(_table(console, columns, shown), indent))
            if len(shown) < len(rows):
                text = f"… and {len(rows) - len(shown):,} more {noun}: --output, or a pipe, takes all of them."
                console.print(_indented(Text(text), indent))
        case Resources():
            console.print(
                _indented(Text(f"The diffs are in the other formats, and in `{engine_name()} show`."), indent)
            )
        case Fold(summary, blocks):
            console.print(_indented(_text(summary), indent))
            for inner in blocks:
                _print_block(console, inner, indent + 2)


def _indented(what: RenderableType, indent: int) -> Padding:
    return Padding(what, (0, 0, 0, indent), expand=False)


def _table(console: Console, columns: tuple[str, ...], rows: tuple[tuple[Words, ...], ...]) -> RenderableType:
    cells = [[_text(cell) for cell in row] for row in rows]
    if not console.is_terminal:
        return _plain_table([list(map(Text, columns)), *cells])
    table = RichTable(box=SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in cells:
        table.add_row(*row)
    return table


def _plain_table(rows: list[list[Text]]) -> Text:
    """Align the columns: rich's table, which wraps lines, takes ten times as long."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    lines = (
        "  ".join(cell.plain.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )
    return Text("\n".join(lines))


def _text(words: Words) -> Text:
    return Text.assemble(*(_part(word) for word in words))


def _part(word: str | Code | Strong) -> Text:
    match word:
        case Code(text):
            return Text(visible(text), style="cyan")
        case Strong(text):
            return Text(visible(text), style="bold")
        case text:
            return Text(visible(text))
