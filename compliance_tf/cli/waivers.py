"""``compliance-tf waivers``."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from compliance_tf.cli.exit_codes import ExitCode
from compliance_tf.cli.options import TableFormat, TableOrJson
from compliance_tf.output.sanitize import json_text

Workspace = Annotated[
    str | None,
    typer.Option("--workspace", "-w", help="Only those of this Terraform workspace, with their use in it."),
]
Strict = Annotated[bool, typer.Option("--strict", help=f"Exit with {ExitCode.FOUND} when one has expired.")]


def waivers(*, workspace: Workspace = None, output: TableOrJson = TableFormat.TABLE, strict: Strict = False) -> None:
    """List the waivers of the synthesized app, those that expire first at the beginning.

    With a workspace, those without a violation in its results table are marked as unused.
    """
    from compliance_tf.output.terminal_table import print_table
    from compliance_tf.results.waiver_usage import COLUMNS, waiver_lines
    from compliance_tf.terraform.synthesized import OUTPUT, synthesized_stacks
    from compliance_tf.waivers.expiry import State

    lines = waiver_lines(synthesized_stacks(Path(OUTPUT)), datetime.now(UTC).date(), workspace)
    if output is TableFormat.JSON:
        typer.echo(json_text([line.to_json() for line in lines], indent=2))
    elif lines:
        print_table(COLUMNS, [line.cells for line in lines], whole=COLUMNS[:4])
    else:
        typer.echo("There are no waivers in the app as it was synthesized last: `python main.py` synthesizes it anew.")
    if strict and any(line.state is State.EXPIRED for line in lines):
        raise typer.Exit(ExitCode.FOUND)
