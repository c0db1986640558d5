"""``compliance-tf local`` and ``demo``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

local = typer.Typer(help="A stand-in for AWS on this machine, for demos and tests.", no_args_is_help=True)

LOCAL_FOLDER = Path(".cache")


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
