"""The options by which every command is told whose results are meant."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

import typer

Workspace = Annotated[str, typer.Option("--workspace", "-w", help="The Terraform workspace.", show_default=False)]
Project = Annotated[
    str | None,
    typer.Option(help="The project; that of the app synthesized in this folder unless given.", show_default=False),
]
Region = Annotated[
    str | None,
    typer.Option(help="The AWS region; that of the app synthesized in this folder unless given.", show_default=False),
]
Table = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="The results table, where it is not <project>-<workspace>-results: a restored one, for instance.",
        show_default=False,
    ),
]

ResourceNames = Annotated[
    bool,
    typer.Option(
        "--names/--no-names",
        help="Ask AWS Config for names and ARNs of resources, and IAM for the account's alias; what may not be asked "
        "is left out.",
    ),
]
AccountName = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="The name of the account; its alias in IAM unless given.", show_default=False),
]


class Format(Enum):
    """How a command prints what it found."""

    TABLE = "table"
    """For people."""
    JSON = "json"
    """For programs: its shape stays."""
    CSV = "csv"
    """For spreadsheets."""


class TableFormat(Enum):
    """How a command prints what has no form for spreadsheets."""

    TABLE = "table"
    """For people."""
    JSON = "json"
    """For programs: its shape stays."""


TableOrJson = Annotated[TableFormat, typer.Option("--format", "-f", help="How to print it.")]

OutputFormat = Annotated[Format, typer.Option("--format", "-f", help="How to print it.")]
