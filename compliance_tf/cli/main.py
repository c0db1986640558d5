"""The ``compliance-tf`` command: every subcommand calls one function of the library."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from compliance_tf.cli import catalog as catalog_commands
from compliance_tf.cli import check_plan as check_plan_command
from compliance_tf.cli import checks as check_commands
from compliance_tf.cli import export as export_commands
from compliance_tf.cli import export_module as export_module_command
from compliance_tf.cli import frameworks as framework_commands
from compliance_tf.cli import init as init_command
from compliance_tf.cli import lifecycle as lifecycle_commands
from compliance_tf.cli import preflight as preflight_command
from compliance_tf.cli import report as report_commands
from compliance_tf.cli import results as result_commands
from compliance_tf.cli import review as review_commands
from compliance_tf.cli import waivers as waiver_commands
from compliance_tf.errors import ComplianceError, InterruptedCommandError
from compliance_tf.output.sanitize import message

app = typer.Typer(
    help="AWS Config rules as Terraform, beside the recorder that is already there.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
local = typer.Typer(help="A stand-in for AWS on this machine, for demos and tests.", no_args_is_help=True)
app.add_typer(local, name="local")
app.add_typer(check_commands.new, name="new")
app.add_typer(framework_commands.frameworks, name="frameworks")
app.add_typer(catalog_commands.packs, name="packs")
app.add_typer(catalog_commands.rules, name="rules")
app.add_typer(result_commands.results, name="results")
result_commands.results.command("export")(export_commands.export)
for command in (
    lifecycle_commands.plan,
    lifecycle_commands.deploy,
    lifecycle_commands.apply,
    lifecycle_commands.destroy,
    lifecycle_commands.recover,
):
    app.command()(command)
app.command("check", cls=check_commands.VerdictCommand)(check_commands.check)
app.command("export-module")(export_module_command.export_module)
app.command("init")(init_command.init)
app.command("check-plan")(check_plan_command.check_plan)
app.command("preflight")(preflight_command.preflight)
app.command("report")(report_commands.report)
app.command("review")(review_commands.review)
app.command("comment")(review_commands.comment)
app.command("waivers")(waiver_commands.waivers)

LOCAL_FOLDER = Path(".cache")


@app.command()
def demo(*, keep: Annotated[bool, typer.Option("--keep", help="Leave it running to look around.")] = False) -> None:
    """Show everything from end to end on local AWS."""
    from compliance_tf.local.demo import run

    run(keep=keep)


Folder = Annotated[Path, typer.Option(help="Where it keeps its files: one local AWS for each folder.")]


@local.command()
def up(folder: Folder = LOCAL_FOLDER, port: Annotated[int, typer.Option(help="0 takes a free one.")] = 0) -> None:
    """Start it, and print the variables that lead to it."""
    from compliance_tf.local.server import detached

    running = detached.up(folder, port)
    for name, value in running.endpoint.environment().items():
        typer.echo(f"export {name}={value}")


@local.command()
def down(folder: Folder = LOCAL_FOLDER) -> None:
    """Stop it and remove what it wrote."""
    from compliance_tf.local.server import detached

    typer.echo("stopped" if detached.down(folder) else "none was running")


@local.command()
def status(folder: Folder = LOCAL_FOLDER) -> None:
    """Say whether it runs, and where; exit code 1 when it does not."""
    from compliance_tf.local.server import detached

    running = detached.status(folder)
    if running is None:
        typer.echo("not running")
        raise typer.Exit(1)
    typer.echo(f"running at {running.endpoint.url}, process {running.pid}")


def main() -> None:
    """Run the command; end with one message and exit code 1 when it cannot be done."""
    try:
        app()
    except InterruptedCommandError as error:
        typer.echo(f"error: {message(str(error))}", err=True)
        # As a shell gives it for a program that a signal has ended.
        sys.exit(128 + error.signal)
    except ComplianceError as error:
        sys.exit(f"error: {message(str(error))}")
