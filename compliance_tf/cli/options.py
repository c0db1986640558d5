"""Shared options, which identify the deployment whose results are read."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

Workspace = Annotated[str, typer.Option("--workspace", "-w", help="The Terraform workspace.", show_default=False)]
SomeWorkspace = Annotated[
    str | None,
    typer.Option(
        "--workspace", "-w", help="The Terraform workspace; of a fleet only its cells, or all.", show_default=False
    ),
]
FleetFile = Annotated[
    Path | None,
    typer.Option(
        "--fleet", metavar="FILE", help="Of all cells of a fleet: its file, as fleet.yaml.", show_default=False
    ),
]
Accounts = Annotated[
    list[str] | None,
    typer.Option("--account", metavar="ID", help="Of a fleet or aggregator only this one. Repeatable."),
]
Aggregator = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="From an AWS Config aggregator, whose --region this is; it has neither waivers nor history.",
        show_default=False,
    ),
]
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
    """Output formats of findings."""

    TABLE = "table"
    """For people."""
    JSON = "json"
    """For programs: its structure is stable."""
    CSV = "csv"
    """For spreadsheets."""


class TableFormat(Enum):
    """Output formats of what has no form for spreadsheets."""

    TABLE = "table"
    """For people."""
    JSON = "json"
    """For programs: its structure is stable."""


TableOrJson = Annotated[TableFormat, typer.Option("--format", "-f", help="The output format.")]

OutputFormat = Annotated[Format, typer.Option("--format", "-f", help="The output format.")]
