from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.runtime.local.accounts import Account

if TYPE_CHECKING:
    from compliance_tf.local import LocalAws

BOTH_RULES = ["allowed", "other"]

# Does what its event says, and returns the error's code.
CALL = """
import boto3, botocore.exceptions
def handler(event, context):
    try:
        getattr(boto3.client(event["service"]), event["method"])(**event["arguments"])
    except botocore.exceptions.ClientError as error:
        return error.response["Error"]["Code"]
    return "done"
"""

SURROUNDINGS = """
import importlib.util, os
def handler(event, context):
    names = ["boto3", "compliance_tf", "compliance_runtime", "cdktf", "ministack"]
    found = [name for name in names if importlib.util.find_spec(name)]
    return {"packages": found, "environment": sorted(os.environ)}
"""


@pytest.fixture
def account(local_aws: LocalAws) -> Account:
    return Account(local_aws).with_recorder()


def invoke(account: Account, function: str, **event: Any) -> Any:
    answer = account.client("lambda").invoke(FunctionName=function, Payload=json.dumps(event).encode())
    return json.loads(answer["Payload"].read())


def call(account: Account, function: str, service: str, method: str, **arguments: Any) -> Any:
    return invoke(account, function, service=service, method=method, arguments=arguments)


def test_a_role_that_lacks_a_permission_is_refused_as_on_aws(account: Account) -> None:
    account.function("poor", CALL)

    arguments = {"ResultToken": "t", "TestMode": True}
    assert call(account, "poor", "config", "put_evaluations", **arguments) == "AccessDeniedException"
    assert call(account, "poor", "dynamodb", "list_tables") == "AccessDeniedException"


def test_a_role_that_has_the_permission_is_let_through(account: Account) -> None:
    account.function("rich", CALL, "config:PutEvaluations")

    assert call(account, "rich", "config", "put_evaluations", ResultToken="t", TestMode=True) == "done"


def allow_start(account: Account, function: str, limits: dict[str, Any]) -> None:
    """Let a function start evaluations, within the limits of a statement."""
    statement = {"Effect": "Allow", "Action": "config:StartConfigRulesEvaluation", **limits}
    account.client("iam").put_role_policy(
        RoleName=f"{function}-role",
        PolicyName="start",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": statement}),
    )


def test_a_permission_for_one_rule_is_none_for_another(account: Account) -> None:
    for name in BOTH_RULES:
        account.managed_rule(name, "S3_BUCKET_VERSIONING_ENABLED")
    [rule] = account.config.describe_config_rules(ConfigRuleNames=["allowed"])["ConfigRules"]
    account.function("starter", CALL)
    allow_start(account, "starter", {"Resource": rule["ConfigRuleArn"]})

    def start(*names: str) -> Any:
        return call(account, "starter", "config", "start_config_rules_evaluation", ConfigRuleNames=list(names))

    assert start("allowed") == "done"
    assert start("other") == "AccessDeniedException"
    assert start("allowed", "other") == "AccessDeniedException"


def test_a_permission_for_rules_with_a_tag_is_none_for_others(account: Account) -> None:
    for name, team in (("mine", "a"), ("theirs", "b")):
        account.config.put_config_rule(
            ConfigRule={
                "ConfigRuleName": name,
                "Source": {"Owner": "AWS", "SourceIdentifier": "S3_BUCKET_VERSIONING_ENABLED"},
            },
            Tags=[{"Key": "team", "Value": team}],
        )
    account.function("tagged", CALL)
    allow_start(account, "tagged", {"Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/team": "a"}}})

    def start(*names: str) -> Any:
        return call(account, "tagged", "config", "start_config_rules_evaluation", ConfigRuleNames=list(names))

    assert start("mine") == "done"
    assert start("mine", "theirs") == "AccessDeniedException"


def test_reading_the_recorder_by_cloud_control_takes_three_permissions(account: Account) -> None:
    needed = ("cloudformation:GetResource", "config:DescribeConfigurationRecorders", "config:ListTagsForResource")
    account.function("reader", CALL, *needed)
    arguments = {"TypeName": "AWS::Config::ConfigurationRecorder", "Identifier": "default"}
    assert call(account, "reader", "cloudcontrol", "get_resource", **arguments) == "done"

    for lacking in needed:
        name = f"lacks-{lacking.partition(':')[2]}"
        account.function(name, CALL, *(action for action in needed if action != lacking))
        assert call(account, name, "cloudcontrol", "get_resource", **arguments).startswith("AccessDenied")


def test_a_function_sees_boto3_and_nothing_of_this_project_or_machine(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_OF_THE_ENGINEER", "1")
    account.function("looker", SURROUNDINGS, MINE="1")

    seen = invoke(account, "looker")

    assert seen["packages"] == ["boto3"]
    assert "MINE" in seen["environment"]
    assert "AWS_ENDPOINT_URL" in seen["environment"]
    assert not {"AUTH", "LOG_LEVEL", "SECRET_OF_THE_ENGINEER", "VIRTUAL_ENV"} & set(seen["environment"])
