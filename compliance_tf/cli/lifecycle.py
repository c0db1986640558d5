"""``compliance-tf plan``, ``deploy``, ``apply``, ``destroy`` and ``recover``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from compliance_tf.cli.options import Workspace  # noqa: TC001 (Typer reads it)

if TYPE_CHECKING:
    from compliance_tf.lifecycle.commands import Project

AutoApprove = Annotated[bool, typer.Option("--auto-approve", help="Change without asking for approval.")]
NoWait = Annotated[
    bool,
    typer.Option(
        "--no-wait", help="Fail at once if another command has the lock of the workspace.", show_default=False
    ),
]
Unlock = Annotated[
    str | None, typer.Option("--unlock", metavar="ID", help="Release this lock of the state without asking.")
]
InOneCommand = Annotated[
    bool,
    typer.Option("--in-one-command", hidden=True, help="The caller plans and applies: see terraform/checksums.py."),
]


def plan(workspace: Workspace, *, no_wait: NoWait = False, in_one_command: InOneCommand = False) -> None:
    """Show what a deployment to a workspace would change, and save the plan for `review` and `apply`."""
    _project(workspace, no_wait=no_wait).plan(keeps_checksums=not in_one_command)


def deploy(workspace: Workspace, *, auto_approve: AutoApprove = False, no_wait: NoWait = False) -> None:
    """Deploy to a workspace, which is created if it does not exist."""
    _project(workspace, approves=auto_approve, no_wait=no_wait).deploy()


def apply(
    workspace: Workspace,
    expect: Annotated[list[str], typer.Option(help="The fingerprint of a reviewed plan, once for each stack.")],
    *,
    no_wait: NoWait = False,
    shown: Annotated[
        bool, typer.Option("--shown", hidden=True, help="Standard input has what Terraform showed of the plan.")
    ] = False,
    in_one_command: InOneCommand = False,
) -> None:
    """Apply the plans that `compliance-tf plan` saved, if they are exactly those that were reviewed."""
    from compliance_tf.review.plan.shown_plan import ShownPlan

    given = ShownPlan.from_bytes(sys.stdin.buffer.read()) if shown else None
    _project(workspace, no_wait=no_wait).apply(frozenset(expect), shown=given, keeps_checksums=not in_one_command)


def destroy(workspace: Workspace, *, auto_approve: AutoApprove = False, no_wait: NoWait = False) -> None:
    """Destroy the deployment of a workspace, and list leftovers."""
    _project(workspace, approves=auto_approve, no_wait=no_wait).destroy()


def recover(
    workspace: Workspace,
    *,
    remove: Annotated[
        bool, typer.Option("--remove", help="Remove resources that are in no state, instead of importing them.")
    ] = False,
    unlock: Unlock = None,
    auto_approve: AutoApprove = False,
    no_wait: NoWait = False,
    shows: Annotated[bool, typer.Option("--show", hidden=True, help="Only show what is in no state.")] = False,
) -> None:
    """Clean up after a killed command: the state's lock, an unsaved state, and resources that are in no state."""
    project = _project(workspace, approves=auto_approve, no_wait=no_wait)
    if shows:
        project.show_leftovers()
    else:
        project.recover(removes=remove, unlocks=unlock)


def _project(workspace: str, *, approves: bool = False, no_wait: bool = False) -> Project:
    from compliance_tf.lifecycle.commands import Project
    from compliance_tf.lifecycle.person import Person
    from compliance_tf.terraform.machine import Machine

    person = Person.at_terminal(approves=approves, waits=not no_wait)
    return Project(Machine.this(), Path(), workspace, person)
