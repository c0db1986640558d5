"""Real Terraform with the real AWS provider, on local AWS."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from compliance_tf.local import LocalAws, create_recorder
from compliance_tf.terraform import checksums
from compliance_tf.terraform.machine import Machine
from tests.repository import REPOSITORY

if TYPE_CHECKING:
    from pathlib import Path

REGION = "eu-west-1"


@dataclass(frozen=True)
class Project:
    """A copy of this repository's app in a folder of its own, with the state that it makes there.

    Parameters
    ----------
    folder
        Where it stands.
    variables
        The environment variables that lead to local AWS.
    """

    folder: Path
    variables: dict[str, str]

    @classmethod
    def create(cls, folder: Path, variables: dict[str, str], app: str | None = None) -> Project:
        """Write the app, by default this repository's main.py, and synthesize it."""
        text = app if app is not None else (REPOSITORY / "main.py").read_text()
        project = cls.write(folder, variables, text)
        project.run("python", "main.py")
        return project

    @classmethod
    def write(cls, folder: Path, variables: dict[str, str], app: str) -> Project:
        """Write an app for commands that synthesize it themselves."""
        folder.mkdir(exist_ok=True)
        (folder / "main.py").write_text(app)
        settings = json.loads((REPOSITORY / "cdktf.json").read_text())
        (folder / "cdktf.json").write_text(json.dumps({**settings, "app": f"{sys.executable} main.py"}))
        return cls(folder, variables)

    @property
    def environment(self) -> dict[str, str]:
        """The environment of its commands."""
        # An installation may be that of another checkout.
        path = os.pathsep.join([str(REPOSITORY), str(REPOSITORY / "lambda_src")])
        variables = {**os.environ, "PYTHONPATH": path, "TF_CLI_ARGS": "-no-color", **self.variables}
        return Machine(variables, working_folder=self.folder).environment()

    def stack_folder(self, stack: str = "compliance") -> Path:
        """Where Terraform runs."""
        return self.folder / "cdktf.out" / "stacks" / stack

    def configuration(self, stack: str = "compliance") -> str:
        """The synthesized Terraform JSON."""
        return (self.stack_folder(stack) / "cdk.tf.json").read_text()

    def resource_count(self, stack: str = "compliance") -> int:
        """Count the resources that the configuration declares."""
        return sum(len(named) for named in json.loads(self.configuration(stack))["resource"].values())

    def run(self, *command: str, folder: Path | None = None, fails: bool = False) -> str:
        """Run a command to its end, check its exit code, and give what it printed."""
        completed = subprocess.run(
            command,
            cwd=folder or self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        output = completed.stdout + completed.stderr
        assert (completed.returncode != 0) == fails, f"{command} ended with {completed.returncode}:\n{_end(output)}"
        return output

    def terraform(self, *arguments: str, stack: str = "compliance", fails: bool = False) -> str:
        """Run Terraform in the stack's folder."""
        return self.run("terraform", *arguments, folder=self.stack_folder(stack), fails=fails)

    def failed_plan(self, stack: str = "compliance") -> str:
        """The output of a plan that must fail once and make nothing, as one line, for Terraform breaks lines."""
        output = self.terraform("plan", "-input=false", stack=stack, fails=True)
        assert output.count("Error: ") == 1, output
        assert "will be created" not in output
        return re.sub(r"\s+", " ", output)

    def select(self, workspace: str, stack: str = "compliance") -> None:
        """Go to a workspace, and initialize the folder unless that was done for the same backend and providers."""
        folder = self.stack_folder(stack)
        settings = json.dumps(json.loads(self.configuration(stack))["terraform"], sort_keys=True)
        initialized = folder / ".terraform" / "settings.json"
        if not initialized.exists() or initialized.read_text() != settings:
            self.terraform("init", "-input=false", stack=stack)
            initialized.write_text(settings)
            checksums.forget(folder)  # each command would read 700 MB to compare them
        selected = folder / ".terraform" / "environment"
        if not selected.exists() or selected.read_text() != workspace:
            self.terraform("workspace", "select", "-or-create", workspace, stack=stack)

    def apply(self, workspace: str, stack: str = "compliance") -> str:
        """Deploy to a workspace."""
        self.select(workspace, stack)
        return self.terraform("apply", "-auto-approve", "-input=false", stack=stack)

    def destroy(self, workspace: str, stack: str = "compliance") -> str:
        """Destroy what is deployed to a workspace."""
        self.select(workspace, stack)
        return self.terraform("destroy", "-auto-approve", "-input=false", stack=stack)


def _end(output: str) -> str:
    """Cut what was printed to the failure: a log that is cut itself would show the plan instead."""
    lines = output.splitlines()
    first_error = next((number for number, line in enumerate(lines) if "Error" in line), len(lines))
    return "\n".join(lines[max(0, min(first_error - 2, len(lines) - 30)) :][:80])


@pytest.fixture(scope="module")
def aws(local_aws: LocalAws) -> LocalAws:
    """A local AWS without anything in it, for one module of tests."""
    return local_aws


def record_everything(aws: LocalAws, region: str = REGION, **group: Any) -> None:
    """Leave a recorder behind as a landing zone does; it records everything unless a recording group is given."""
    create_recorder(aws.client("config", region=region), recording_group=group or None)
