"""A function that is replaced keeps its permission and its invoke settings."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from tests.deploy.conftest import REGION, Project, record_everything

if TYPE_CHECKING:
    from pathlib import Path

    from compliance_tf.local import LocalAws

FUNCTION = "compliance-dev-evaluate"


def test_what_aws_removes_with_a_function_is_made_again(aws: LocalAws, tmp_path: Path) -> None:
    record_everything(aws)
    project = Project.create(tmp_path / "app", aws.environment(region=REGION))
    project.apply("dev")
    functions = aws.client("lambda", region=REGION)
    before = settings(functions)
    (address,) = [
        f"aws_lambda_function.{name}"
        for name, block in json.loads(project.configuration())["resource"]["aws_lambda_function"].items()
        if block["handler"].endswith(".evaluate")
    ]
    project.terraform("apply", f"-replace={address}", "-auto-approve", "-input=false")
    assert settings(functions) == before
    assert "No changes." in project.terraform("plan", "-detailed-exitcode", "-input=false")
    remove_the_function_alone(functions)
    project.apply("dev")
    assert settings(functions) == before
    project.destroy("dev")


def settings(functions: Any) -> tuple[list[str], int]:
    """Who may invoke the function, and how often it is tried again."""
    policy = json.loads(functions.get_policy(FunctionName=FUNCTION)["Policy"])
    retries = functions.get_function_event_invoke_config(FunctionName=FUNCTION)
    return [statement["Sid"] for statement in policy["Statement"]], retries["MaximumRetryAttempts"]


def remove_the_function_alone(functions: Any) -> None:
    """Remove it behind Terraform's back, as a person does."""
    functions.delete_function(FunctionName=FUNCTION)
    with pytest.raises(ClientError):
        functions.get_policy(FunctionName=FUNCTION)
