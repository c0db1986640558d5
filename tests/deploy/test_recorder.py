"""The recorder is read before anything is made, and a plan that cannot work says what to do."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from compliance_tf.local import Behaviour, LocalAws
from compliance_tf.terraform import read_recorder
from tests.deploy.conftest import REGION, Project, record_everything

if TYPE_CHECKING:
    from pathlib import Path

APP = """
from compliance_tf import ComplianceStack, ManagedRule, RecorderSource, Workspaces, synthesize

def build(app):
    stack = ComplianceStack(app, "compliance", project="acme", region="eu-west-1", SETTINGS)
    ManagedRule(stack, "bucket-encrypted", identifier="S3_BUCKET_SERVER_SIDE_ENCRYPTION_ENABLED")
    ManagedRule(stack, "no-admin", identifier="IAM_POLICY_NO_STATEMENTS_WITH_ADMIN_ACCESS")
    ManagedRule(stack, "trail", identifier="CLOUD_TRAIL_ENABLED")

synthesize(build)
"""
NEEDED = ["AWS::IAM::Policy", "AWS::S3::Bucket"]


def app(settings: str = "") -> str:
    return APP.replace("SETTINGS", settings)


@pytest.fixture(scope="module")
def project(aws: LocalAws, tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = Project.create(tmp_path_factory.mktemp("recorder") / "app", aws.environment(region=REGION), app())
    project.select("dev")
    return project


def test_a_plan_without_a_recorder_fails_and_says_what_to_do(project: Project) -> None:
    output = project.failed_plan()
    assert "couldn't find resource" in output
    assert "turn on AWS Config in eu-west-1 or set recorder_name" in output


INCLUSION, EXCLUSION, ALL = "INCLUSION_BY_RESOURCE_TYPES", "EXCLUSION_BY_RESOURCE_TYPES", "ALL_SUPPORTED_RESOURCE_TYPES"


@pytest.mark.parametrize(
    ("group", "unrecorded"),
    [
        ({"allSupported": True, "includeGlobalResourceTypes": True}, []),
        ({"allSupported": True, "includeGlobalResourceTypes": False}, ["AWS::IAM::Policy"]),
        ({"allSupported": True, "includeGlobalResourceTypes": True, "recordingStrategy": {"useOnly": ALL}}, []),
        ({"resourceTypes": NEEDED, "recordingStrategy": {"useOnly": INCLUSION}}, []),
        ({"resourceTypes": ["AWS::S3::Bucket"], "recordingStrategy": {"useOnly": INCLUSION}}, ["AWS::IAM::Policy"]),
        ({"resourceTypes": ["AWS::EC2::Volume"]}, NEEDED),
        (
            {
                "exclusionByResourceTypes": {"resourceTypes": ["AWS::S3::Bucket"]},
                "recordingStrategy": {"useOnly": EXCLUSION},
            },
            ["AWS::S3::Bucket"],
        ),
        (
            {
                "exclusionByResourceTypes": {"resourceTypes": ["AWS::EC2::Volume"]},
                "recordingStrategy": {"useOnly": EXCLUSION},
            },
            [],
        ),
    ],
)
def test_a_plan_fails_when_the_recorder_leaves_out_a_type_that_a_rule_needs(
    project: Project, aws: LocalAws, group: dict[str, Any], unrecorded: list[str]
) -> None:
    record_everything(aws, **group)
    if not unrecorded:
        assert f"Plan: {project.resource_count()} to add" in project.terraform("plan", "-input=false")
        return
    output = project.failed_plan()
    rules = {"AWS::S3::Bucket": "bucket-encrypted", "AWS::IAM::Policy": "no-admin"}
    listing = "; ".join(f"{type_} (needed by {rules[type_]})" for type_ in unrecorded)
    assert f"The AWS Config recorder 'default' in eu-west-1 does not record {listing}. A rule" in output


@pytest.mark.parametrize(
    ("settings", "workspace", "message"),
    [
        (
            'workspaces=Workspaces(allowed=("dev", "prod"))',
            "test",
            "is not one of those that this stack may be deployed to: dev, prod.",
        ),
        ("", "a" * 21, "has 21 characters, and the names of this stack have room for 20"),
        ("max_workspace_length=5", "branch", "has 6 characters, and the names of this stack have room for 5"),
        ("", "pr-123", "cannot be part of a name"),
    ],
)
def test_a_plan_in_a_workspace_that_does_not_fit_fails_before_anything_is_read(
    aws: LocalAws, tmp_path: Path, settings: str, workspace: str, message: str
) -> None:
    project = Project.create(tmp_path / "app", aws.environment(region=REGION), app(settings))
    project.select(workspace)
    output = project.failed_plan()
    assert f"The workspace '{workspace}'" in output
    assert message in output
    assert "existing_recorder: Reading" not in output


def test_a_plan_without_credentials_fails_with_the_providers_advice(project: Project) -> None:
    keyless = {name: "" for name in project.variables if name.startswith("AWS_") and "KEY" in name}
    stranger = Project(project.folder, {**project.variables, **keyless, "HOME": str(project.folder)})
    output = re.sub(r"\s+", " ", stranger.terraform("plan", "-input=false", fails=True))
    assert "No valid credential sources found" in output
    assert "will be created" not in output


def test_where_cloud_control_lags_behind_the_error_names_the_setting_that_helps(tmp_path: Path) -> None:
    with LocalAws.start(behaviour=Behaviour(cloud_control_reads_recorder=False)) as aws:
        record_everything(aws)
        project = Project.create(tmp_path / "app", aws.environment(region=REGION), app())
        project.select("dev")
        output = project.failed_plan()
    assert "UnsupportedActionException" in output
    assert "set recorder_source=RecorderSource.CONFIG_API" in output


def test_the_program_that_reads_the_config_api_gives_what_cloud_control_gives(aws: LocalAws) -> None:
    group = {"resourceTypes": NEEDED, "recordingStrategy": {"useOnly": INCLUSION}}
    record_everything(aws, **group)
    by_cloud_control = aws.client("cloudcontrol", region=REGION).get_resource(
        TypeName="AWS::Config::ConfigurationRecorder", Identifier="default"
    )["ResourceDescription"]["Properties"]
    answer = run_program(aws, {"name": "default", "region": REGION})
    expected = json.loads(by_cloud_control)["RecordingGroup"]
    actual = json.loads(json.loads(answer.stdout)["properties"])["RecordingGroup"]
    for member in ("ResourceTypes", "RecordingStrategy"):
        assert actual[member] == expected[member]


def test_the_program_says_which_recorders_there_are(aws: LocalAws) -> None:
    record_everything(aws)
    answer = run_program(aws, {"name": "mine", "region": REGION})
    assert answer.returncode == 1
    assert answer.stdout == ""
    assert answer.stderr.startswith("There is no AWS Config recorder 'mine' in eu-west-1 (found: default). Turn on")


def run_program(aws: LocalAws, query: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run the program as Terraform does: by itself, with the query on standard input."""
    return subprocess.run(
        [sys.executable, "-I", str(read_recorder.__file__)],
        input=json.dumps(query),
        env={**os.environ, **aws.environment(region=REGION)},
        capture_output=True,
        text=True,
        check=False,
    )
