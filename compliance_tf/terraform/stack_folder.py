"""Terraform in the folder of one stack, always in the given workspace.

Each run gets the workspace by TF_WORKSPACE. No workspace is ever selected, because a selection is a file that all
commands in the folder would share.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from compliance_tf.errors import CommandError, InterruptedCommandError
from compliance_tf.terraform import checksums
from compliance_tf.terraform.failures import explain, pinned_version
from compliance_tf.terraform.machine import engine, engine_name
from compliance_tf.terraform.synthesized import read_configuration

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from compliance_tf.terraform.programs import Programs

LOCK_TIMEOUT: Final = "30s"
"""The time that Terraform waits for a state that another machine or checkout has locked."""


@dataclass(frozen=True)
class StackFolder:
    """A synthesized stack in one workspace.

    Parameters
    ----------
    programs
        The runner of Terraform.
    path
        Its folder, with ``cdk.tf.json``.
    workspace
        The workspace.
    in_color
        Whether Terraform's visible output has colors.
    waits
        Whether Terraform waits for a locked state.
    """

    programs: Programs
    path: Path
    workspace: str
    in_color: bool
    waits: bool

    @property
    def id(self) -> str:
        """The stack's id."""
        return self.path.name

    @property
    def configuration(self) -> dict[str, Any]:
        """The synthesized configuration."""
        return read_configuration(self.path)

    def initialize(self) -> None:
        """Have Terraform install its provider and initialize its backend."""
        # A leftover selection would make it fail when its workspace does not exist any more.
        (self.path / ".terraform" / "environment").unlink(missing_ok=True)
        checksums.restore(self.path)
        lock = self.path / checksums.LOCK
        # It is Terraform's choice for an app that pinned another version, and would have it refuse this one.
        if lock.is_file() and f'"{pinned_version(self.path)}"' not in lock.read_text(encoding="utf-8"):
            lock.unlink()
        self._run(
            ["init", "-input=false"], f"Terraform to get its provider and reach the state of {self.id}", bare=True
        )

    def workspaces(self) -> list[str]:
        """List the workspaces of the state."""
        listed = self._run(["workspace", "list"], f"the list of workspaces of {self.id}", bare=True)
        return [line.lstrip("* ").strip() for line in listed.splitlines() if line.strip()]

    def plan(self, file: str, *, destroy: bool = False, targets: Sequence[str] = (), visible: bool = True) -> None:
        """Plan, show the plan, and save it into a file of the folder."""
        options = [*(["-destroy"] if destroy else []), *(f"-target={target}" for target in targets)]
        self._run(
            ["plan", "-input=false", *self._lock_timeout, f"-out={file}", *options],
            f"Terraform to plan {self.id} in {self.workspace}, which reads the resources",
            visible=visible,
        )

    def shown(self, file: str) -> bytes:
        """Return the JSON of a saved plan."""
        return self._run(["show", "-json", file], f"Terraform to show the plan of {self.id}").encode()

    def state(self) -> dict[str, Any]:
        """Return the state as it is kept, without starting the provider; empty where there is none."""
        pulled = self._run(["state", "pull"], f"the state of {self.id}")
        state: dict[str, Any] = json.loads(pulled) if pulled.strip() else {}
        return state

    def apply(self, file: str) -> None:
        """Apply a saved plan."""
        self._run(
            ["apply", "-input=false", *self._lock_timeout, file],
            f"Terraform to apply the plan of {self.id} in {self.workspace}",
            visible=True,
        )

    def push_state(self, file: str) -> None:
        """Put a file of the folder where the state is kept; Terraform refuses one that is older than what is there."""
        self._run(["state", "push", file], f"Terraform to keep the state of {self.id}")

    def untaint(self, address: str) -> None:
        """Have the state hold a resource for whole that Terraform would destroy and make again."""
        self._run(["untaint", *self._lock_timeout, address], f"Terraform to untaint {address}")

    @property
    def _lock_timeout(self) -> list[str]:
        return [f"-lock-timeout={LOCK_TIMEOUT if self.waits else '0s'}"]

    def _run(self, arguments: Sequence[str], waiting_for: str, *, visible: bool = False, bare: bool = False) -> str:
        """Run Terraform; ``bare`` without a workspace, where it would refuse one or ask for one that does not exist."""
        color = [] if visible and self.in_color else ["-no-color"]
        if arguments[0] in {"workspace", "state"}:
            color = []  # they take none at this place, and have no colors in a list
        try:
            return self.programs.run(
                [engine(self.programs.environment), *arguments[:1], *color, *arguments[1:]],
                folder=self.path,
                waiting_for=waiting_for,
                visible=visible,
                variables={} if bare else {"TF_WORKSPACE": self.workspace, "TF_VAR_workspace": self.workspace},
            )
        except InterruptedCommandError:
            raise
        except CommandError as cause:
            raise CommandError(
                explain(str(cause), arguments[0], self.path, self.workspace, engine_name(self.programs.environment))
            ) from cause
