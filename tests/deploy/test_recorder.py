"""The recorder is read before anything is made, and a plan that cannot work says what to do.

Which recorders and workspaces are refused is proven without plans, in ``test_recorder_conditions.py``; a plan without a
recorder is in ``test_cli.py``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.deploy.conftest import REGION, Project, record_everything

if TYPE_CHECKING:
    from compliance_tf.local import LocalAws

APP = """
from compliance_tf import ComplianceStack, ManagedRule, synthesize

def build(app):
    stack = ComplianceStack(app, "compliance", project="acme", region="eu-west-1")
    ManagedRule(stack, "bucket-encrypted", identifier="S3_BUCKET_SERVER_SIDE_ENCRYPTION_ENABLED")
    ManagedRule(stack, "no-admin", identifier="IAM_POLICY_NO_STATEMENTS_WITH_ADMIN_ACCESS")
    ManagedRule(stack, "trail", identifier="CLOUD_TRAIL_ENABLED")

synthesize(build)
"""


@pytest.fixture(scope="module")
def project(aws: LocalAws, tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = Project.create(tmp_path_factory.mktemp("recorder") / "app", aws.environment(region=REGION), APP)
    project.select("dev")
    return project


def test_a_plan_fails_when_the_recorder_leaves_out_a_type_that_a_rule_needs(project: Project, aws: LocalAws) -> None:
    record_everything(aws, resourceTypes=["AWS::EC2::Volume"])
    assert (
        "The AWS Config recorder 'default' in eu-west-1 does not record AWS::IAM::Policy (needed by no-admin); "
        "AWS::S3::Bucket (needed by bucket-encrypted). A rule"
    ) in project.failed_plan()


def test_a_plan_in_a_workspace_that_does_not_fit_fails_before_anything_is_read(project: Project) -> None:
    project.select("pr-123")
    output = project.failed_plan()
    project.select("dev")
    assert "The workspace 'pr-123' cannot be part of a name" in output
    assert "existing_recorder: Reading" not in output


def test_a_plan_without_credentials_fails_with_the_providers_advice(project: Project) -> None:
    keyless = {name: "" for name in project.variables if name.startswith("AWS_") and "KEY" in name}
    without = Project(project.folder, {**project.variables, **keyless, "HOME": str(project.folder)})
    output = re.sub(r"\s+", " ", without.terraform("plan", "-input=false", fails=True))
    assert "No valid credential sources found" in output
    assert "will be created" not in output
