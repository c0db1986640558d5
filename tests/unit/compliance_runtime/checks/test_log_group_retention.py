from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.stub import Stubber

from compliance_runtime.check import Compliance, Verdict
from compliance_runtime.checks.log_group_retention import CHECK, Parameters, judge
from compliance_runtime.errors import ParameterError
from compliance_tf.testing import account_with
from tests.unit.compliance_runtime.builders import client

if TYPE_CHECKING:
    from mypy_boto3_logs.type_defs import LogGroupTypeDef

KEY = "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555"
OTHER_KEY = "arn:aws:kms:eu-central-1:123456789012:key/99999999-2222-3333-4444-555555555555"


def verdict(days: int | None = 90, key: str | None = None, name: str = "/app", **parameters: Any) -> Verdict:
    group: LogGroupTypeDef = {"logGroupName": name}
    if days is not None:
        group["retentionInDays"] = days
    if key is not None:
        group["kmsKeyId"] = key
    return judge(group, Parameters(**parameters))


@pytest.mark.parametrize(
    ("days", "compliance"),
    [
        (14, Compliance.NON_COMPLIANT),
        (30, Compliance.COMPLIANT),
        (90, Compliance.COMPLIANT),
        (365, Compliance.COMPLIANT),
        (400, Compliance.NON_COMPLIANT),
    ],
)
def test_the_retention_must_be_within_both_bounds(days: int, compliance: Compliance) -> None:
    judged = verdict(days, min_days=30, max_days=365)

    assert judged.compliance is compliance
    if compliance is Compliance.NON_COMPLIANT:
        assert judged.reason == f"Events are kept {days} days: set 30 to 365 days."


def test_events_that_never_expire_violate_unless_that_is_allowed() -> None:
    forever = verdict(None)

    assert forever.compliance is Compliance.NON_COMPLIANT
    assert forever.reason == "Events never expire: set 1 to 3653 days."
    assert verdict(None, allow_never_expiring=True).compliance is Compliance.COMPLIANT


def test_a_key_is_asked_for_only_where_the_rule_says_so() -> None:
    assert verdict().compliance is Compliance.COMPLIANT
    assert verdict(require_key=True).reason == "No KMS key encrypts the group: associate one."
    assert verdict(approved_keys=(KEY,)).reason == "No KMS key encrypts the group: associate one."
    assert verdict(key=OTHER_KEY, require_key=True).compliance is Compliance.COMPLIANT


def test_the_key_must_be_an_approved_one() -> None:
    assert verdict(key=KEY, approved_keys=(OTHER_KEY, KEY)).compliance is Compliance.COMPLIANT
    refused = verdict(key=OTHER_KEY, approved_keys=(KEY,))
    assert refused.compliance is Compliance.NON_COMPLIANT
    assert refused.reason == f"KMS key {OTHER_KEY} is not approved."


def test_retention_and_key_are_both_named() -> None:
    assert verdict(1, min_days=30, require_key=True).reason == (
        "Events are kept 1 days: set 30 to 3653 days. No KMS key encrypts the group: associate one."
    )


def test_exempt_groups_and_those_whose_retention_aws_sets_are_left_out() -> None:
    prefixes: dict[str, Any] = {"exempt_prefixes": ("/aws/codebuild/", "tmp-")}

    assert verdict(None, name="tmp-1", **prefixes).compliance is Compliance.NOT_APPLICABLE
    assert verdict(None, name="/aws/lambda/tmp-1", **prefixes).compliance is Compliance.NON_COMPLIANT
    delivery: LogGroupTypeDef = {"logGroupName": "/app", "logGroupClass": "DELIVERY", "retentionInDays": 2}
    assert judge(delivery, Parameters(min_days=30)).compliance is Compliance.NOT_APPLICABLE
    infrequent: LogGroupTypeDef = {"logGroupName": "/app", "logGroupClass": "INFREQUENT_ACCESS", "retentionInDays": 3}
    assert judge(infrequent, Parameters(min_days=30)).compliance is Compliance.NON_COMPLIANT


def test_all_groups_of_all_pages_are_reported_by_name() -> None:
    logs = client("logs")
    with Stubber(logs) as stub:
        stub.add_response("describe_log_groups", {"logGroups": [{"logGroupName": "/a"}], "nextToken": "next"}, {})
        stub.add_response(
            "describe_log_groups",
            {"logGroups": [{"logGroupName": "/b", "retentionInDays": 30}]},
            {"nextToken": "next"},
        )
        findings = list(CHECK.evaluate(account_with(logs=logs), Parameters()))

    assert [(found.resource_type, found.resource_id, found.verdict.compliance) for found in findings] == [
        ("AWS::Logs::LogGroup", "/a", Compliance.NON_COMPLIANT),
        ("AWS::Logs::LogGroup", "/b", Compliance.COMPLIANT),
    ]


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"min_days": 0}, "min_days is 0; it must be 1 to 3653"),
        ({"min_days": 3654}, "min_days is 3654"),
        ({"max_days": 0}, "max_days is 0"),
        ({"max_days": 3654}, "max_days is 3654; it must be 1 to 3653"),
        ({"min_days": 365, "max_days": 30}, "leave no retention"),
        ({"min_days": 31, "max_days": 59}, "leave no retention.*30, 60"),
        ({"approved_keys": ("alias/logs",)}, "approved_keys"),
    ],
)
def test_what_no_group_can_meet_is_refused(parameters: dict[str, Any], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        Parameters(**parameters)


def test_bounds_may_be_as_narrow_as_one_setting() -> None:
    assert verdict(30, min_days=30, max_days=30).compliance is Compliance.COMPLIANT
    assert verdict(3653, min_days=3653).compliance is Compliance.COMPLIANT
