"""How functions run: settings that point at what exists, and the permissions that follow from them."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from compliance_runtime.check import LookupCheck, PeriodicCheck
from compliance_runtime.checks import check_ids, load_check, required_tags
from compliance_runtime.resources.lambda_runtimes import AS_OF, DEPRECATION_DATES
from compliance_tf import (
    CheckRule,
    KmsKeys,
    LocalState,
    Network,
    Notifications,
    S3State,
    Schedule,
    SettingError,
    by_workspace,
)
from compliance_tf.constructs.function_options import runtimes
from compliance_tf.preflight.permissions_boundary import permissions_boundary
from tests.synth.conftest import Synthesize, only, resources

if TYPE_CHECKING:
    from compliance_tf import ComplianceStack

KEY = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
QUEUE = "arn:aws:sqs:eu-west-1:111122223333:failed"
NETWORK = Network(subnets=["subnet-0123456789abcdef0"], security_groups=["sg-0123456789abcdef0"])
EVERYTHING: dict[str, Any] = {
    "runtime": "python3.14",
    "architecture": "x86_64",
    "permissions_boundary": "teams/compliance-boundary",
    "role_path": "/compliance/",
    "kms_keys": KmsKeys(table=KEY, logs=KEY, environment=KEY),
    "network": NETWORK,
    "tracing": True,
    "dead_letter_queue": QUEUE,
    "reserved_concurrency": 5,
}


def actions(configuration: dict[str, Any], role: str = "") -> set[str]:
    return {
        action
        for policy in resources(configuration, "aws_iam_role_policy")
        if role in policy["role"]
        for statement in json.loads(policy["policy"])["Statement"]
        for action in statement["Action"]
    }


def test_every_option_reaches_every_function(synthesize: Synthesize) -> None:
    configuration = synthesize(**EVERYTHING)
    for function in resources(configuration, "aws_lambda_function"):
        assert (function["runtime"], function["architectures"]) == ("python3.14", ["x86_64"])
        assert function["kms_key_arn"] == KEY
        assert function["tracing_config"] == {"mode": "Active"}
        assert function["dead_letter_config"] == {"target_arn": QUEUE}
        assert function["reserved_concurrent_executions"] == 5
        assert function["vpc_config"] == {
            "subnet_ids": ["subnet-0123456789abcdef0"],
            "security_group_ids": ["sg-0123456789abcdef0"],
        }
    for role in resources(configuration, "aws_iam_role"):
        assert role["path"] == "/compliance/"
        assert role["permissions_boundary"].endswith(".account_id}:policy/teams/compliance-boundary")
        assert role["permissions_boundary"].startswith("arn:${data.aws_partition.")
    assert {group["kms_key_id"] for group in resources(configuration, "aws_cloudwatch_log_group")} == {KEY}
    assert only(configuration, "aws_dynamodb_table")["server_side_encryption"] == {"enabled": True, "kms_key_arn": KEY}


def test_an_override_of_the_stack_wins_over_a_resource_of_ours(synthesize: Synthesize) -> None:
    function = "resource.aws_lambda_function.functions_evaluate_function_3C2C4E53"

    def build(stack: ComplianceStack) -> None:
        stack.add_override(f"{function}.timeout", 77)
        stack.add_override(f"{function}.environment.variables.MORE", "x")
        # A periodic check changes the timeout when all rules are known.
        CheckRule(stack, "keys", check=load_check("iam-access-keys"))

    overridden = synthesize(build)["resource"]["aws_lambda_function"]["functions_evaluate_function_3C2C4E53"]
    assert overridden["timeout"] == 77
    assert overridden["environment"]["variables"]["MORE"] == "x"
    assert overridden["environment"]["variables"]["HISTORY_DAYS"] == "365"
    assert overridden["filename"].endswith("/lambda.zip")


def test_permissions_follow_from_the_options_and_only_where_they_are_needed(synthesize: Synthesize) -> None:
    plain, full = synthesize(), synthesize(**EVERYTHING)
    services = {"ec2", "kms", "sqs", "xray"}
    assert not {action for action in actions(plain) if action.split(":")[0] in services}
    for function in ("evaluate", "record", "trigger"):
        assert {action.split(":")[0] for action in actions(full, function)} >= services
    assert "kms:GenerateDataKey" in actions(full, "record")
    assert "kms:GenerateDataKey" not in actions(full, "evaluate")


def test_nothing_that_a_function_may_do_is_outside_the_boundary(synthesize: Synthesize) -> None:
    values = {"required-tags": required_tags.Parameters(tags={"owner": ()})}

    def build(stack: ComplianceStack) -> None:
        for check_id in check_ids():
            if isinstance(check := load_check(check_id), LookupCheck | PeriodicCheck):
                CheckRule(stack, check_id, check=check, parameters=values.get(check_id))

    topic = "arn:aws:sns:eu-west-1:111122223333:security"
    configuration = synthesize(build, notifications=Notifications(topic), **EVERYTHING)
    bounded = {action for statement in permissions_boundary("acme")["Statement"] for action in statement["Action"]}
    assert actions(configuration) <= bounded


def test_the_runtimes_are_those_that_the_check_would_let_pass() -> None:
    assert runtimes()[:2] == ["python3.13", "python3.14"]
    assert all(DEPRECATION_DATES[runtime] > max(AS_OF, date(2026, 1, 1)) for runtime in runtimes())


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"runtime": "python3.12"}, r"runtime='python3.12' is not known. Did you mean python3"),
        ({"runtime": "nodejs22.x"}, "Allowed: python3.13"),
        ({"architecture": "arm"}, r"architecture='arm' is not known. Did you mean arm64\?"),
        ({"permissions_boundary": "arn:aws:iam::1:policy/x"}, "permissions_boundary='arn:aws:iam::1:policy/x' is not"),
        ({"permissions_boundary": "arn:aws-cn:iam::111122223333:policy/x"}, "nothing in AWS crosses partitions"),
        ({"permissions_boundary": ""}, "permissions_boundary='' is not an ARN"),
        ({"role_path": "compliance"}, "role_path='compliance' must begin and end with a slash"),
        ({"role_path": "/a//b/"}, "must begin and end"),
        ({"reserved_concurrency": 0}, "reserved_concurrency=0 is out of bounds"),
        ({"dead_letter_queue": "https://sqs.eu-west-1.amazonaws.com/1/x"}, "dead_letter_queue='https"),
        ({"dead_letter_queue": QUEUE.replace("eu-west-1", "us-east-1")}, "must be in eu-west-1"),
        (
            {"kms_keys": KmsKeys(table=KEY.replace("eu-west-1", "us-east-1"))},
            "KmsKeys: table=.* must be in eu-west-1",
        ),
        ({"execution_role": "arn:aws-cn:iam::111122223333:role/x"}, "is in the partition aws-cn"),
        ({"tags": {"AWS:team": "a"}}, "tags gives a value to AWS:team: what begins with aws:"),
        ({"region": "eu-west"}, "region='eu-west' is not an AWS region"),
        ({"region": "eusc-de-east-1", "execution_role": "arn:aws:iam::111122223333:role/x"}, "is in aws-eusc"),
    ],
)
def test_an_option_that_cannot_work_is_refused(synthesize: Synthesize, settings: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingError, match=message):
        synthesize(**settings)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: KmsKeys(table="alias/x"), "KmsKeys: table='alias/x' is not an ARN"),
        (lambda: Network("subnet-0123456789abcdef0", ["sg-0123456789abcdef0"]), "Network: subnets takes a list"),
        (lambda: Network(["subnet-1"], ["sg-0123456789abcdef0"]), "'subnet-1', which is not an id"),
        (lambda: Network([], []), "Network: subnets is empty"),
        (lambda: S3State(bucket="s3://acme", region="eu-west-1"), "S3State: bucket='s3://acme' cannot be the name"),
        (lambda: S3State(bucket="Acme", region="eu-west-1"), "cannot be the name of an S3 bucket"),
        (lambda: S3State(bucket="192.168.0.1", region="eu-west-1"), "cannot be the name of an S3 bucket"),
        (lambda: S3State(bucket="a..b", region="eu-west-1"), "cannot be the name of an S3 bucket"),
        (lambda: S3State(bucket="acme--x-s3", region="eu-west-1"), "cannot be the name of an S3 bucket"),
        (lambda: S3State("acme", "us-east-1", kms_key_id=KEY), "S3State: kms_key_id=.* must be in us-east-1"),
        (lambda: Schedule("rate(1 days)"), "is not a schedule of EventBridge"),
        (lambda: Schedule("rate(6 hour)"), "is not a schedule of EventBridge"),
        (lambda: Schedule("every day"), "is not a schedule of EventBridge"),
        (lambda: Schedule.cron("0 6 * * * *"), r"must have \? as the day"),
        (lambda: Schedule.cron("0 6 ? * ? *"), r"must have \? as the day"),
        (lambda: S3State(bucket="acme", region="EU"), "S3State: region='EU' is not an AWS region"),
        (lambda: S3State("acme", "eu-west-1", workspace_key_prefix="/x"), "must be the beginning of a key"),
        (lambda: S3State("acme", "eu-west-1", kms_key_id="my-key"), "S3State: kms_key_id='my-key' is not an ARN"),
        (lambda: LocalState("/var/state"), "must be the name of a folder"),
        (lambda: LocalState("../state"), "must be the name of a folder"),
    ],
)
def test_what_cannot_be_a_name_of_aws_is_refused(make: Any, message: str) -> None:
    with pytest.raises(SettingError, match=message):
        make()


def test_a_state_in_s3_is_locked_by_s3_itself(synthesize: Synthesize) -> None:
    state = S3State(bucket="states", region="eu-west-1", workspace_key_prefix="compliance")
    assert synthesize(state=state)["terraform"]["backend"] == {
        "s3": {
            "bucket": "states",
            "encrypt": True,
            "key": "acme/eu-west-1/terraform.tfstate",
            "region": "eu-west-1",
            "use_lockfile": True,
            "workspace_key_prefix": "compliance",
        }
    }


def test_state_takes_keys_by_id_alias_and_arn() -> None:
    alias = "arn:aws:kms:eu-west-1:111122223333:alias/state"
    for key in ("1234abcd-12ab-34cd-56ef-1234567890ab", "alias/state", KEY, alias):
        S3State("acme.state-2", "eu-west-1", kms_key_id=key)


def test_a_region_of_every_partition_is_taken(synthesize: Synthesize) -> None:
    for region in ("eusc-de-east-1", "us-gov-west-1", "cn-north-1", "us-isob-east-1"):
        synthesize(region=region)


def test_history_by_workspace_stays_with_options(synthesize: Synthesize) -> None:
    configuration = synthesize(history_days=by_workspace(prod=365, default=30), tracing=True)
    variables = resources(configuration, "aws_lambda_function")[0]["environment"]["variables"]
    assert "terraform.workspace" in variables["HISTORY_DAYS"]


def test_the_provider_is_pinned_to_one_version(synthesize: Synthesize) -> None:
    def version(**settings: Any) -> str:
        return str(synthesize(**settings)["terraform"]["required_providers"]["aws"]["version"])

    assert version() == "5.100.0"
    assert version(aws_provider="6.25.0") == "6.25.0"


def test_another_provider_changes_nothing_but_its_version(synthesize: Synthesize) -> None:
    one, other = synthesize(), synthesize(aws_provider="6.25.0")
    other["terraform"]["required_providers"]["aws"]["version"] = "5.100.0"
    assert one == other
    assert {"hash_key", "range_key"} <= set(only(one, "aws_dynamodb_table")["global_secondary_index"][0])


@pytest.mark.parametrize("version", ["7.0.0", "5.99.0", "~> 6.0", "6.25", "latest", "6.25.0-beta1", ""])
def test_a_range_or_a_version_that_was_not_compared_is_refused(synthesize: Synthesize, version: str) -> None:
    with pytest.raises(SettingError, match=r"must be one exact version from 5.100.0 to below 7"):
        synthesize(aws_provider=version)
