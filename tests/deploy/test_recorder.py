"""The recorder is read before anything is made, and a plan that cannot work says what to do.

One plan is refused for all reasons, for each plan costs seconds: every reason has a module of its own below one root.
Which recorders and workspaces are refused is proven without plans, in ``test_recorder_conditions.py``; a plan without a
recorder that Cloud Control knows is in ``test_cli.py``, and a reading by the AWS Config API in ``test_module.py``.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from compliance_tf.local import Behaviour, LocalAws
from compliance_tf.terraform.module import module_of
from tests.deploy.conftest import REGION, Project, record_everything
from tests.deploy.deployers import POLICY, deployer
from tests.deploy.external_provider import mirror

if TYPE_CHECKING:
    from collections.abc import Iterator

APP = """
from compliance_tf import ComplianceStack, ManagedRule, RecorderSource, Workspaces, synthesize

STACKS = {
    "by-cloud-control": {},
    "by-config-api": {"recorder_source": RecorderSource.CONFIG_API},
    "mine": {"recorder_source": RecorderSource.CONFIG_API, "recorder_name": "mine"},
    "listed": {"recorder_source": RecorderSource.CONFIG_API, "workspaces": Workspaces(allowed=("dev", "prod"))},
    "short": {"max_workspace_length": 3},
}

def build(app):
    for number, (name, settings) in enumerate(STACKS.items()):
        stack = ComplianceStack(app, name, project=f"acm{number}", region="eu-west-1", **settings)
        ManagedRule(stack, "bucket-encrypted", identifier="S3_BUCKET_SERVER_SIDE_ENCRYPTION_ENABLED")
        ManagedRule(stack, "no-admin", identifier="IAM_POLICY_NO_STATEMENTS_WITH_ADMIN_ACCESS")
        ManagedRule(stack, "trail", identifier="CLOUD_TRAIL_ENABLED")

synthesize(build)
"""

WORKSPACE = "test"

EXPORTED = {
    "unrecorded": ("by-config-api", {}),
    "misnamed": ("mine", {}),
    "lagging": ("by-cloud-control", {}),
    "denied": ("by-cloud-control", {"providers": {"aws": "aws.denied"}}),
    "elsewhere": ("by-cloud-control", {"region": "us-east-1"}),
}
"""Modules that are exported, with their stacks and arguments."""

REFUSALS = {
    "unrecorded": "The AWS Config recorder 'default' in eu-west-1 does not record AWS::IAM::Policy (needed by "
    "no-admin); AWS::S3::Bucket (needed by bucket-encrypted). A rule",
    "misnamed": "There is no AWS Config recorder 'mine' in eu-west-1 (found: default). Turn on AWS Config there, or "
    "set recorder_name to the name of the existing recorder.",
    "lagging": "UnsupportedActionException",
    "denied": "config:DescribeConfigurationRecorders",
    "elsewhere": "The AWS provider of this module works in eu-west-1, and the variable region is us-east-1",
    "listed": "The workspace 'test' is not one of those that this stack may be deployed to: dev, prod.",
    "short": "The workspace 'test' has 4 characters, and the names of this stack have room for 3",
}


@pytest.fixture(scope="module")
def aws() -> Iterator[LocalAws]:
    """A local AWS whose Cloud Control cannot read a recorder."""
    with LocalAws.start(behaviour=Behaviour(cloud_control_reads_recorder=False)) as running:
        yield running


@pytest.fixture(scope="module")
def project(aws: LocalAws, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The app, with the external provider where Terraform finds it."""
    folder = tmp_path_factory.mktemp("recorder")
    variables = {**aws.environment(region=REGION), "TF_CLI_CONFIG_FILE": str(mirror.install(folder))}
    return Project.create(folder / "app", variables, APP)


def root_of(project: Project, denied: dict[str, str]) -> Path:
    """Write a root module with a module for each refusal: those of workspaces are stacks as they are."""
    root = project.folder / "root"
    modules: dict[str, Any] = {}
    for name, (stack, arguments) in EXPORTED.items():
        folder = root / name
        folder.mkdir(parents=True)
        module_of(project.stack_folder(stack)).write(folder)
        modules[name] = {"source": f"./{name}", "environment": "dev", "region": REGION, **arguments}
    for name in REFUSALS.keys() - EXPORTED.keys():
        path = project.stack_folder(name)
        configuration = json.loads(project.configuration(name))
        del configuration["provider"], configuration["terraform"]["backend"]
        (path / "cdk.tf.json").write_text(json.dumps(configuration))
        modules[name] = {"source": f"../{path.relative_to(project.folder)}"}
    keys = {"access_key": denied["AWS_ACCESS_KEY_ID"], "secret_key": denied["AWS_SECRET_ACCESS_KEY"]}
    providers = [{"region": REGION}, {"region": REGION, "alias": "denied", **keys}]
    (root / "main.tf.json").write_text(json.dumps({"module": modules, "provider": {"aws": providers}}))
    return root


def test_a_plan_that_cannot_work_fails_with_advice_before_anything_is_planned(project: Project, aws: LocalAws) -> None:
    record_everything(aws, resourceTypes=["AWS::EC2::Volume"])
    denied = deployer(aws, "denied", POLICY.replace('"config:DescribeConfigurationRecorders",', ""))
    (program,) = project.stack_folder("listed").rglob("read_recorder.py")
    program.write_text("raise SystemExit('the program ran')")
    root = root_of(project, denied)
    project.run("terraform", "init", "-input=false", folder=root)
    project.run("terraform", "workspace", "new", WORKSPACE, folder=root)

    output = project.run("terraform", "plan", "-json", "-input=false", folder=root, fails=True)
    messages = [json.loads(line) for line in output.splitlines()]
    diagnostics = [message["diagnostic"] for message in messages if message["type"] == "diagnostic"]
    # A condition that fails has no address, but the place where it stands.
    errors = {Path(one["range"]["filename"]).parent.name: f"{one['summary']} {one['detail']}" for one in diagnostics}
    read = {
        message["hook"]["resource"]["module"].removeprefix("module.")
        for message in messages
        if message.get("hook", {}).get("resource", {}).get("resource_name") == "existing_recorder"
    }

    assert len(diagnostics) == len(errors), diagnostics
    for name, refusal in REFUSALS.items():
        assert refusal in errors[name]
    (lagging,) = [one["address"] for one in diagnostics if "UnsupportedActionException" in one["summary"]]
    assert "set recorder_source=RecorderSource.CONFIG_API" in lagging
    assert read == REFUSALS.keys() - {"elsewhere", "listed", "short"}
    assert not [message for message in messages if message["type"] == "planned_change"]


@pytest.mark.long
def test_a_plan_without_credentials_fails_with_the_providers_advice(project: Project) -> None:
    keyless = {name: "" for name in project.variables if name.startswith("AWS_") and "KEY" in name}
    without = Project(project.folder, {**project.variables, **keyless, "HOME": str(project.folder)})
    without.select("dev", stack="by-cloud-control")
    output = re.sub(r"\s+", " ", without.terraform("plan", "-input=false", stack="by-cloud-control", fails=True))
    assert "No valid credential sources found" in output
    assert "will be created" not in output
