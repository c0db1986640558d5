"""The ``compliance-tf`` command: every subcommand calls one function of the library."""

from __future__ import annotations

import errno
import sys
from io import TextIOWrapper
from typing import Annotated

import typer

from compliance_tf.cli.commands import Commands
from compliance_tf.errors import ComplianceError, InterruptedCommandError
from compliance_tf.output.sanitize import message

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Version = Annotated[bool, typer.Option("--version", help="Print the version, and exit.", is_eager=True)]


@app.callback(invoke_without_command=True)
def root(*, show_version: Version = False) -> None:
    """AWS Config rules as Terraform, beside the recorder that is already there."""
    if show_version:
        from importlib.metadata import version

        typer.echo(f"compliance-tf {version('compliance-tf')}")
        raise typer.Exit


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
