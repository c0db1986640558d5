"""The working folder of a command: one for each workspace, so that commands do not affect each other.

``cdktf.out/workspace-<workspace>/<stack>`` holds what was synthesized for the command, Terraform's data and the saved
plan. It is as deep below the project as cdktf's own folder, so relative paths in a backend lead to the same state.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from compliance_tf.errors import CommandError, SettingError
from compliance_tf.model.command_line import command_line
from compliance_tf.model.naming import NAME_PART
from compliance_tf.terraform.synthesized import (
    CONFIGURATION,
    MANIFEST,
    OUTPUT,
    READ_BY_TERRAFORM,
    WORKSPACE_PREFIX,
    stack_folders,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

PLAN: Final = "plan"
"""The plan that ``compliance-tf plan`` saved, in a stack's folder."""

_LOCK: Final = ".lock"
_SYNTHESIS: Final = ".synthesis"
_SYNTHESIZED: Final = (CONFIGURATION, "metadata.json", "assets")
_POLL_SECONDS: Final = 0.2
_PATIENCE_SECONDS: Final = 0.5


@dataclass(frozen=True)
class WorkingFolder:
    """The folder for commands on one workspace of a project.

    Parameters
    ----------
    project
        The project's folder.
    workspace
        The Terraform workspace.

    Raises
    ------
    SettingError
        When a workspace's name cannot be part of a deployment's names.
    """

    project: Path
    workspace: str

    def __post_init__(self) -> None:
        if not re.fullmatch(NAME_PART, self.workspace):
            raise SettingError(
                f"The workspace '{self.workspace}' cannot be part of a name: give one made of a lower-case letter, "
                "then lower-case letters, digits and underscores."
            )

    @property
    def path(self) -> Path:
        """The path of the folder."""
        return self.project / OUTPUT / f"{WORKSPACE_PREFIX}{self.workspace}"

    @property
    def synthesis(self) -> Path:
        """The folder that the app is synthesized into."""
        return self.path / _SYNTHESIS

    def take_synthesized(self) -> None:
        """Move the synthesized files into the stacks' folders, and keep Terraform's files there."""
        manifest = json.loads((self.synthesis / MANIFEST).read_text(encoding="utf-8"))
        for stack, described in manifest["stacks"].items():
            target = self.path / stack
            if target.is_symlink():
                target.unlink()
            target.mkdir(exist_ok=True)
            for path in [*target.iterdir()]:
                # It would become part of the stack, and no guard has seen it.
                if path.name.endswith(READ_BY_TERRAFORM):
                    _remove(path)
            # A plan of what was synthesized before would not find its files, and not be the result of a failed command.
            _remove(target / PLAN)
            for name in _SYNTHESIZED:
                _remove(target / name)
                source = self.synthesis / described["workingDirectory"] / name
                if source.exists():
                    source.rename(target / name)
            described["workingDirectory"] = stack
        (self.path / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
        _remove(self.synthesis)

    def stacks(self) -> dict[str, Path]:
        """Find the stacks that were synthesized last.

        Returns
        -------
        dict[str, Path]
            Their folders by the stack's id, sorted by it.

        Raises
        ------
        CommandError
            When there are none.
        """
        path = self.path / MANIFEST
        if not path.is_file():
            raise CommandError(f"{path} does not exist: run `{command_line('plan', self.workspace)}` first.")
        return stack_folders(self.path)

    def saved_plans(self) -> dict[str, Path]:
        """Find the saved plans, of which each stack has one.

        Returns
        -------
        dict[str, Path]
            The files by the stack's id, sorted by it; they exist.

        Raises
        ------
        CommandError
            When one is missing.
        """
        plans = {stack: folder / PLAN for stack, folder in self.stacks().items()}
        for path in plans.values():
            if not path.is_file():
                raise CommandError(f"{path} does not exist: run `{command_line('plan', self.workspace)}` first.")
        return plans

    @contextmanager
    def locked(self, command: str, *, wait: bool, say: Callable[[str], None]) -> Iterator[int]:
        """Lock the workspace for one command.

        Parameters
        ----------
        command
            The command, for the messages of others.
        wait
            Whether to wait for another command to end; otherwise refuse at once.

        Yields
        ------
        int
            The file descriptor of the lock. A process that inherits it holds the lock as well.

        Raises
        ------
        CommandError
            When another command has the lock, and ``wait`` is false.
        """
        self.path.mkdir(parents=True, exist_ok=True)
        with (self.path / _LOCK).open("a+", encoding="utf-8") as file:
            started, has_said = time.monotonic(), False
            while not _try_lock(file.fileno()):
                if wait and not has_said and time.monotonic() - started > _PATIENCE_SECONDS:
                    say(f"Waiting for {self._holder(file.fileno())}, which works on the workspace '{self.workspace}'.")
                    has_said = True
                elif not wait:
                    raise CommandError(
                        f"{self._holder(file.fileno())} works on the workspace '{self.workspace}' in this folder: "
                        "try again when it has ended, or leave out --no-wait."
                    )
                time.sleep(_POLL_SECONDS)
            os.ftruncate(file.fileno(), 0)
            os.pwrite(file.fileno(), f"`{command}` (process {os.getpid()})".encode(), 0)
            yield file.fileno()

    def _holder(self, descriptor: int) -> str:
        return os.pread(descriptor, 200, 0).decode(errors="replace") or "Another command"


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
