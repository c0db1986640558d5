"""What pipelines find: a repository, an account with its roles, and a forge that takes comments."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from compliance_tf.local import create_recorder
from compliance_tf.terraform.machine import Machine
from tests.deploy.conftest import REGION
from tests.deploy.workflows.cloud import ACCOUNT, BUCKET, Cloud
from tests.deploy.workflows.repository import Forge, check_out

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from compliance_tf.local import LocalAws
    from tests.deploy.workflows.answering import Answers, Program
    from tests.deploy.workflows.cloud import Provider

APP = f"""
from compliance_tf import ComplianceStack, ManagedRule, S3State, Workspaces, synthesize


def build(app):
    stack = ComplianceStack(
        app,
        "compliance",
        project="compliance",
        region="{REGION}",
        workspaces=Workspaces(allowed=("dev", "staging", "prod"), protected=("prod",)),
        state=S3State(bucket="{BUCKET}", region="{REGION}"),
    )
    ManagedRule(stack, "trail", identifier="CLOUD_TRAIL_ENABLED")
    ManagedRule(stack, "keys", identifier="ACCESS_KEYS_ROTATED", parameters={{"maxAccessKeyAge": 90}})


synthesize(build)
"""


@pytest.fixture(scope="module", autouse=True)
def pip(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Have pip do nothing: all is installed already, which it takes two seconds to see."""
    program = tmp_path_factory.mktemp("bin") / "pip"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", str(program.parent), prepend=os.pathsep)
        yield


@pytest.fixture
def answering(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Answers], Program]:
    """Have the jobs' commands answered so."""

    def install(answers: Answers) -> Program:
        monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
        return answers.install(tmp_path)

    return install


def prepared(aws: LocalAws, provider: Provider, folder: Path) -> tuple[Forge, Cloud]:
    """Do what the documentation says is done once, without Terraform: a repository, a recorder, roles and a bucket."""
    forge = Forge.create(folder / "forge", APP)
    cloud = Cloud(aws, provider).create()
    create_recorder(cloud.client("config"), account=ACCOUNT)
    return forge, cloud


def create_workspace(forge: Forge, cloud: Cloud, checkout: Path) -> None:
    """Make the workspace in the state, as the documentation says."""
    check_out(forge, checkout, "main")
    variables = {**cloud.unsigned(), **cloud.aws.environment(ACCOUNT, REGION), "PATH": os.environ["PATH"]}
    environment = Machine(variables, working_folder=checkout).environment()
    stack = checkout / "cdktf.out" / "stacks" / "compliance"
    for command, where in (
        ("python main.py", checkout),
        ("terraform init -input=false", stack),
        ("terraform workspace new dev", stack),
    ):
        subprocess.run(command.split(), cwd=where, env=environment, check=True, capture_output=True)
