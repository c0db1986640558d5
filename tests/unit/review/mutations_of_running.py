"""What runs, what is served, and what is kept, otherwise than before."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from compliance_tf.review.policies import code, recording, results_table
from tests.unit.review import builders
from tests.unit.review.builders import allow, delete, document, of_type, trust, update
from tests.unit.review.draw import Mutation

if TYPE_CHECKING:
    from tests.unit.review.builders import PlanJson
    from tests.unit.review.draw import Draw


def _stop(plan: PlanJson, draw: Draw) -> None:
    type_ = draw.one(*(one for one in TYPES if one not in {"aws_config_config_rule", "aws_dynamodb_table"}))
    delete(draw.resource(plan, type_), draw.one("delete", "forget"))


def _switch_off(plan: PlanJson, draw: Draw) -> None:
    changes = (
        ("state", "DISABLED"),
        ("is_enabled", False),
        ("event_pattern", '{"source":["nobody"]}'),
        ("event_pattern", None),
    )
    attribute, value = draw.one(*changes)
    one = draw.resource(plan, "aws_cloudwatch_event_rule")
    update(one, **{attribute: value})
    if attribute != "event_pattern" and draw.coin():
        one["change"].update(actions=["create"], before=None)


def _change_what_runs(plan: PlanJson, draw: Draw) -> None:
    one = draw.resource(plan, "aws_lambda_function")
    attributes = {
        "environment": [{"variables": {"RULE_NAME_PREFIX": "other-"}}],
        "reserved_concurrent_executions": 0,
        "handler": "other.handler",
        "timeout": 1,
        "role": builders.role("trigger" if one["name"] != "trigger" else "record")["arn"],
        "logging_config": [{"log_group": "/other"}],
        "vpc_config": [{"subnet_ids": ["subnet-1"], "security_group_ids": []}],
    }
    name, value = draw.one(*attributes.items())
    update(one, **{name: value})


def _change_an_event(plan: PlanJson, draw: Draw) -> None:
    type_, name, value = draw.one(
        ("aws_cloudwatch_event_rule", "schedule_expression", "cron(0 0 1 1 ? 2199)"),
        ("aws_cloudwatch_event_rule", "event_bus_name", "other"),
        ("aws_cloudwatch_event_target", "input", "{}"),
        ("aws_cloudwatch_event_target", "input_path", "$.nothing"),
        ("aws_cloudwatch_event_target", "input_transformer", [{"input_template": "1"}]),
        ("aws_cloudwatch_event_target", "retry_policy", [{"maximum_retry_attempts": 0}]),
        ("aws_lambda_function_event_invoke_config", "maximum_retry_attempts", 0),
        ("aws_cloudwatch_log_group", "kms_key_id", "other"),
        ("aws_dynamodb_table", "billing_mode", "PROVISIONED"),
        ("aws_dynamodb_table", "something_of_a_newer_provider", "x"),
    )
    update(draw.resource(plan, type_), **{name: value})


def _send_elsewhere(plan: PlanJson, draw: Draw) -> None:
    """Send events to another function of the deployment."""
    one = draw.resource(plan, "aws_cloudwatch_event_target")
    other = draw.one(*({*builders.FUNCTIONS} - {"record"}))
    update(one, arn=builders.arn("lambda", f"function:{builders.PREFIX}{other}"))


def _narrow_a_rule(plan: PlanJson, draw: Draw) -> None:
    one = draw.resource(plan, "aws_config_config_rule")
    wide = {"compliance_resource_types": ["AWS::S3::Bucket", "AWS::IAM::Role"], "compliance_resource_id": ""}
    one["change"]["before"]["scope"] = draw.one([], [wide])
    narrow = draw.one(
        {**wide, "compliance_resource_types": ["AWS::S3::Bucket"]},
        {**wide, "compliance_resource_types": ["AWS::S3::Bucket", "AWS::EC2::Instance"]},
        {**wide, "compliance_resource_id": "one"},
        {"tag_key": "nobody", "tag_value": ""},
    )
    update(one, scope=[narrow])


def _take_a_permission(plan: PlanJson, draw: Draw) -> None:
    match draw.one("policy", "trust", "denial"):
        case "policy":
            log = allow("logs:PutLogEvents", builders.arn("logs", "log-group:/other:*"))
            update(draw.resource(plan, "aws_iam_role_policy"), policy=document(log))
        case "trust":
            other = trust({"Service": "lambda.amazonaws.com"}, Condition={"StringEquals": {"aws:SourceAccount": "1"}})
            update(draw.resource(plan, "aws_iam_role"), assume_role_policy=other)
        case "denial":
            one = draw.resource(plan, "aws_iam_role_policy")
            statements = json.loads(one["change"]["before"]["policy"])["Statement"]
            update(one, policy=document(*statements, {**allow("*"), "Effect": "Deny"}))


def _replace_a_function_alone(plan: PlanJson, draw: Draw) -> None:
    draw.resource(plan, "aws_lambda_function")["change"]["actions"] = draw.one(
        ["delete", "create"], ["create", "delete"]
    )


def _take_code_from_elsewhere(plan: PlanJson, draw: Draw) -> None:
    one = draw.resource(plan, "aws_lambda_function")
    attributes = {
        "layers": ["arn:aws:lambda:eu-west-1:999999999999:layer:other:1"],
        "image_uri": "999999999999.dkr.ecr.eu-west-1.amazonaws.com/other:1",
        "s3_bucket": "other",
        "package_type": "Image",
        "file_system_config": [{"arn": "arn:aws:elasticfilesystem:x", "local_mount_path": "/mnt/x"}],
        "filename": draw.one("/elsewhere/lambda.zip", "assets/other/lambda.zip"),
    }
    name, value = draw.one(*attributes.items())
    update(one, **{name: value})
    if draw.coin() and name != "filename":
        one["change"].update(actions=["create"], before=None)


def _invoke_others(plan: PlanJson, draw: Draw) -> None:
    own = builders.arn("lambda", f"function:{builders.PREFIX}record")
    other = draw.one(
        own.replace(builders.ACCOUNT, "999999999999"),
        own.replace("eu-west-1", "us-east-1"),
        own.replace("-record", "-other"),
        f"{own}:1",
        "arn:aws:sqs:eu-west-1:111122223333:other",
        None,
    )
    if draw.coin():
        update(draw.resource(plan, "aws_cloudwatch_event_target"), arn=other)
    else:
        source = [{"owner": "CUSTOM_LAMBDA", "source_identifier": other, "source_detail": []}]
        update(draw.resource(plan, "aws_config_config_rule"), source=source)


def _lose_items(plan: PlanJson, draw: Draw) -> None:
    [one] = of_type(plan, "aws_dynamodb_table")
    if draw.coin():
        recovery = {"enabled": True, "recovery_period_in_days": draw(st.integers(1, 34))}
        update(one, point_in_time_recovery=[recovery])
    else:
        one["change"]["before"]["ttl"] = draw.one([], [{"attribute_name": "expires_at", "enabled": True}])
        update(one, ttl=[{"attribute_name": "sk", "enabled": True}])


TYPES = tuple(sorted({one["type"] for one in builders.plan_json()["resource_changes"]}))


RUNNING = (
    Mutation(code.ELSEWHERE, "code from elsewhere", _take_code_from_elsewhere),
    Mutation(code.ELSEWHERE, "a function of others is invoked", _invoke_others),
    Mutation(results_table.UNPROTECTED, "items or recovery points go sooner", _lose_items),
    Mutation(recording.STOPPED, "a part goes", _stop),
    Mutation(recording.STOPPED, "events are not taken any more", _switch_off),
    Mutation(recording.STOPPED, "a function runs otherwise", _change_what_runs),
    Mutation(recording.STOPPED, "an event is served otherwise", _change_an_event),
    Mutation(recording.STOPPED, "events go to another function", _send_elsewhere),
    Mutation(recording.STOPPED, "a rule looks at less", _narrow_a_rule),
    Mutation(recording.STOPPED, "a role may do less", _take_a_permission),
    Mutation(recording.STOPPED, "a function is replaced without what is its", _replace_a_function_alone),
)
