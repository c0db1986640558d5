"""``compliance-tf export-module``."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from compliance_tf.errors import ExportError


def export_module(
    folder: Annotated[Path, typer.Argument(help="The module's folder: new, empty, or an earlier export.")],
    stack: Annotated[str | None, typer.Option(help="The stack's id, if the app has several.")] = None,
) -> None:
    """Write a stack of this folder's app as a plain Terraform module, for people who write HCL."""
    from compliance_tf.terraform.app import require_app, synthesize
    from compliance_tf.terraform.machine import Machine
    from compliance_tf.terraform.module import module_of
    from compliance_tf.terraform.programs import Programs
    from compliance_tf.terraform.synthesized import stack_folders

    require_app(Path.cwd())
    programs = Programs(Machine.this().environment(), say=_say, show=_say)
    with tempfile.TemporaryDirectory() as temporary, programs.interruptible():
        output = Path(temporary) / "cdktf.out"
        synthesize(programs, Path.cwd(), output)
        stacks = stack_folders(output)
        if stack is None and len(stacks) > 1:
            raise ExportError(f"The app has several stacks: give --stack with one of {', '.join(sorted(stacks))}.")
        if stack is not None and stack not in stacks:
            raise ExportError(f"The app has no stack {stack!r}: it has {', '.join(sorted(stacks))}.")
        chosen = stack or next(iter(stacks))
        module_of(stacks[chosen]).write(folder)
    typer.echo(f"The module of the stack '{chosen}' is in {folder}: its README says how to use it.")


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
