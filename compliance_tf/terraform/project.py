"""Plans, deploys and destroys the stacks of this folder's app in a Terraform workspace, by cdktf."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from compliance_tf.errors import CommandError, ComplianceError
from compliance_tf.terraform.machine import AWS_PROVIDER_VERSION, MIRROR_VARIABLE, Machine, read, run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

OUTPUT = "cdktf.out"

# It would ask the registry for checksums of other platforms even where a mirror holds the provider.
_OPTIONS = ("--skip-synth", "--skip-provider-lock")


class Project:
    """The app in a folder, ready to be worked on in one workspace.

    Parameters
    ----------
    machine
        What it runs on.
    folder
        Where its ``cdktf.json`` stands.
    workspace
        The Terraform workspace, which is made if it does not exist.
    on_line
        Takes each line that cdktf prints, which then does not go to the terminal.
    """

    def __init__(
        self, machine: Machine, folder: Path, workspace: str, on_line: Callable[[str], None] | None = None
    ) -> None:
        self._on_line = on_line
        self._environment = machine.environment()
        self._folder = folder
        self._workspace = workspace
        self._stacks = self._prepare()

    def plan(self) -> None:
        """Show what a deployment would change. The plan stays in ``cdktf.out/stacks/<stack>/plan``."""
        self._cdktf("diff")

    def deploy(self, *, auto_approve: bool) -> None:
        """Deploy all stacks.

        Raises
        ------
        ComplianceError
            When it is to ask before anything is changed, and there is no terminal.
        """
        self._cdktf("deploy", *_approval(auto_approve=auto_approve))

    def destroy(self, *, auto_approve: bool) -> None:
        """Destroy all stacks; the workspace itself stays.

        Raises
        ------
        ComplianceError
            When the workspace is protected: AWS would refuse to delete the table after all else is gone. Also when
            it is to ask before anything is changed, and there is no terminal.
        """
        if tables := sorted(self._protected_tables()):
            raise ComplianceError(
                f"The workspace '{self._workspace}' is protected, and with it the table {', '.join(tables)}: take it "
                "out of Workspaces(protected=...), deploy once, and destroy it then."
            )
        self._cdktf("destroy", *_approval(auto_approve=auto_approve))

    def _prepare(self) -> list[str]:
        run(["cdktf", "synth"], environment=self._environment, folder=self._folder, on_line=self._on_line)
        manifest = json.loads((self._folder / OUTPUT / "manifest.json").read_text())
        stacks = sorted(manifest["stacks"])
        for stack in stacks:
            self._initialize(stack)
            self._terraform(stack, "workspace", "select", "-or-create", self._workspace)
        return stacks

    def _initialize(self, stack: str) -> None:
        try:
            self._terraform(stack, "init", "-input=false")
        except CommandError as error:
            if "provider packages" not in str(error):
                raise
            raise CommandError(
                f"Terraform found no AWS provider {AWS_PROVIDER_VERSION}: connect to the registry, or name a folder "
                f"that mirrors it in {MIRROR_VARIABLE}. It said:\n{error}"
            ) from error

    def _protected_tables(self) -> Iterator[str]:
        for stack in self._stacks:
            state = json.loads(self._terraform(stack, "show", "-json"))
            for resource in state.get("values", {}).get("root_module", {}).get("resources", []):
                if resource["type"] == "aws_dynamodb_table" and resource["values"]["deletion_protection_enabled"]:
                    yield resource["values"]["name"]

    def _cdktf(self, command: str, *options: str) -> None:
        line = ["cdktf", command, *self._stacks, *_OPTIONS, *options]
        run(line, environment=self._environment, folder=self._folder, on_line=self._on_line)

    def _terraform(self, stack: str, *arguments: str) -> str:
        folder = self._folder / OUTPUT / "stacks" / stack
        return read(["terraform", *arguments], environment=self._environment, folder=folder)


def _approval(*, auto_approve: bool) -> list[str]:
    if auto_approve:
        return ["--auto-approve"]
    if not sys.stdin.isatty():
        raise ComplianceError("Nobody is there to approve the changes: use a terminal, or --auto-approve.")
    return []
