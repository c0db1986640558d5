"""Where Cloud Control cannot read a recorder, the AWS Config API can, and the plan refuses the same recorders."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from compliance_tf.local import Behaviour, LocalAws
from tests.deploy import account
from tests.deploy.conftest import REGION, Project, record_everything
from tests.deploy.external_provider import mirror

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

APP = """
from compliance_tf import ComplianceStack, ManagedRule, RecorderSource, Workspaces, synthesize

def build(app):
    stack = ComplianceStack(
        app, "compliance", project="acme", region="eu-west-1", recorder_source=RecorderSource.CONFIG_API,
        workspaces=Workspaces(allowed=("dev", "prod")),
    )
    ManagedRule(stack, "bucket-encrypted", identifier="S3_BUCKET_SERVER_SIDE_ENCRYPTION_ENABLED")
    ManagedRule(stack, "no-admin", identifier="IAM_POLICY_NO_STATEMENTS_WITH_ADMIN_ACCESS")
    ManagedRule(stack, "trail", identifier="CLOUD_TRAIL_ENABLED")

synthesize(build)
"""


@pytest.fixture(scope="module")
def aws() -> Iterator[LocalAws]:
    """A local AWS whose Cloud Control cannot read a recorder."""
    with LocalAws.start(behaviour=Behaviour(cloud_control_reads_recorder=False)) as running:
        yield running


@pytest.fixture(scope="module")
def project(aws: LocalAws, tmp_path_factory: pytest.TempPathFactory) -> Project:
    folder = tmp_path_factory.mktemp("config_api")
    project = create(folder, aws)
    project.select("dev")
    return project


def create(folder: Path, aws: LocalAws) -> Project:
    """Write and synthesize the app, with the external provider where Terraform finds it."""
    configuration = mirror.install(folder)
    return Project.create(
        folder / "app", {**aws.environment(region=REGION), "TF_CLI_CONFIG_FILE": str(configuration)}, APP
    )


def test_deployed_with_a_recorder_of_everything_it_stays_as_it_is_and_leaves_nothing_behind(
    project: Project, aws: LocalAws
) -> None:
    record_everything(aws)
    before = account.describe(aws, REGION)

    assert f"Apply complete! Resources: {project.resource_count()} added" in (applied := project.apply("dev"))
    assert set(account.describe(aws, REGION)["config rule"]) == {
        "acme-dev-bucket-encrypted",
        "acme-dev-no-admin",
        "acme-dev-trail",
    }
    planned = project.terraform("plan", "-detailed-exitcode", "-input=false")
    assert "No changes." in planned
    assert f"Destroy complete! Resources: {project.resource_count()} destroyed" in (destroyed := project.destroy("dev"))
    assert "Warning" not in applied + planned + destroyed
    assert account.describe(aws, REGION) == before


def test_without_a_recorder_the_plan_fails_with_the_programs_advice(project: Project, aws: LocalAws) -> None:
    record_everything(aws)
    aws.client("config", region=REGION).delete_configuration_recorder(ConfigurationRecorderName="default")
    assert (
        "There is no AWS Config recorder 'default' in eu-west-1 (found: none). Turn on AWS Config there, or set "
        "recorder_name to the name of the existing recorder."
    ) in project.failed_plan()


def test_a_recorder_that_leaves_out_a_needed_type_fails_the_plan(project: Project, aws: LocalAws) -> None:
    record_everything(aws, resourceTypes=["AWS::IAM::Policy"])
    assert (
        "The AWS Config recorder 'default' in eu-west-1 does not record AWS::S3::Bucket (needed by bucket-encrypted). "
        "A rule"
    ) in project.failed_plan()


def test_a_workspace_that_is_not_allowed_fails_before_the_program_runs(aws: LocalAws, tmp_path: Path) -> None:
    record_everything(aws)
    project = create(tmp_path, aws)
    (program,) = project.stack_folder().rglob("read_recorder.py")
    program.write_text("raise SystemExit('the program ran')")
    project.select("test")
    output = project.failed_plan()
    assert "The workspace 'test' is not one of those that this stack may be deployed to: dev, prod." in output
    assert "existing_recorder: Reading" not in output
    assert "the program ran" not in output

    project.select("dev")
    assert "the program ran" in project.failed_plan()
