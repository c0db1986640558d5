"""New violations are published to a topic or a bus that exists, and nothing but permissions and a schedule is new."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from compliance_tf import Notifications, Schedule, SettingError, Severity, Workspaces, by_workspace
from tests.synth.conftest import Configuration, Synthesize, resources

if TYPE_CHECKING:
    from collections.abc import Mapping

TOPIC = "arn:aws:sns:eu-west-1:111122223333:security"
BUS = "arn:aws:events:us-east-1:111122223333:event-bus/security"


def variables(configuration: Configuration) -> Mapping[str, str]:
    """The targets, by the handler of the function."""
    return {
        function["handler"]: function["environment"]["variables"]["NOTIFICATIONS"]
        for function in resources(configuration, "aws_lambda_function")
        if "NOTIFICATIONS" in function["environment"]["variables"]
    }


def policies(configuration: Configuration) -> list[Configuration]:
    return [one for one in resources(configuration, "aws_iam_role_policy") if one["name"] == "notifications"]


def statements(policy: Configuration) -> list[tuple[list[str], list[str]]]:
    document: dict[str, Any] = json.loads(policy["policy"])
    return [(statement["Action"], statement["Resource"]) for statement in document["Statement"]]


def schedules(configuration: Configuration) -> list[tuple[str, str]]:
    return [
        (rule["schedule_expression"], rule["state"])
        for rule in resources(configuration, "aws_cloudwatch_event_rule")
        if rule["name"].endswith("-notify")
    ]


def test_nothing_is_published_unless_a_target_is_named(synthesize: Synthesize) -> None:
    configuration = synthesize()

    assert (variables(configuration), policies(configuration), schedules(configuration)) == ({}, [], [])


def test_a_topic_gets_what_matters_every_five_minutes(synthesize: Synthesize) -> None:
    configuration = synthesize(notifications=Notifications(TOPIC))

    assert variables(configuration) == {
        "compliance_runtime.handlers.record": json.dumps({"severities": ["CRITICAL", "HIGH"], "target": TOPIC})
    }
    (policy,) = policies(configuration)
    (publishing,) = statements(policy)
    assert "record" in policy["role"]
    assert "count" not in policy
    assert publishing == (["sns:Publish"], [TOPIC])
    assert schedules(configuration) == [("rate(5 minutes)", "ENABLED")]
    (target,) = [
        target
        for target in resources(configuration, "aws_cloudwatch_event_target")
        if json.loads(target.get("input") or "{}") == {"action": "notify"}
    ]
    assert "record" in target["arn"]


def test_an_event_bus_gets_what_is_asked_for(synthesize: Synthesize) -> None:
    settings = Notifications(BUS, severities=[Severity.LOW], every=Schedule.hours(1))
    configuration = synthesize(notifications=settings)

    assert statements(policies(configuration)[0])[0] == (["events:PutEvents"], [BUS])
    assert schedules(configuration) == [("rate(1 hour)", "ENABLED")]
    assert json.loads(variables(configuration)["compliance_runtime.handlers.record"])["severities"] == ["LOW"]


def test_nothing_but_a_schedule_and_permissions_is_declared_for_it(synthesize: Synthesize) -> None:
    def counts(**settings: Any) -> dict[str, int]:
        return {kind: len(named) for kind, named in synthesize(**settings)["resource"].items()}

    with_it, without = counts(notifications=Notifications(TOPIC)), counts()
    assert {kind: with_it[kind] - without[kind] for kind in with_it if with_it[kind] != without[kind]} == {
        "aws_cloudwatch_event_rule": 1,
        "aws_cloudwatch_event_target": 1,
        "aws_iam_role_policy": 1,
    }


def test_workspaces_may_tell_different_people_or_nobody(synthesize: Synthesize) -> None:
    configuration = synthesize(
        notifications=by_workspace(prod=Notifications(TOPIC), staging=Notifications(BUS), default=None)
    )

    counts = {statements(policy)[0][1][0]: policy["count"] for policy in policies(configuration)}
    assert counts == {
        TOPIC: '${lookup({"prod": true}, terraform.workspace, false) ? 1 : 0}',
        BUS: '${lookup({"staging": true}, terraform.workspace, false) ? 1 : 0}',
    }
    (variable,) = variables(configuration).values()
    assert variable.endswith(', terraform.workspace, "{}")}')
    ((_, state),) = schedules(configuration)
    assert state == '${lookup({"prod": "ENABLED", "staging": "ENABLED"}, terraform.workspace, "DISABLED")}'


@pytest.mark.parametrize(
    "target",
    [
        "security",
        "arn:aws:sqs:eu-west-1:111122223333:security",
        "arn:aws:sns:eu-west-1:111122223333:security.fifo",
        "arn:aws:sns:eu-west-1:1111:security",
        "arn:aws:sns::111122223333:security",
        "arn:aws:sns:eu-west-1:111122223333:security:0a1b2c3d-subscription",
        "arn:aws:events:eu-west-1:111122223333:rule/security",
        "arn:aws:sns:eu-west-1:111122223333:${var.topic}",
        "arn:aws:sns:zz-nowhere-1:111122223333:security",
    ],
)
def test_what_is_neither_a_topic_nor_a_bus_is_refused(target: str) -> None:
    with pytest.raises(SettingError, match="is not an ARN that it can take, such as that of a standard SNS topic"):
        Notifications(target)


@pytest.mark.parametrize(
    "target",
    [
        "arn:aws-cn:sns:cn-north-1:111122223333:security",
        "arn:aws:sns:cn-north-1:111122223333:security",
        "arn:aws-cn:sns:eu-west-1:111122223333:security",
    ],
)
def test_what_is_in_another_partition_is_refused(synthesize: Synthesize, target: str) -> None:
    with pytest.raises(SettingError, match="cannot be reached from eu-west-1, which is in the partition aws:"):
        synthesize(notifications=by_workspace(prod=Notifications(target), default=None))


def test_a_topic_of_the_same_partition_is_taken(synthesize: Synthesize) -> None:
    topic = "arn:aws-cn:sns:cn-northwest-1:111122223333:security"

    assert policies(synthesize(region="cn-north-1", notifications=Notifications(topic)))


def test_no_severity_is_refused() -> None:
    with pytest.raises(SettingError, match="give at least one severity"):
        Notifications(TOPIC, severities=())


def test_a_workspace_that_is_never_deployed_to_is_refused(synthesize: Synthesize) -> None:
    with pytest.raises(SettingError, match=r"'prdo'\. Did you mean prod"):
        synthesize(
            notifications=by_workspace(prdo=Notifications(TOPIC), default=None),
            workspaces=Workspaces(allowed=("dev", "prod")),
        )
