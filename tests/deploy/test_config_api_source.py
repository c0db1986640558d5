"""Where Cloud Control cannot read a recorder, the AWS Config API can.

That a plan refuses the same recorders is proven without plans, in ``test_recorder_conditions.py``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from compliance_tf.local import Behaviour, LocalAws
from tests.deploy import account
from tests.deploy.conftest import REGION, Project, record_everything
from tests.deploy.external_provider import mirror

if TYPE_CHECKING:
    from collections.abc import Iterator

APP = """
from compliance_tf import ComplianceStack, ManagedRule, RecorderSource, Workspaces, synthesize

def build(app):
    other = ComplianceStack(app, "by-cloud-control", project="other", region="eu-west-1")
    ManagedRule(other, "trail", identifier="CLOUD_TRAIL_ENABLED")
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
    """The app, with the external provider where Terraform finds it."""
    folder = tmp_path_factory.mktemp("config_api")
    variables = {**aws.environment(region=REGION), "TF_CLI_CONFIG_FILE": str(mirror.install(folder))}
    project = Project.create(folder / "app", variables, APP)
    project.select("dev")
    return project


def test_a_recorder_of_everything_is_read_and_stays_as_it_is(project: Project, aws: LocalAws) -> None:
    record_everything(aws)
    before = account.describe(aws, REGION)
    planned = project.terraform("plan", "-input=false")
    assert f"Plan: {project.resource_count()} to add, 0 to change, 0 to destroy." in planned
    assert "Warning" not in planned
    assert account.describe(aws, REGION) == before


def test_where_cloud_control_lags_behind_the_error_names_the_setting_that_helps(
    project: Project, aws: LocalAws
) -> None:
    record_everything(aws)
    project.select("dev", stack="by-cloud-control")
    output = project.failed_plan(stack="by-cloud-control")
    assert "UnsupportedActionException" in output
    assert "set recorder_source=RecorderSource.CONFIG_API" in output


def test_without_a_recorder_the_plan_fails_with_the_programs_advice(project: Project, aws: LocalAws) -> None:
    record_everything(aws)
    aws.client("config", region=REGION).delete_configuration_recorder(ConfigurationRecorderName="default")
    assert (
        "There is no AWS Config recorder 'default' in eu-west-1 (found: none). Turn on AWS Config there, or set "
        "recorder_name to the name of the existing recorder."
    ) in project.failed_plan()


def test_a_workspace_that_is_not_allowed_fails_before_the_program_runs(project: Project, aws: LocalAws) -> None:
    record_everything(aws)
    (program,) = project.stack_folder().rglob("read_recorder.py")
    program.write_text("raise SystemExit('the program ran')")
    project.select("test")
    output = project.failed_plan()
    assert "The workspace 'test' is not one of those that this stack may be deployed to: dev, prod." in output
    assert "existing_recorder: Reading" not in output
    assert "the program ran" not in output
