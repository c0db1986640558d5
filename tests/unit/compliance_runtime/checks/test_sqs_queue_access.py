from __future__ import annotations

import json
from typing import Any

import pytest

from compliance_runtime.check import Compliance, Verdict
from compliance_runtime.checks.sqs_queue_access import CHECK, Parameters
from compliance_runtime.errors import EventError, ParameterError
from compliance_tf.testing import ACCOUNT, event_item, normal_forms, verdict

UNTRUSTED = "999999999999"
ARN = "arn:aws:sqs:eu-central-1:123456789012:jobs"


def queue(*statements: dict[str, Any], **recorded: Any) -> dict[str, Any]:
    """As AWS Config records it: a policy is a JSON text."""
    policy = {"Policy": json.dumps({"Version": "2012-10-17", "Statement": list(statements)})} if statements else {}
    return event_item(
        "AWS::SQS::Queue",
        "https://sqs.eu-central-1.amazonaws.com/123456789012/jobs",
        arn=ARN,
        configuration={"QueueArn": ARN, **policy, **recorded},
    )


def grant(principal: Any, condition: Any = None) -> dict[str, Any]:
    statement = {"Sid": "S", "Effect": "Allow", "Principal": principal, "Action": "sqs:SendMessage", "Resource": ARN}
    return statement | ({"Condition": condition} if condition else {})


def judged(*statements: dict[str, Any], **parameters: Any) -> Verdict:
    return verdict(CHECK, queue(*statements), Parameters(**parameters))


SERVICE = {"Service": "sns.amazonaws.com"}


@pytest.mark.parametrize("item", [queue(), queue(Policy=None), queue(Policy="")])
def test_a_queue_without_a_policy_lets_nobody_in(item: dict[str, Any]) -> None:
    assert verdict(CHECK, item, Parameters(require_source=True)).compliance is Compliance.COMPLIANT


@pytest.mark.parametrize(
    "statement",
    [
        grant({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}),
        grant("*", {"ArnEquals": {"aws:SourceArn": f"arn:aws:sns:eu-central-1:{ACCOUNT}:news"}}),
        grant("*", {"StringEquals": {"aws:SourceAccount": ACCOUNT}, "ArnLike": {"aws:SourceArn": "arn:aws:s3:::logs"}}),
    ],
)
def test_the_own_account_and_its_topics_and_buckets_may_send(statement: dict[str, Any]) -> None:
    assert judged(statement).compliance is Compliance.COMPLIANT


def test_a_bucket_that_may_be_anyones_is_named() -> None:
    found = judged(grant("*", {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::logs"}}))

    assert found.compliance is Compliance.NON_COMPLIANT
    assert "services for arn:aws:s3:::logs (S)" in found.reason


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        (grant("*"), "anyone (S)"),
        (grant({"AWS": UNTRUSTED}), f"account {UNTRUSTED} (S)"),
        (
            grant(SERVICE, {"ArnEquals": {"aws:SourceArn": f"arn:aws:sns:eu-central-1:{UNTRUSTED}:x"}}),
            f"sns.amazonaws.com for arn:aws:sns:eu-central-1:{UNTRUSTED}:x (S)",
        ),
    ],
)
def test_who_is_not_trusted_is_named(statement: dict[str, Any], named: str) -> None:
    found = judged(statement)

    assert found.compliance is Compliance.NON_COMPLIANT
    assert named in found.reason
    assert judged(statement, accounts=(UNTRUSTED,)).compliance is (
        Compliance.NON_COMPLIANT if named.startswith("anyone") else Compliance.COMPLIANT
    )


def test_an_organization_can_be_trusted() -> None:
    statement = grant("*", {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}})

    assert judged(statement).compliance is Compliance.NON_COMPLIANT
    assert judged(statement, organizations=("o-a1b2c3d4e5",)).compliance is Compliance.COMPLIANT


def test_a_service_may_act_for_anyone_unless_a_source_is_required() -> None:
    found = judged(grant(SERVICE), require_source=True)

    assert judged(grant(SERVICE)).compliance is Compliance.COMPLIANT
    assert found.compliance is Compliance.NON_COMPLIANT
    assert "sns.amazonaws.com (S): add aws:SourceArn" in found.reason


@pytest.mark.parametrize("key", ["aws:SourceAccount", "aws:SourceOwner"])
def test_a_service_with_a_source_of_the_own_account_complies(key: str) -> None:
    statement = grant(SERVICE, {"StringEquals": {key: ACCOUNT}})

    assert judged(statement, require_source=True).compliance is Compliance.COMPLIANT


def test_untrusted_principals_come_before_services_without_a_source() -> None:
    found = judged(grant(SERVICE), grant({"AWS": UNTRUSTED}), require_source=True)

    assert found.reason.index(UNTRUSTED) < found.reason.index("No source")


def test_parameters_are_checked() -> None:
    with pytest.raises(ParameterError, match="Parameter accounts"):
        Parameters(accounts=("me",))


@pytest.mark.parametrize("policy", ["{", "[1]", {}, [], 1, False, '{"Statement": [{"Effect": "Allow"}]}'])
def test_a_malformed_policy_is_no_verdict(policy: Any) -> None:
    for form in normal_forms(queue(Policy=policy)):
        with pytest.raises(EventError):
            CHECK.evaluate(form, Parameters())


@pytest.mark.parametrize("listed", ["arn:aws:s3:::inbox", "arn:aws:s3:*:*:inbox"])
def test_a_bucket_that_is_listed_may_have_s3_send(listed: str) -> None:
    statement = grant("*", {"ArnLike": {"aws:SourceArn": "arn:aws:s3:*:*:inbox"}})

    assert "or list who may come in as principals" in judged(statement).reason
    assert judged(statement, principals=(listed,)).compliance is Compliance.COMPLIANT
    assert judged(statement, principals=("arn:aws:s3:::outbox",)).compliance is Compliance.NON_COMPLIANT


def test_a_vpc_endpoint_or_a_range_that_is_listed_lets_in() -> None:
    endpoint = grant("*", {"StringEquals": {"aws:SourceVpce": "vpce-0a1b2c3d4e5f"}})
    office = grant("*", {"IpAddress": {"aws:SourceIp": "203.0.113.7/32"}})

    found = judged(endpoint, office)

    assert "anyone from vpce-0a1b2c3d4e5f (S)" in found.reason
    assert "as networks" in found.reason
    assert judged(endpoint, office, networks=("vpce-0a1b2c3d4e5f", "203.0.113.0/24")).compliance is Compliance.COMPLIANT
