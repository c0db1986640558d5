"""Roles may do what their function needs, and nothing else."""

from __future__ import annotations

import json
from typing import Any

import pytest

from compliance_tf import CheckRule, SettingError
from tests.synth.conftest import CheckFolderOfTest, Configuration, Synthesize, check_file, resources

# What AWS has no resource-level permission for. Source: Service Authorization Reference, AWS Config.
WITHOUT_RESOURCES = {
    "config:DescribeConfigRuleEvaluationStatus",
    "config:GetResourceConfigHistory",
    "config:PutEvaluations",
}


def statements(configuration: Configuration) -> list[dict[str, Any]]:
    """All statements of all roles."""
    policies = resources(configuration, "aws_iam_role_policy")
    return [statement for policy in policies for statement in json.loads(policy["policy"])["Statement"]]


def test_no_action_is_a_wildcard(synthesize: Synthesize) -> None:
    actions = [action for statement in statements(synthesize()) for action in statement["Action"]]
    assert len(actions) == 3 * 2 + 2 + 6 + 4
    assert not any("*" in action for action in actions)


def test_a_resource_is_a_wildcard_only_where_aws_knows_no_other(synthesize: Synthesize) -> None:
    wildcards = [statement for statement in statements(synthesize()) if "*" in statement["Resource"]]
    assert {action for statement in wildcards for action in statement["Action"]} == WITHOUT_RESOURCES


def test_only_the_function_that_records_may_write_the_table(synthesize: Synthesize) -> None:
    writers = [
        policy["name"]
        for policy in resources(synthesize(), "aws_iam_role_policy")
        if "dynamodb:PutItem" in policy["policy"]
    ]
    assert sorted(writers) == ["record", "trigger"]


def test_the_function_that_triggers_may_touch_nothing_of_the_table_but_what_waits(synthesize: Synthesize) -> None:
    (policy,) = [one for one in resources(synthesize(), "aws_iam_role_policy") if one["name"] == "trigger"]
    (table,) = [one for one in json.loads(policy["policy"])["Statement"] if "dynamodb:PutItem" in one["Action"]]
    assert table["Action"] == ["dynamodb:GetItem", "dynamodb:PutItem"]
    assert table["Condition"] == {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["EVALUATIONS"]}}


def check_statements(configuration: Configuration) -> list[dict[str, Any]]:
    """What the checks of a stack may do beside what all may."""
    (policy,) = [policy for policy in resources(configuration, "aws_iam_role_policy") if policy["name"] == "checks"]
    assert "evaluate" in policy["role"]
    found: list[dict[str, Any]] = json.loads(policy["policy"])["Statement"]
    return found


def test_a_check_gets_the_actions_that_it_declares(synthesize: Synthesize, own_checks: CheckFolderOfTest) -> None:
    own_checks.write(curious=check_file("curious", "LookupCheck", ("s3:GetBucketPolicy", "s3:GetBucketAcl")))
    configuration = synthesize(
        lambda stack: CheckRule(stack, "tls", check=own_checks.check("curious")), checks=own_checks.path
    )
    (statement,) = check_statements(configuration)
    assert statement["Action"] == ["s3:GetBucketAcl", "s3:GetBucketPolicy"]


def test_a_check_that_asks_for_a_wildcard_is_refused(synthesize: Synthesize, own_checks: CheckFolderOfTest) -> None:
    own_checks.write(greedy=check_file("greedy", "LookupCheck", ("s3:Get*",)))
    with pytest.raises(SettingError, match=r"greedy\.py, line 10: the action 's3:Get\*' is not complete"):
        synthesize(lambda stack: CheckRule(stack, "tls", check=own_checks.check("greedy")), checks=own_checks.path)


def test_a_check_of_a_type_that_aws_config_does_not_know_is_refused(
    synthesize: Synthesize, own_checks: CheckFolderOfTest
) -> None:
    own_checks.write(typo=check_file("typo").replace("AWS::S3::Bucket", "AWS::S3::Buckets"))
    with pytest.raises(SettingError, match=r"typo\.py, line 9: .*'AWS::S3::Buckets'.*Did you mean AWS::S3::Bucket\?"):
        synthesize(lambda stack: CheckRule(stack, "tls", check=own_checks.check("typo")), checks=own_checks.path)


def test_a_periodic_check_may_list_the_results_of_this_deployment_alone(
    synthesize: Synthesize, own_checks: CheckFolderOfTest
) -> None:
    own_checks.write(roles=check_file("roles", "PeriodicCheck", ("iam:ListRoles",)))
    configuration = synthesize(
        lambda stack: CheckRule(stack, "r", check=own_checks.check("roles")), checks=own_checks.path
    )
    looking, listing = check_statements(configuration)
    assert looking["Action"] == ["iam:ListRoles"]
    assert listing["Action"] == ["config:GetComplianceDetailsByConfigRule"]
    assert listing["Condition"]["StringEquals"]["aws:ResourceTag/workspace"] == "${terraform.workspace}"


def test_with_an_execution_role_the_function_may_assume_it_and_looks_nothing_up_itself(
    synthesize: Synthesize, own_checks: CheckFolderOfTest
) -> None:
    own_checks.write(curious=check_file("curious", "LookupCheck", ("s3:GetBucketPolicy",)))
    role = "arn:aws:iam::111122223333:role/path/reader"
    configuration = synthesize(
        lambda stack: CheckRule(stack, "r", check=own_checks.check("curious")),
        checks=own_checks.path,
        execution_role=role,
    )
    (statement,) = check_statements(configuration)
    assert (statement["Action"], statement["Resource"]) == (["sts:AssumeRole"], [role])
    functions = resources(configuration, "aws_lambda_function")
    roles = {function["handler"]: function["environment"]["variables"].get("EXECUTION_ROLE") for function in functions}
    assert roles == {
        "compliance_runtime.handlers.evaluate": role,
        "compliance_runtime.handlers.record": None,
        "compliance_runtime.handlers.trigger": None,
    }


@pytest.mark.parametrize(
    ("function", "principal", "condition"),
    [
        ("evaluate", "config.amazonaws.com", "source_account"),
        ("record", "events.amazonaws.com", "source_arn"),
        ("trigger", "events.amazonaws.com", "source_arn"),
    ],
)
def test_a_function_may_be_invoked_by_one_service_for_this_account_alone(
    synthesize: Synthesize, function: str, principal: str, condition: str
) -> None:
    permissions = resources(synthesize(), "aws_lambda_permission")
    (permission,) = [one for one in permissions if f"_{function}_function_" in one["function_name"]]
    assert permission["principal"] == principal
    assert "${data.aws_caller_identity." in permission[condition]
