"""Accounts of a fleet on local AWS, each apart from all others, and the fleet's app."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.deploy.conftest import Project

if TYPE_CHECKING:
    from pathlib import Path

    from compliance_tf.local import LocalAws

CALLER = "000000000001"
ROLE = "ComplianceDeployer"

APP = """
from compliance_tf import ComplianceStack, LocalState, ManagedRule, Workspaces, synthesize

def build(app):
    stack = ComplianceStack(app, "compliance", project="acme", region="eu-west-1",
                            workspaces=Workspaces(allowed=("dev", "prod"), protected=()))
    ManagedRule(stack, "trail", identifier="CLOUD_TRAIL_ENABLED")
    ManagedRule(stack, "root", identifier="ROOT_ACCOUNT_MFA_ENABLED")

synthesize(build)
"""


def make_role(aws: LocalAws, account_id: str, trusts: str = CALLER) -> None:
    """Leave a role behind in an account, as its owner does; whoever is not trusted cannot assume it."""
    iam = aws.client("iam", account=account_id)
    if ROLE in {role["RoleName"] for role in iam.list_roles()["Roles"]}:
        iam.delete_role_policy(RoleName=ROLE, PolicyName="all")
        iam.delete_role(RoleName=ROLE)
    trust = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{trusts}:root"}, "Action": "sts:AssumeRole"}
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=_policy(trust))
    iam.put_role_policy(RoleName=ROLE, PolicyName="all", PolicyDocument=_policy(everything))


def make_recorder(aws: LocalAws, account_id: str, region: str) -> None:
    """Leave a recorder behind, as a landing zone does."""
    from compliance_tf.local import create_recorder

    create_recorder(aws.client("config", account=account_id, region=region), account=account_id)


def rules(aws: LocalAws, account_id: str, region: str) -> set[str]:
    """List the names of an account's Config rules in a region."""
    config = aws.client("config", account=account_id, region=region)
    return {rule["ConfigRuleName"] for rule in config.describe_config_rules()["ConfigRules"]}


def _policy(statement: dict[str, object]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@dataclass(frozen=True)
class FleetProject:
    """The fleet's app in a folder of its own.

    Parameters
    ----------
    project
        The app.
    """

    project: Project

    @classmethod
    def create(cls, aws: LocalAws, folder: Path, fleet: dict[str, object]) -> FleetProject:
        """Write the app and the fleet: what is JSON is YAML."""
        project = Project.write(folder, aws.environment(account=CALLER, region="eu-west-1"), APP)
        (folder / "fleet.yaml").write_text(json.dumps(fleet))
        return cls(project)

    def log_runs(self) -> Path:
        """Have each run of Terraform noted: its folder and its arguments, a line each in the file that is returned."""
        program = self.project.folder.parent / "logging" / "terraform"
        program.parent.mkdir()
        log = program.with_name("runs")
        real = shutil.which("terraform", path=self.project.environment["PATH"])
        program.write_text(f'#!/bin/sh\necho "$PWD $*" >>{log}\nexec {real} "$@"\n')
        program.chmod(0o755)
        self.project.variables["PATH"] = os.pathsep.join([str(program.parent), os.environ["PATH"]])
        return log

    def run(self, *command: str) -> tuple[int, str]:
        """Run a command; give its exit code and all that it printed."""
        completed = subprocess.run(
            ["compliance-tf", *command],
            cwd=self.project.folder,
            env=self.project.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        return completed.returncode, completed.stdout + completed.stderr
