"""The reference page of the command line, made of its parser: ``python -m maintenance.pages.commands``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Final

import typer
from typer.main import get_command

from compliance_tf.cli.commands import PANELS
from compliance_tf.cli.main import app

if TYPE_CHECKING:
    from collections.abc import Iterator

_INTRODUCTION: Final = """\
# Commands

`compliance-tf COMMAND --help` prints the same. [Exit codes](exit-codes.md) are a page of their own. Shell completion:
`compliance-tf --install-completion`.

This page is made of the parser by `make docs`.
"""


def reference() -> str:
    """Write the page, in Markdown."""
    # Typer's parser has the attributes of Click's, but no types of its own.
    root: Any = get_command(app)
    lines = [_INTRODUCTION]
    for heading, names in PANELS.items():
        lines += [f"## {heading}", ""]
        for name in names:
            for path, command in _commands((name,), root.commands[name]):
                lines += [*_section(path, command), ""]
    return "\n".join(lines).rstrip() + "\n"


def _commands(path: tuple[str, ...], command: Any) -> Iterator[tuple[tuple[str, ...], Any]]:  # noqa: ANN401 (see above)
    """Yield a command that does something, and those below it."""
    inner = getattr(command, "commands", {})
    if not inner or command.invoke_without_command:
        yield path, command
    for name, below in inner.items():
        yield from _commands((*path, name), below)


def _section(path: tuple[str, ...], command: Any) -> Iterator[str]:  # noqa: ANN401 (see above)
    context = typer.Context(command, info_name=" ".join(("compliance-tf", *path)))
    yield f"### {' '.join(path)}"
    yield ""
    yield from (" ".join(paragraph.split()) + "\n" for paragraph in (command.help or "").split("\n\n"))
    yield f"    {' '.join([context.info_name or '', *command.collect_usage_pieces(context)])}"
    # What its own help prints: names with their values, and meanings with their defaults.
    records = [record for one in command.params if one.name != "help" and (record := one.get_help_record(context))]
    if records:
        yield from ["", "| Argument or option | Meaning |", "|---|---|"]
        yield from (f"| `{_cell(names)}` | {_cell(meaning)} |" for names, meaning in records)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", r"\|")


if __name__ == "__main__":
    sys.stdout.write(reference())
