"""Rules are declared so that AWS Config takes them, and wrong ones are refused before anything is deployed."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from compliance_runtime.checks import bucket_tls_only, required_tags
from compliance_runtime.errors import CheckError
from compliance_tf import (
    ApiCall,
    CheckRule,
    ComplianceError,
    ComplianceStack,
    ManagedRule,
    PolicyRule,
    Schedule,
    Scope,
    Severity,
)
from tests.synth.conftest import Synthesize, only, resources

if TYPE_CHECKING:
    from collections.abc import Callable

BUCKET = "AWS::S3::Bucket"


def test_a_managed_rule_waits_for_the_recorder_and_takes_parameters(synthesize: Synthesize) -> None:
    rule = only(
        synthesize(
            lambda stack: ManagedRule(
                stack,
                "keys-rotated",
                identifier="ACCESS_KEYS_ROTATED",
                parameters={"maxAccessKeyAge": 45},
                frequency="Six_Hours",
            )
        ),
        "aws_config_config_rule",
    )
    assert rule["source"] == {"owner": "AWS", "source_identifier": "ACCESS_KEYS_ROTATED"}
    assert json.loads(rule["input_parameters"]) == {"maxAccessKeyAge": "45"}
    assert rule["maximum_execution_frequency"] == "Six_Hours"
    assert "data.aws_cloudcontrolapi_resource.existing_recorder" in rule["depends_on"]


def test_a_rule_comes_after_what_records_its_results(synthesize: Synthesize) -> None:
    configuration = synthesize(lambda stack: ManagedRule(stack, "trail", identifier="CLOUD_TRAIL_ENABLED"))
    (target,) = [
        dependency.removeprefix("aws_cloudwatch_event_target.")
        for dependency in only(configuration, "aws_config_config_rule")["depends_on"]
        if dependency.startswith("aws_cloudwatch_event_target.")
    ]
    assert "compliance-changes" in configuration["resource"]["aws_cloudwatch_event_target"][target]["rule"]


def test_a_check_gets_oversized_items_too_and_only_when_it_may_be_invoked(synthesize: Synthesize) -> None:
    rule = only(
        synthesize(lambda stack: CheckRule(stack, "tls", check=bucket_tls_only.CHECK)), "aws_config_config_rule"
    )
    assert rule["source"]["owner"] == "CUSTOM_LAMBDA"
    assert [detail["message_type"] for detail in rule["source"]["source_detail"]] == [
        "ConfigurationItemChangeNotification",
        "OversizedConfigurationItemChangeNotification",
    ]
    assert rule["scope"] == {"compliance_resource_types": [BUCKET]}
    assert any(dependency.startswith("aws_lambda_permission.") for dependency in rule["depends_on"])


def test_severities_and_api_calls_reach_the_functions(synthesize: Synthesize, read_package: Callable[[], str]) -> None:
    def build(stack: ComplianceStack) -> None:
        ManagedRule(
            stack,
            "trail",
            identifier="CLOUD_TRAIL_ENABLED",
            severity=Severity.CRITICAL,
            evaluate_after=[ApiCall("cloudtrail", "StopLogging")],
        )
        CheckRule(stack, "tls", check=bucket_tls_only.CHECK)

    synthesize(build)
    assert json.loads(read_package())["rules"] == {
        "tls": {
            "apiCalls": [],
            "check": "compliance_runtime.checks.bucket_tls_only",
            "enabled": True,
            "exceptIn": [],
            "id": None,
            "identifier": "bucket-tls-only",
            "packs": [],
            "severity": bucket_tls_only.CHECK.severity.value,
        },
        "trail": {
            "apiCalls": ["cloudtrail.amazonaws.com:StopLogging"],
            "check": None,
            "enabled": True,
            "exceptIn": [],
            "id": None,
            "identifier": "CLOUD_TRAIL_ENABLED",
            "packs": [],
            "severity": "CRITICAL",
        },
    }


def test_api_calls_are_watched_with_one_event_rule_for_each_service(synthesize: Synthesize) -> None:
    trail = ["DeleteTrail", "PutEventSelectors", "RemoveTags", "StopLogging", "UpdateTrail"]

    def build(stack: ComplianceStack) -> None:
        ManagedRule(stack, "role", identifier="CLOUD_TRAIL_ENABLED", evaluate_after=[ApiCall("s3", "CreateBucket")])
        for number, operation in enumerate(reversed(trail)):
            call = ApiCall("cloudtrail", operation)
            ManagedRule(stack, f"trail-{number}", identifier="CLOUD_TRAIL_ENABLED", evaluate_after=[call])

    patterns = [
        json.loads(rule["event_pattern"])
        for rule in resources(synthesize(build), "aws_cloudwatch_event_rule")
        if "api-calls" in rule["name"]
    ]
    assert [(pattern["source"], pattern["detail"]["eventName"]) for pattern in patterns] == [
        (["aws.cloudtrail"], trail),
        (["aws.s3"], ["CreateBucket"]),
    ]


def test_nothing_is_evaluated_by_schedule_unless_it_is_asked_for(synthesize: Synthesize) -> None:
    def schedules(**settings: object) -> dict[str, str]:
        rules = resources(synthesize(**settings), "aws_cloudwatch_event_rule")
        return {
            rule["name"].rsplit("-", 1)[1]: rule["schedule_expression"]
            for rule in rules
            if "schedule_expression" in rule
        }

    assert schedules() == {"reconcile": "rate(1 day)", "continue": "rate(1 hour)"}
    assert schedules(reevaluate=Schedule.hours(12), reconcile=Schedule.cron("0 6 * * ? *")) == {
        "reconcile": "cron(0 6 * * ? *)",
        "continue": "rate(1 hour)",
        "reevaluate": "rate(12 hours)",
    }


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (
            lambda stack: ManagedRule(stack, "r", identifier="S3_BUCKET_VERSIONING_ENABLE"),
            "S3_BUCKET_VERSIONING_ENABLED",
        ),
        (
            lambda stack: ManagedRule(stack, "r", identifier="ACCESS_KEYS_ROTATED", parameters={"maxAccesKeyAge": 1}),
            r"'maxAccesKeyAge'.*maxAccessKeyAge",
        ),
        (
            lambda stack: ManagedRule(stack, "r", identifier="ACCESS_KEYS_ROTATED", rule_scope=Scope.types(BUCKET)),
            "(?s)ACCESS_KEYS_ROTATED.*scope",
        ),
        (
            lambda stack: ManagedRule(stack, "r", identifier="ACCESS_KEYS_ROTATED", rule_scope=Scope.tag("team")),
            "(?s)ACCESS_KEYS_ROTATED.*scope",
        ),
        (
            lambda stack: ManagedRule(stack, "r", identifier="S3_BUCKET_VERSIONING_ENABLED", frequency="One_Hour"),
            "(?s)S3_BUCKET_VERSIONING_ENABLED.*frequency",
        ),
        (
            lambda stack: CheckRule(stack, "r", check=bucket_tls_only.CHECK, frequency="One_Hour"),
            "'r': frequency is not allowed: the check 'bucket-tls-only' is triggered by changes",
        ),
        (
            lambda stack: CheckRule(
                stack, "r", check=bucket_tls_only.CHECK, rule_scope=Scope.types("AWS::EC2::Volume")
            ),
            "'r': rule_scope has AWS::EC2::Volume, and the check 'bucket-tls-only' evaluates AWS::S3::Bucket",
        ),
        (
            lambda stack: CheckRule(
                stack, "r", check=required_tags.CHECK, parameters=bucket_tls_only.CHECK.parameters()
            ),
            "'r': the check 'required-tags' takes parameters of compliance_runtime.checks.required_tags.Parameters",
        ),
        (
            lambda stack: CheckRule(stack, "r", check=required_tags.CHECK),
            "'r': the check 'required-tags' needs a value of tags",
        ),
        (
            lambda stack: CheckRule(
                stack,
                "r",
                check=required_tags.CHECK,
                parameters=required_tags.Parameters(tags={f"tag-{n}": ("v" * 60,) for n in range(20)}),
            ),
            r"Rule 'r': .*1,?024",
        ),
        (
            lambda stack: ManagedRule(stack, "R_1", identifier="CLOUD_TRAIL_ENABLED"),
            "'R_1' cannot end a Config rule's name",
        ),
        (
            lambda stack: CheckRule(stack, "r", check=replace(bucket_tls_only.CHECK, id="bucket-tls")),
            "(?s)'bucket-tls'.*bucket-tls-only",
        ),
        (
            lambda stack: stack.event_rules.watch(
                ApiCall("s3", f"PutSomethingOrOther{number:03}") for number in range(99)
            ),
            "API calls to s3: the event pattern has 2058 characters, and EventBridge takes 2048",
        ),
        (lambda _: ApiCall("s3.amazonaws.com", "PutObject"), "names no API call"),
        (lambda _: Schedule.cron("0 6 * * ?"), "has 5 fields, and EventBridge takes 6"),
        (lambda _: Schedule.days(0), "must be at least 1"),
        (lambda _: ApiCall("iam", "ListRoles"), "only reads"),
        (lambda _: ApiCall("s3", "GetBucketAcl"), "only reads"),
        (lambda _: ApiCall("ec2", "DescribeInstances"), "only reads"),
        (
            lambda stack: ManagedRule(
                stack, "r", identifier="CLOUD_TRAIL_ENABLED", evaluate_after=[ApiCall("iam", "CreateUser")]
            ),
            "only in us-east-1, so in eu-west-1 it would never trigger",
        ),
        (
            lambda stack: CheckRule(
                stack,
                "r",
                check=required_tags.CHECK,
                rule_scope=Scope.types("AWS::S3::Buckt"),
                parameters=required_tags.Parameters(tags={"owner": ()}),
            ),
            "AWS Config knows no resource type 'AWS::S3::Buckt'.*Did you mean AWS::S3::Bucket",
        ),
        (
            lambda stack: CheckRule(
                stack,
                "r",
                check=required_tags.CHECK,
                rule_scope=Scope.types("S3Bucket"),
                parameters=required_tags.Parameters(tags={"owner": ()}),
            ),
            "knows no resource type 'S3Bucket'",
        ),
        (
            lambda stack: PolicyRule(
                stack,
                "r",
                policy="rule r { resourceType exists }",
                rule_scope=Scope.types("AWS::CloudFront::Distribution"),
            ),
            "eu-west-1 does not record AWS::CloudFront::Distribution, .* only in us-east-1",
        ),
    ],
)
def test_a_rule_that_aws_would_refuse_is_refused_at_synthesis(
    synthesize: Synthesize, build: Callable[[ComplianceStack], object], message: str
) -> None:
    with pytest.raises((ComplianceError, CheckError), match=message):
        synthesize(build)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"history_days": 0}, "history_days=0 is out of bounds"),
        ({"log_retention_days": 8}, "log_retention_days=8 is not a retention period of CloudWatch Logs"),
        ({"tags": {"Workspace": "x"}}, "tags gives a value to Workspace, which for IAM is workspace"),
        (
            {"execution_role": "reader"},
            "execution_role='reader' is not an ARN that it can take",
        ),
        ({"checks": "no/such/folder"}, "checks='no/such/folder': the folder does not exist"),
    ],
)
def test_a_setting_out_of_bounds_is_refused(synthesize: Synthesize, settings: dict[str, object], message: str) -> None:
    with pytest.raises(ComplianceError, match=message):
        synthesize(**settings)


@pytest.mark.parametrize("before", [True, False], ids=["before the rule", "after the rule"])
def test_an_override_of_the_stack_changes_a_rule_or_adds_one(synthesize: Synthesize, *, before: bool) -> None:
    raw = {"name": "acme-${terraform.workspace}-raw"}

    def build(stack: ComplianceStack) -> None:
        if not before:
            ManagedRule(stack, "trail", identifier="CLOUD_TRAIL_ENABLED")
        stack.add_override("resource.aws_config_config_rule.trail.description", "For auditors.")
        stack.add_override("resource.aws_config_config_rule.raw", raw)
        stack.add_override("output.rules.description", "By id.")
        stack.add_override("output.raw", {"value": 1})
        if before:
            ManagedRule(stack, "trail", identifier="CLOUD_TRAIL_ENABLED")

    configuration = synthesize(build)
    rules = configuration["resource"]["aws_config_config_rule"]
    assert rules["raw"] == raw
    assert rules["trail"]["description"] == "For auditors."
    assert rules["trail"]["source"]["source_identifier"] == "CLOUD_TRAIL_ENABLED"
    assert configuration["output"]["raw"] == {"value": 1}
    assert configuration["output"]["rules"] == {"value": {"trail": "HIGH"}, "description": "By id."}
