"""A function that is replaced keeps its permission and its invoke settings."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from tests.deploy.conftest import REGION

if TYPE_CHECKING:
    from tests.deploy.shared.deployed import Deployed

FUNCTIONS = ("acme-dev-evaluate", "acme-dev-trigger")


@pytest.mark.changes_deployment
def test_what_aws_removes_with_a_function_is_made_again(deployed: Deployed) -> None:
    project = deployed.project
    project.select("dev")
    functions = deployed.aws.client("lambda", region=REGION)
    _, removed = FUNCTIONS
    before = [settings(functions, name) for name in FUNCTIONS]
    (address,) = [
        f"aws_lambda_function.{name}"
        for name, block in json.loads(project.configuration())["resource"]["aws_lambda_function"].items()
        if block["handler"].endswith(".evaluate")
    ]
    remove_alone(functions, removed)
    project.terraform("apply", f"-replace={address}", "-auto-approve", "-input=false")
    assert [settings(functions, name) for name in FUNCTIONS] == before
    assert "No changes." in project.terraform("plan", "-detailed-exitcode", "-input=false")


def settings(functions: Any, name: str) -> tuple[list[str], int]:
    """Who may invoke a function, and how often it is tried again."""
    policy = json.loads(functions.get_policy(FunctionName=name)["Policy"])
    retries = functions.get_function_event_invoke_config(FunctionName=name)
    return [statement["Sid"] for statement in policy["Statement"]], retries["MaximumRetryAttempts"]


def remove_alone(functions: Any, name: str) -> None:
    """Remove a function behind Terraform's back, as a person does."""
    functions.delete_function(FunctionName=name)
    with pytest.raises(ClientError):
        functions.get_policy(FunctionName=name)
