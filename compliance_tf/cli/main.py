"""The ``compliance-tf`` command: every subcommand calls one function of the library."""

from __future__ import annotations

import errno
import os
import sys
from importlib.metadata import version
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated

import typer

from compliance_tf.cli import catalog as catalog_commands
from compliance_tf.cli import check_plan as check_plan_command
from compliance_tf.cli import checks as check_commands
from compliance_tf.cli import cost as cost_command
from compliance_tf.cli import export as export_commands
from compliance_tf.cli import export_module as export_module_command
from compliance_tf.cli import fleet as fleet_commands
from compliance_tf.cli import frameworks as framework_commands
from compliance_tf.cli import init as init_command
from compliance_tf.cli import lifecycle as lifecycle_commands
from compliance_tf.cli import preflight as preflight_command
from compliance_tf.cli import report as report_commands
from compliance_tf.cli import results as result_commands
from compliance_tf.cli import review as review_commands
from compliance_tf.cli import verify as verify_command
from compliance_tf.cli import waivers as waiver_commands
from compliance_tf.cli.commands import Commands, panel
from compliance_tf.errors import ComplianceError, InterruptedCommandError
from compliance_tf.output.sanitize import message

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
)
local = typer.Typer(help="A stand-in for AWS on this machine, for demos and tests.", no_args_is_help=True)
app.add_typer(local, name="local", rich_help_panel=panel("local"))
app.add_typer(check_commands.checks, name="checks", rich_help_panel=panel("checks"))
app.add_typer(check_commands.new, name="new", rich_help_panel=panel("new"))
app.add_typer(fleet_commands.fleet, name="fleet", rich_help_panel=panel("fleet"))
app.add_typer(framework_commands.frameworks, name="frameworks", rich_help_panel=panel("frameworks"))
app.add_typer(catalog_commands.packs, name="packs", rich_help_panel=panel("packs"))
app.add_typer(catalog_commands.rules, name="rules", rich_help_panel=panel("rules"))
app.add_typer(result_commands.results, name="results", rich_help_panel=panel("results"))
result_commands.results.command("export")(export_commands.export)
result_commands.results.command("sql")(export_commands.sql)
for command in (
    lifecycle_commands.plan,
    lifecycle_commands.deploy,
    lifecycle_commands.apply,
    lifecycle_commands.destroy,
    lifecycle_commands.recover,
):
    app.command(rich_help_panel=panel(command.__name__))(command)
app.command("check", rich_help_panel=panel("check"))(check_commands.check)
app.command("export-module", rich_help_panel=panel("export-module"))(export_module_command.export_module)
app.command("init", rich_help_panel=panel("init"))(init_command.init)
app.command("check-plan", rich_help_panel=panel("check-plan"))(check_plan_command.check_plan)
app.command("preflight", rich_help_panel=panel("preflight"))(preflight_command.preflight)
app.command("cost", rich_help_panel=panel("cost"))(cost_command.cost)
app.command("report", rich_help_panel=panel("report"))(report_commands.report)
app.command("review", rich_help_panel=panel("review"))(review_commands.review)
app.command("comment", rich_help_panel=panel("comment"))(review_commands.comment)
app.command("verify", rich_help_panel=panel("verify"))(verify_command.verify)
app.command("waivers", rich_help_panel=panel("waivers"))(waiver_commands.waivers)

Version = Annotated[bool, typer.Option("--version", help="Print the version, and exit.", is_eager=True)]


@app.callback(invoke_without_command=True)
def root(*, show_version: Version = False) -> None:
    """AWS Config rules as Terraform, beside the recorder that is already there."""
    if show_version:
        typer.echo(f"compliance-tf {version('compliance-tf')}")
        raise typer.Exit


LOCAL_FOLDER = Path(".cache")


@app.command(rich_help_panel=panel("demo"))
def demo(*, keep: Annotated[bool, typer.Option("--keep", help="Leave it running for exploration.")] = False) -> None:
    """Show everything from end to end on local AWS."""
    from compliance_tf.local.demo import run

    run(keep=keep)


Folder = Annotated[Path, typer.Option(help="The folder of its files: one local AWS per folder.")]


@local.command()
def up(
    folder: Folder = LOCAL_FOLDER,
    port: Annotated[int, typer.Option(help="The port; 0 for a free one.")] = 0,
    region: Annotated[str | None, typer.Option(help="AWS_REGION's value; the app's region unless given.")] = None,
    *,
    recorder: Annotated[bool, typer.Option(help="Create a recorder in every region, like a landing zone.")] = True,
) -> None:
    """Start it, and print its environment variables: `eval "$(compliance-tf local up)"` sets them in a shell."""
    from compliance_tf.local.server import detached
    from compliance_tf.local.server.landing_zone import create_recorders
    from compliance_tf.local.server.server import REGION
    from compliance_tf.terraform.app import written_region

    chosen = region or written_region(Path()) or _synthesized_region()
    running = detached.up(folder, port)
    if recorder:
        create_recorders(running.endpoint)
    if chosen is None:
        typer.echo(f"AWS_REGION is {REGION}: no app in this folder names a region. --region sets another.", err=True)
    for name, value in running.endpoint.environment(region=chosen or REGION).items():
        typer.echo(f"export {name}={value}")


def _synthesized_region() -> str | None:
    from compliance_tf.errors import SynthesizedAppError
    from compliance_tf.terraform.synthesized import OUTPUT, synthesized_stacks

    try:
        return synthesized_stacks(Path(OUTPUT))[0].region
    except SynthesizedAppError:
        return None


@local.command()
def down(folder: Folder = LOCAL_FOLDER) -> None:
    """Stop it and remove its files."""
    from compliance_tf.local.server import detached

    running = detached.status(folder)
    typer.echo("stopped" if detached.down(folder) else "none was running")
    if running and os.environ.get("AWS_ENDPOINT_URL") == running.endpoint.url:
        names = " ".join(running.endpoint.environment())
        typer.echo(f"This shell still has its variables, before all other credentials: unset {names}", err=True)


@local.command()
def status(folder: Folder = LOCAL_FOLDER) -> None:
    """Print whether it runs, and its URL; exit code 1 when it does not."""
    from compliance_tf.local.server import detached

    running = detached.status(folder)
    if running is None:
        typer.echo("not running")
        raise typer.Exit(1)
    typer.echo(f"running at {running.endpoint.url}, process {running.pid}")


_OF_THE_MACHINE = frozenset(
    {
        errno.EACCES,
        errno.EDQUOT,
        errno.EEXIST,
        errno.EISDIR,
        errno.EMFILE,
        errno.ENOSPC,
        errno.ENOTDIR,
        errno.EPERM,
        errno.EROFS,
    }
)
"""Errors of files that are nobody's bug: a disk that is full, a folder that may not be written."""


def main() -> None:
    """Run the command; exit with one message and code 1 when it fails."""
    _print_any_text()
    try:
        app()
    except InterruptedCommandError as error:
        typer.echo(f"error: {message(str(error))}", err=True)
        # As in a shell for a program that was ended by a signal.
        sys.exit(128 + error.signal)
    except ComplianceError as error:
        sys.exit(f"error: {message(str(error))}")
    except OSError as error:
        if error.errno not in _OF_THE_MACHINE:
            raise
        # Standard output has no name.
        said = message(f"{error.filename or 'the output'}: {error.strerror}")
        sys.exit(f"error: {said}. It needs a folder with room, to write in.")


def _print_any_text() -> None:
    """Print UTF-8 into files and pipes, as our formats are, and escapes for what a terminal's encoding lacks."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="backslashreplace")
