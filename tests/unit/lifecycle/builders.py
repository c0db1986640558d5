"""A project whose app writes what a test says, and a Terraform that notes what it is asked for."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from compliance_tf.errors import CommandError
from compliance_tf.lifecycle import session
from compliance_tf.lifecycle.commands import Project
from compliance_tf.lifecycle.person import Person
from compliance_tf.model.allow_list import RECORDER_TYPE
from compliance_tf.terraform.machine import Machine
from compliance_tf.terraform.programs import Programs
from tests.unit.review.builders import DEPLOYMENT, output, plan_json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pytest

_BIN = "fake-bin"
_APP = 'cp -R synthesized/. "$CDKTF_OUTDIR"'

_LOCK = """provider "registry.terraform.io/hashicorp/aws" {
  version = "5.100.0"
  hashes = [
    "h1:edXOJWE4ORX8Fm+dpVpICzMZJat4AX0VRCAy/xkcOc0=",
  ]
}
"""


def configuration(project: str = "acme", region: str = "eu-west-1") -> dict[str, Any]:
    """As much of a synthesized stack as commands read."""
    said = {**DEPLOYMENT, "project": project, "region": region, "workspace": "${terraform.workspace}"}
    reading = {"type_name": RECORDER_TYPE, "lifecycle": {"precondition": []}}
    return {
        "output": {"deployment": {"value": said}},
        "data": {"aws_cloudcontrolapi_resource": {"existing_recorder": reading}},
    }


def plan_of(*, workspace: str = "dev", region: str = "eu-west-1", **members: Any) -> dict[str, Any]:
    """A plan that changes something of a deployment, as the JSON of Terraform."""
    plan = plan_json()
    plan["resource_changes"][0]["change"] |= {"actions": ["update"]}
    plan["configuration"]["provider_config"]["aws"]["expressions"]["region"] = {"constant_value": region}
    plan["output_changes"]["deployment"] = output({**DEPLOYMENT, "region": region, "workspace": workspace})
    return {**plan, **members}


class FakePrograms(Programs):
    """A runner that does what the app and the Terraform of a :class:`FakeProject` would, and starts other programs."""

    def run(
        self,
        command: Sequence[str],
        *,
        folder: Path,
        waiting_for: str,
        visible: bool = False,
        variables: Mapping[str, str] | None = None,
    ) -> str:
        environment = {**self.environment, **(variables or {})}
        if command[-1] == _APP:
            shutil.copytree(folder / "synthesized", environment["CDKTF_OUTDIR"])
            return ""
        if not _is_terraform(command):
            return super().run(command, folder=folder, waiting_for=waiting_for, visible=visible, variables=variables)
        done = _terraform(command, environment, folder)
        for line in done.stdout.splitlines() if visible else ():
            self.show(line)
        if done.returncode:
            raise CommandError(done.stderr.strip())
        return done.stdout.strip()


def without_processes(patch: pytest.MonkeyPatch) -> None:
    """Have commands run the Terraform of a :class:`FakeProject` in this process.

    Starting a process takes longer than all else that a command does here. ``tests/unit/terraform`` has the tests of
    starting one, and ``tests/deploy`` those of the real Terraform.
    """
    run = subprocess.run

    def fake_run(command: Sequence[str], **options: Any) -> subprocess.CompletedProcess[str]:
        if _is_terraform(command):
            return _terraform(command, options["env"], Path(options["cwd"]))
        return run(command, **options)

    patch.setattr(subprocess, "run", fake_run)
    patch.setattr(session, "Programs", FakePrograms)


def _is_terraform(command: Sequence[str]) -> bool:
    return Path(command[0]).parent.name == _BIN


def _terraform(
    arguments: Sequence[str], environment: Mapping[str, str], folder: Path
) -> subprocess.CompletedProcess[str]:
    """Do what Terraform is asked for, in the folder of a stack."""
    program, command, *options = arguments
    home = Path(program).parents[1]
    with (home / "asked").open("a") as log:
        log.write(f"{folder.name}\t{command}\t{environment.get('TF_WORKSPACE', '')}\n")
    failure = home / f"{command}-fails"
    if failure.exists():
        return subprocess.CompletedProcess(arguments, 1, "", failure.read_text())
    written = ""
    match command:
        case "init":
            lock = folder / ".terraform.lock.hcl"
            if lock.exists():
                shutil.copy(lock, home / "initialized")
            else:
                (folder / ".terraform").mkdir(exist_ok=True)
                shutil.copy(home / "lock", lock)
        case "workspace":
            written = f"* default\n{(home / 'workspaces').read_text()}"
        case "console":
            written = base64.b64encode((home / "conditions").read_bytes()).decode()
        case "plan":
            written = _plan(home, options, folder)
        case "show":
            written = "{}" if options[-1] == "-json" else (folder / options[-1]).read_text()
        case "state" if options[-1] == "pull" and (home / "state").exists():
            written = (home / "state").read_text()
    return subprocess.CompletedProcess(arguments, 0, written, "")


def _plan(home: Path, options: Sequence[str], folder: Path) -> str:
    kind = "destruction" if "-destroy" in options else "plan"
    imports = folder / "recover.tf.json"
    if imports.exists():
        kind = "recovery"
        shutil.copy(imports, home / "imports")
    (file,) = (option.removeprefix("-out=") for option in options if option.startswith("-out="))
    shutil.copy(home / f"{kind}-{folder.name}.json", folder / file)
    bold = "" if "-no-color" in options else "\033[1m"
    return f"{bold}the plan of {folder.name} \033[31mas a value has it\n"


def state_of_caller(account: str) -> dict[str, Any]:
    """What a state has of the credentials of the last deployment."""
    return {"mode": "data", "type": "aws_caller_identity", "instances": [{"attributes": {"account_id": account}}]}


@dataclass
class FakeProject:
    """A project in a folder.

    Parameters
    ----------
    path
        The folder.
    variables
        The environment of its commands, beside PATH.
    said, shown
        What commands said and showed.
    """

    path: Path
    variables: dict[str, str] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)

    @classmethod
    def create(cls, path: Path, **regions: str) -> FakeProject:
        """Make one with a stack for each region, by its id; of ``compliance`` alone unless any is given."""
        fake = cls(path)
        regions = regions or {"compliance": "eu-west-1"}
        fake.runs(_APP)
        fake.synthesizes({stack: configuration(region=region) for stack, region in regions.items()})
        program = path / _BIN / "terraform"
        program.parent.mkdir()
        program.touch(0o755)
        (path / "lock").write_text(_LOCK)
        fake.workspaces("dev")
        fake.refuse()
        for stack, region in regions.items():
            fake.plans(stack, plan_of(region=region))
        return fake

    @property
    def machine(self) -> Machine:
        """What it runs on: Terraform is found in the project."""
        path = f"{self.path}/{_BIN}{os.pathsep}{os.environ['PATH']}"
        return Machine({"PATH": path, **self.variables}, working_folder=self.path)

    def project(self, workspace: str = "dev", *, approves: bool = True, waits: bool = True) -> Project:
        """Return the project set up for a workspace."""
        person = Person(self.shown.append, self.said.append, approves=approves, waits=waits)
        return Project(self.machine, self.path, workspace, person)

    def runs(self, app: str) -> None:
        """Say what runs the app."""
        (self.path / "cdktf.json").write_text(json.dumps({"app": app}))

    def synthesizes(self, stacks: dict[str, Any]) -> None:
        """Say what the app makes: the configuration of each stack."""
        output = self.path / "synthesized"
        shutil.rmtree(output, ignore_errors=True)
        for stack, written in stacks.items():
            folder = output / "stacks" / stack
            folder.mkdir(parents=True)
            (folder / "cdk.tf.json").write_text(json.dumps(written))
        manifest = {"stacks": {stack: {"workingDirectory": f"stacks/{stack}"} for stack in stacks}}
        (output / "manifest.json").write_text(json.dumps(manifest))

    def workspaces(self, *names: str) -> None:
        """Say which workspaces the state has beside ``default``."""
        (self.path / "workspaces").write_text("".join(f"  {name}\n" for name in names))

    def refuse(self, *sentences: str) -> None:
        """Say what the app's conditions refuse about a workspace."""
        conditions = [{"condition": False, "error_message": sentence} for sentence in sentences]
        (self.path / "conditions").write_text(json.dumps(conditions))

    def plans(self, stack: str, plan: dict[str, Any], kind: str = "plan") -> None:
        """Say what Terraform plans for a stack."""
        (self.path / f"{kind}-{stack}.json").write_text(json.dumps(plan))

    def has_state(self, **members: Any) -> None:
        """Say what the state has: ``outputs``, ``resources``."""
        (self.path / "state").write_text(json.dumps({"version": 4, **members}))

    def fails(self, command: str, errors: str) -> None:
        """Have a command of Terraform's fail."""
        (self.path / f"{command}-fails").write_text(errors)

    def asked(self, *commands: str) -> list[tuple[str, str, str]]:
        """What Terraform was asked for: the stack, the command and the workspace."""
        log = self.path / "asked"
        lines = [line.split("\t") for line in log.read_text().splitlines()] if log.exists() else []
        return [(here, command, workspace) for here, command, workspace in lines if command in commands]

    def lock(self) -> str:
        """The dependency lock file that the last command left."""
        return self.saved_plan().with_name(".terraform.lock.hcl").read_text()

    def lock_at_initialization(self) -> str:
        """The dependency lock file that Terraform found when it was initialized last."""
        return (self.path / "initialized").read_text()

    def saved_plan(self, stack: str = "compliance", workspace: str = "dev") -> Path:
        """Where the saved plan of a stack is."""
        return self.path / "cdktf.out" / f"workspace-{workspace}" / stack / "plan"
