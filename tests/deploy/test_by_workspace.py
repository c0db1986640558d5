"""One configuration gives each workspace its own values, and some rules to some workspaces only."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.deploy.conftest import REGION, Project, record_everything

if TYPE_CHECKING:
    from compliance_tf.local import LocalAws

APP = """
from compliance_tf import (
    CheckRule, ComplianceStack, ManagedRule, Notifications, Schedule, by_workspace, synthesize
)
from compliance_runtime.checks import log_group_retention, security_group_ingress

def build(app):
    stack = ComplianceStack(
        app, "compliance", project="acme", region="eu-west-1",
        history_days=by_workspace(prod=730, default=30), log_retention_days=by_workspace(prod=365, default=7),
        reevaluate=by_workspace(prod=Schedule.days(7), default=None),
        notifications=by_workspace(prod=Notifications("arn:aws:sns:eu-west-1:111122223333:security"), default=None),
    )
    ManagedRule(stack, "keys", identifier="ACCESS_KEYS_ROTATED",
                parameters={"maxAccessKeyAge": by_workspace(prod=30, default=90)},
                frequency=by_workspace(prod="One_Hour", default="Six_Hours"))
    CheckRule(stack, "log-groups", check=log_group_retention.CHECK,
              parameters=by_workspace(prod=log_group_retention.Parameters(min_days=365),
                                      default=log_group_retention.Parameters()))
    CheckRule(stack, "ingress", check=security_group_ingress.CHECK, enabled=by_workspace(prod=True, default=False))

synthesize(build)
"""


@pytest.fixture(scope="module")
def project(aws: LocalAws, tmp_path_factory: pytest.TempPathFactory) -> Project:
    # Only prod needs the type of the rule that only prod has.
    record_everything(aws)
    project = Project.create(tmp_path_factory.mktemp("by-workspace") / "app", aws.environment(region=REGION), APP)
    for workspace in ("dev", "prod"):
        output = project.apply(workspace)
        assert "Warning" not in output
    return project


def test_each_workspace_has_its_own_values(project: Project, aws: LocalAws) -> None:
    del project
    config, logs, events = (aws.client(name, region=REGION) for name in ("config", "logs", "events"))
    rules = {rule["ConfigRuleName"]: rule for rule in config.describe_config_rules()["ConfigRules"]}

    assert rules["acme-prod-keys"]["InputParameters"] == '{"maxAccessKeyAge":"30"}'
    assert rules["acme-dev-keys"]["InputParameters"] == '{"maxAccessKeyAge":"90"}'
    assert rules["acme-prod-keys"]["MaximumExecutionFrequency"] == "One_Hour"
    assert rules["acme-dev-keys"]["MaximumExecutionFrequency"] == "Six_Hours"
    assert rules["acme-prod-log-groups"]["InputParameters"] == '{"minDays":"365"}'
    assert rules["acme-dev-log-groups"].get("InputParameters", "{}") == "{}"
    days = {group["logGroupName"]: group["retentionInDays"] for group in logs.describe_log_groups()["logGroups"]}
    assert (days["/aws/lambda/acme-prod-record"], days["/aws/lambda/acme-dev-record"]) == (365, 7)
    states = {rule["Name"]: rule["State"] for rule in events.list_rules()["Rules"]}
    assert (states["acme-prod-reevaluate"], states["acme-dev-reevaluate"]) == ("ENABLED", "DISABLED")


def test_a_rule_exists_where_it_is_enabled_only(project: Project, aws: LocalAws) -> None:
    del project
    rules = aws.client("config", region=REGION).describe_config_rules()["ConfigRules"]
    names = {rule["ConfigRuleName"] for rule in rules}

    assert "acme-prod-ingress" in names
    assert "acme-dev-ingress" not in names


def test_only_the_workspaces_that_tell_somebody_may_publish(project: Project, aws: LocalAws) -> None:
    del project
    iam, functions, events = (aws.client(name, region=REGION) for name in ("iam", "lambda", "events"))
    states = {rule["Name"]: rule["State"] for rule in events.list_rules()["Rules"]}
    policies, targets = {}, {}
    for workspace in ("dev", "prod"):
        name = f"acme-{workspace}-record"
        policies[workspace] = set(iam.list_role_policies(RoleName=f"{name}-{REGION}")["PolicyNames"])
        variables = functions.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
        targets[workspace] = json.loads(variables["NOTIFICATIONS"]).get("target")

    assert policies == {"dev": {"record"}, "prod": {"record", "notifications"}}
    assert targets == {"dev": None, "prod": "arn:aws:sns:eu-west-1:111122223333:security"}
    assert (states["acme-prod-notify"], states["acme-dev-notify"]) == ("ENABLED", "DISABLED")


def test_the_functions_know_which_rules_their_workspace_has(project: Project, aws: LocalAws) -> None:
    del project
    functions = aws.client("lambda", region=REGION)
    for workspace in ("dev", "prod"):
        for function, event in (("record", b'{"action": "reconcile"}'), ("trigger", b'{"action": "reevaluate"}')):
            answer = functions.invoke(FunctionName=f"acme-{workspace}-{function}", Payload=event)
            assert "FunctionError" not in answer, answer["Payload"].read()


def test_a_second_plan_changes_nothing(project: Project) -> None:
    for workspace in ("dev", "prod"):
        project.select(workspace)
        assert "No changes" in project.terraform("plan", "-input=false")
