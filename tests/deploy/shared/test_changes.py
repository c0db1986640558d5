"""One change of a deployment: waivers are taken back, tags and settings are other ones, and a function is replaced."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from compliance_runtime.check import Compliance
from tests.deploy.conftest import REGION, Project
from tests.deploy.shared.deployed import BY_TAG, CHANGED
from tests.deploy.shared.violating import results, tickets

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from tests.deploy.shared.deployed import Deployed

pytestmark = pytest.mark.changes_deployment

FUNCTIONS = ("compliance-prod-evaluate", "compliance-prod-trigger")


@dataclass(frozen=True)
class Change:
    """What was there before the change, and what Terraform said of it."""

    began: dict[str, datetime]
    invoked: list[tuple[list[str], int]]
    output: str


@pytest.fixture(scope="module")
def change(violations: Deployed) -> Change:
    """Remove one function as a person does, behind Terraform's back, and have Terraform replace another one."""
    violations.reconcile()
    functions = violations.aws.client("lambda", region=REGION)
    began = {one.resource.id: one.since for one in results(violations)}
    invoked = [settings(functions, name) for name in FUNCTIONS]
    _, removed = FUNCTIONS
    functions.delete_function(FunctionName=removed)
    with pytest.raises(ClientError):
        functions.get_policy(FunctionName=removed)
    blocks = json.loads(violations.project.configuration())["resource"]["aws_lambda_function"]
    (evaluate,) = [name for name, block in blocks.items() if block["handler"].endswith(".evaluate")]
    return Change(began, invoked, violations.redeploy(BY_TAG, replaced=f"aws_lambda_function.{evaluate}"))


def settings(functions: Any, name: str) -> tuple[list[str], int]:
    """Who may invoke a function, and how often it is tried again."""
    policy = json.loads(functions.get_policy(FunctionName=name)["Policy"])
    retries = functions.get_function_event_invoke_config(FunctionName=name)
    return [statement["Sid"] for statement in policy["Statement"]], retries["MaximumRetryAttempts"]


def test_what_aws_removes_with_a_function_is_made_again(change: Change, deployed: Deployed) -> None:
    functions = deployed.aws.client("lambda", region=REGION)

    assert [settings(functions, name) for name in FUNCTIONS] == change.invoked


def test_a_waiver_that_is_taken_back_leaves_the_violation_with_its_verdict(change: Change, deployed: Deployed) -> None:
    assert "waivers_expiring_soon = []" in change.output
    deployed.reconcile()

    assert tickets(deployed) == {"by-id": None, "by-arn": None, "by-tag": "SEC-3", "plain": None}
    left = results(deployed)
    assert {one.resource.id: one.since for one in left} == change.began
    assert {one.compliance for one in left} == {Compliance.NON_COMPLIANT}


def test_other_tags_and_settings_are_changed_in_place(change: Change, deployed: Deployed) -> None:
    logs, config = (deployed.aws.client(name, region=REGION) for name in ("logs", "config"))
    days = {group["logGroupName"]: group["retentionInDays"] for group in logs.describe_log_groups()["logGroups"]}
    (rule,) = config.describe_config_rules(ConfigRuleNames=["compliance-prod-keys"])["ConfigRules"]

    assert "destroyed" in change.output
    assert days["/aws/lambda/compliance-prod-record"] == 400
    tags = config.list_tags_for_resource(ResourceArn=rule["ConfigRuleArn"])["Tags"]
    assert {"Key": "team", "Value": "security"} in tags


@pytest.mark.usefixtures("change")
def test_a_second_plan_has_no_changes_also_where_the_stack_is_renamed_and_what_is_generated_removed(
    deployed: Deployed, tmp_path: Path
) -> None:
    original = deployed.project.folder
    shutil.copy(original.parent / "waivers.yaml", tmp_path)
    project = Project.create(
        tmp_path / "app", deployed.project.variables, CHANGED.replace('"compliance",', '"other",', 1)
    )
    shutil.copytree(original / "state", project.folder / "state")
    project.select("prod", stack="other")
    output = project.terraform("plan", "-detailed-exitcode", "-input=false", stack="other")
    assert "No changes." in output
    assert "Warning" not in output
