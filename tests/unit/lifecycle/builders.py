"""A project whose app writes what a test says, and a Terraform that notes what it is asked for."""

from __future__ import annotations

import json
import os
import shlex
import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from compliance_tf.lifecycle.commands import Project
from compliance_tf.lifecycle.person import Person
from compliance_tf.terraform.machine import Machine
from tests.unit.review.builders import DEPLOYMENT, output, plan_json

if TYPE_CHECKING:
    from pathlib import Path

# Both are started for every command of every test: a shell starts ten times as fast as Python.
_APP = """mkdir -p "$CDKTF_OUTDIR" && cp -R synthesized/. "$CDKTF_OUTDIR"
"""

_TERRAFORM = r"""#!/bin/sh
set -e
home={home} here=${{PWD##*/}} command=$1 line="${{PWD##*/}}	$1	$TF_WORKSPACE" file= kind=plan bold="\033[1m"
shift
for option; do
    last=$option
    case $option in
        -no-color) bold= ;;
        -out=*) file=${{option#-out=}} ;;
        -destroy) kind=destruction ;;
    esac
done
echo "$line" >>"$home/asked"
if [ -e "$home/$command-fails" ]; then
    cat "$home/$command-fails" >&2
    exit 1
fi
case $command in
    init)
        if [ -e .terraform.lock.hcl ]; then
            cp .terraform.lock.hcl "$home/initialized"
        else
            mkdir -p .terraform
            cp "$home/lock" .terraform.lock.hcl
        fi ;;
    workspace) echo "* default"; cat "$home/workspaces" ;;
    console) base64 -w0 "$home/conditions" ;;
    plan)
        if [ -e recover.tf.json ]; then
            kind=recovery
            cp recover.tf.json "$home/imports"
        fi
        cp "$home/$kind-$here.json" "$file"
        printf "${{bold}}the plan of $here \033[31mas a value has it\n" ;;
    show)
        case $last in
            -json) echo "{{}}" ;;
            *) cat "$last" ;;
        esac ;;
    state) if [ "$last" = pull ] && [ -e "$home/state" ]; then cat "$home/state"; fi ;;
esac
"""


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
    return {
        "output": {"deployment": {"value": said}},
        "data": {"aws_cloudcontrolapi_resource": {"existing_recorder": {"lifecycle": {"precondition": []}}}},
    }


def plan_of(*, workspace: str = "dev", region: str = "eu-west-1", **members: Any) -> dict[str, Any]:
    """A plan that changes something of a deployment, as the JSON of Terraform."""
    plan = plan_json()
    plan["resource_changes"][0]["change"] |= {"actions": ["update"]}
    plan["configuration"]["provider_config"]["aws"]["expressions"]["region"] = {"constant_value": region}
    plan["output_changes"]["deployment"] = output({**DEPLOYMENT, "region": region, "workspace": workspace})
    return {**plan, **members}


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
        (path / "app.sh").write_text(_APP)
        (path / "cdktf.json").write_text('{"app": "sh app.sh"}')
        fake.synthesizes({stack: configuration(region=region) for stack, region in regions.items()})
        program = path / "bin" / "terraform"
        program.parent.mkdir()
        program.write_text(_TERRAFORM.format(home=shlex.quote(str(path))))
        program.chmod(0o755)
        (path / "lock").write_text(_LOCK)
        fake.workspaces("dev")
        fake.refuse()
        for stack, region in regions.items():
            fake.plans(stack, plan_of(region=region))
        return fake

    @property
    def machine(self) -> Machine:
        """What it runs on: Terraform is found in the project."""
        path = f"{self.path}/bin{os.pathsep}{os.environ['PATH']}"
        return Machine({"PATH": path, **self.variables}, working_folder=self.path)

    def project(self, workspace: str = "dev", *, approves: bool = True, waits: bool = True) -> Project:
        """Return the project set up for a workspace."""
        person = Person(self.shown.append, self.said.append, approves=approves, waits=waits)
        return Project(self.machine, self.path, workspace, person)

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
