"""Values that differ by workspace are what the workspace has."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.deploy.conftest import REGION

if TYPE_CHECKING:
    from compliance_tf.local import LocalAws


@pytest.mark.usefixtures("deployed")
def test_each_workspace_has_its_own_values(aws: LocalAws) -> None:
    config, logs, events = (aws.client(name, region=REGION) for name in ("config", "logs", "events"))
    rules = {rule["ConfigRuleName"]: rule for rule in config.describe_config_rules()["ConfigRules"]}

    assert rules["compliance-prod-keys"]["InputParameters"] == '{"maxAccessKeyAge":"30"}'
    assert rules["compliance-dev-keys"]["InputParameters"] == '{"maxAccessKeyAge":"90"}'
    assert rules["compliance-prod-keys"]["MaximumExecutionFrequency"] == "One_Hour"
    assert rules["compliance-dev-keys"]["MaximumExecutionFrequency"] == "Six_Hours"
    assert rules["compliance-prod-log-groups"]["InputParameters"] == '{"minDays":"365"}'
    assert rules["compliance-dev-log-groups"].get("InputParameters", "{}") == "{}"
    days = {group["logGroupName"]: group["retentionInDays"] for group in logs.describe_log_groups()["logGroups"]}
    assert (days["/aws/lambda/compliance-prod-record"], days["/aws/lambda/compliance-dev-record"]) == (365, 7)
    states = {rule["Name"]: rule["State"] for rule in events.list_rules()["Rules"]}
    assert (states["compliance-prod-reevaluate"], states["compliance-dev-reevaluate"]) == ("ENABLED", "DISABLED")


@pytest.mark.usefixtures("deployed")
def test_a_rule_exists_where_it_is_enabled_only(aws: LocalAws) -> None:
    rules = aws.client("config", region=REGION).describe_config_rules()["ConfigRules"]
    names = {rule["ConfigRuleName"] for rule in rules}

    assert "compliance-prod-prod-only" in names
    assert "compliance-dev-prod-only" not in names


@pytest.mark.usefixtures("deployed")
def test_only_the_workspaces_with_a_target_may_publish(aws: LocalAws) -> None:
    iam, functions, events = (aws.client(name, region=REGION) for name in ("iam", "lambda", "events"))
    states = {rule["Name"]: rule["State"] for rule in events.list_rules()["Rules"]}
    policies, targets = {}, {}
    for workspace in ("dev", "prod"):
        name = f"compliance-{workspace}-record"
        policies[workspace] = set(iam.list_role_policies(RoleName=f"{name}-{REGION}")["PolicyNames"])
        variables = functions.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
        targets[workspace] = json.loads(variables["NOTIFICATIONS"]).get("target")

    assert policies == {"dev": {"record", "waivers"}, "prod": {"record", "waivers", "notifications"}}
    assert targets == {"dev": None, "prod": "arn:aws:sns:eu-west-1:111122223333:security"}
    assert (states["compliance-prod-notify"], states["compliance-dev-notify"]) == ("ENABLED", "DISABLED")


@pytest.mark.usefixtures("deployed")
def test_the_functions_know_which_rules_their_workspace_has(aws: LocalAws) -> None:
    functions = aws.client("lambda", region=REGION)
    for workspace in ("dev", "prod"):
        for function, event in (("record", b'{"action": "reconcile"}'), ("trigger", b'{"action": "continue"}')):
            answer = functions.invoke(FunctionName=f"compliance-{workspace}-{function}", Payload=event)
            assert "FunctionError" not in answer, answer["Payload"].read()
