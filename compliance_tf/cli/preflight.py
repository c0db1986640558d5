"""``compliance-tf preflight``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from compliance_tf.cli.exit_codes import ExitCode
from compliance_tf.cli.options import TableFormat, TableOrJson
from compliance_tf.preflight.assumptions import USUAL_CHANGES, Assumptions

Workspace = Annotated[
    str | None,
    typer.Option(
        "--workspace",
        "-w",
        help="The Terraform workspace; the one selected in cdktf.out unless given. It need not exist.",
    ),
]
Deployer = Annotated[
    str | None,
    typer.Option(
        "--deployer",
        metavar="ARN",
        help="The role or user that will deploy: missing permissions are a failure. For yourself they are a warning.",
    ),
]
Changes = Annotated[float, typer.Option("--changes-per-month", help="Changes of a resource in a month, for the cost.")]


def preflight(
    *,
    workspace: Workspace = None,
    output: TableOrJson = TableFormat.TABLE,
    deployer: Deployer = None,
    changes_per_month: Changes = USUAL_CHANGES,
) -> None:
    """Check in the account whether a deployment can go ahead, and estimate its cost; nothing is changed.

    The exit code is 0 when it may go ahead, and 2 when it should not.
    """
    from compliance_tf.preflight.preflight import Options
    from compliance_tf.preflight.preflight import preflight as ask
    from compliance_tf.terraform.machine import Machine

    options = Options(workspace, deployer, Assumptions(changes_per_month))
    # Standard output is the report's alone, so that it can be piped.
    report = ask(Machine.this(), Path.cwd(), options, lambda line: typer.echo(line, err=True))
    if output is TableFormat.JSON:
        typer.echo(report.to_json())
    else:
        report.print(sys.stdout)
    raise typer.Exit(ExitCode.FINE if report.may_go_ahead else ExitCode.FOUND)
