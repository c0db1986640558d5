"""``compliance-tf plan``, ``deploy``, ``apply``, ``destroy`` and ``recover``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from compliance_tf.cli.options import Workspace  # noqa: TC001 (Typer reads it)

if TYPE_CHECKING:
    from compliance_tf.lifecycle.commands import Project

AutoApprove = Annotated[bool, typer.Option("--auto-approve", help="Do not ask before anything is changed.")]
NoWait = Annotated[
    bool,
    typer.Option("--no-wait", help="End at once where another command works on the workspace.", show_default=False),
]


def plan(workspace: Workspace, *, no_wait: NoWait = False) -> None:
    """Show what a deployment to a workspace would change, and save the plan for `review` and `apply`."""
    _project(workspace, no_wait=no_wait).plan()


def deploy(workspace: Workspace, *, auto_approve: AutoApprove = False, no_wait: NoWait = False) -> None:
    """Deploy to a workspace, which is made if it does not exist."""
    _project(workspace, approves=auto_approve, no_wait=no_wait).deploy()


def apply(
    workspace: Workspace,
    expect: Annotated[list[str], typer.Option(help="The fingerprint of a reviewed plan, once for each stack.")],
    *,
    no_wait: NoWait = False,
) -> None:
    """Apply the plans that `compliance-tf plan` saved, if they are just those that were reviewed."""
    _project(workspace, no_wait=no_wait).apply(frozenset(expect))


def destroy(workspace: Workspace, *, auto_approve: AutoApprove = False, no_wait: NoWait = False) -> None:
    """Destroy what was deployed to a workspace, and say what is left, if anything is."""
    _project(workspace, approves=auto_approve, no_wait=no_wait).destroy()


def recover(
    workspace: Workspace,
    *,
    remove: Annotated[
        bool, typer.Option("--remove", help="Remove what is in no state, instead of taking it into the state.")
    ] = False,
    unlock: Annotated[
        str | None, typer.Option("--unlock", metavar="ID", help="Release this lock of the state without a question.")
    ] = None,
    auto_approve: AutoApprove = False,
    no_wait: NoWait = False,
) -> None:
    """Put in order what a killed command left: the state's lock, and what AWS has of this deployment and no state."""
    _project(workspace, approves=auto_approve, no_wait=no_wait).recover(removes=remove, unlocks=unlock)


def _project(workspace: str, *, approves: bool = False, no_wait: bool = False) -> Project:
    from compliance_tf.lifecycle.commands import Project
    from compliance_tf.lifecycle.person import Person
    from compliance_tf.terraform.machine import Machine

    person = Person.at_terminal(approves=approves, waits=not no_wait)
    return Project(Machine.this(), Path(), workspace, person)
