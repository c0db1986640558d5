from __future__ import annotations

import json
from typing import Any

import pytest

from compliance_runtime.check import Compliance, Verdict
from compliance_runtime.checks.bucket_tls_only import evaluate
from compliance_runtime.errors import EventError
from compliance_runtime.parameters import NoParameters
from tests.unit.compliance_runtime.builders import configuration_item

BUCKET = "arn:aws:s3:::logs"
OBJECTS = f"{BUCKET}/*"
BOTH = [BUCKET, OBJECTS]


def denial(**changed: Any) -> dict[str, Any]:
    """The statement that AWS recommends; a member that is set to None is left out."""
    statement = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": BOTH,
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    } | changed
    return {name: value for name, value in statement.items() if value is not None}


def judged(*statements: dict[str, Any], arn: str = BUCKET) -> Verdict:
    policy = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    item = configuration_item(arn=arn, supplementary={"BucketPolicy": {"policyText": policy}})
    return evaluate(item, NoParameters())


@pytest.mark.parametrize(
    "statements",
    [
        [denial()],
        [denial(Principal={"AWS": "*"})],
        [denial(Principal={"AWS": ["*"]})],
        [denial(Action="*")],
        [denial(Action=["s3:GetObject", "S3:*"])],
        [denial(Condition={"Bool": {"aws:SecureTransport": False}})],
        [denial(Condition={"StringNotEquals": {"aws:SecureTransport": "true"}})],
        [denial(Condition={"StringNotEqualsIfExists": {"aws:securetransport": ["true"]}})],
        [denial(Condition={"StringNotLike": {"aws:SecureTransport": "true"}})],
        [denial(Condition={"StringEqualsIgnoreCase": {"aws:SecureTransport": "False"}})],
        [denial(Condition={"Bool": {"aws:SecureTransport": ["false"]}})],
        [denial(Condition={"Bool": {"AWS:securetransport": "False"}})],
        [denial(Condition={"BoolIfExists": {"aws:SecureTransport": "false"}})],
        [denial(Condition=None)],
        [denial(Resource="*")],
        [denial(Resource="arn:aws:s3:::logs*")],
        [denial(Resource=[BUCKET, f"{BUCKET}/?*"])],
        [denial(Resource=["arn:aws:s3:::log?", "arn:aws:s3:::*/*"])],
        [denial(Resource=BUCKET), denial(Resource=OBJECTS)],
        [{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": OBJECTS}, denial()],
    ],
)
def test_a_policy_that_denies_everyone_everything_without_tls_is_enough(
    statements: list[dict[str, Any]],
) -> None:
    assert judged(*statements).compliance is Compliance.COMPLIANT


@pytest.mark.parametrize(
    "statement",
    [
        denial(Effect="Allow"),
        denial(Principal={"AWS": "arn:aws:iam::123456789012:root"}),
        denial(Principal={"Service": "*"}),
        denial(Principal=None, NotPrincipal={"AWS": "arn:aws:iam::123456789012:root"}),
        denial(Action="s3:GetObject"),
        denial(Action=["s3:Get*", "s3:Put*"]),
        denial(Action=None, NotAction="s3:DeleteBucket"),
        denial(Resource=None, NotResource="arn:aws:s3:::other"),
        denial(Resource=["arn:aws:s3:::log", "arn:aws:s3:::log/*"]),
        denial(Condition={"Bool": {"aws:SecureTransport": "true"}}),
        denial(Condition={"Bool": {"aws:SecureTransport": "false", "aws:ViaAWSService": "false"}}),
        denial(
            Condition={
                "Bool": {"aws:SecureTransport": "false"},
                "StringEquals": {"aws:SourceVpc": "vpc-1"},
            }
        ),
        denial(Condition={"NumericLessThan": {"s3:TlsVersion": "1.2"}}),
        denial(Condition={"StringLike": {"aws:SecureTransport": "true"}}),
        denial(Condition={"StringNotEquals": {"aws:SecureTransport": "false"}}),
        denial(Condition={"StringNotEquals": {"aws:SecureTransport": ["true", "false"]}}),
        denial(Condition={"StringNotEquals": {"aws:SecureTransport": "true", "aws:PrincipalAccount": "1"}}),
    ],
)
def test_a_policy_that_leaves_some_requests_through_is_not_enough(statement: dict[str, Any]) -> None:
    verdict = judged(statement)

    assert verdict.compliance is Compliance.NON_COMPLIANT
    assert "to the bucket and its objects" in verdict.reason


@pytest.mark.parametrize(
    ("resource", "left"),
    [
        (BUCKET, "its objects"),
        (OBJECTS, "the bucket"),
        ([BUCKET, f"{BUCKET}/private/*"], "its objects"),
        ([BUCKET, f"{BUCKET}/?"], "its objects"),
        ([BUCKET, f"{BUCKET}/??*"], "its objects"),
        ([BUCKET, f"{BUCKET}/*.txt"], "its objects"),
    ],
)
def test_the_reason_says_what_is_left_open(resource: object, left: str) -> None:
    verdict = judged(denial(Resource=resource))

    assert verdict.compliance is Compliance.NON_COMPLIANT
    assert f"without TLS to {left}:" in verdict.reason


@pytest.mark.parametrize("partition", ["aws-cn", "aws-us-gov"])
def test_other_partitions_are_judged_by_their_own_arns(partition: str) -> None:
    bucket = f"arn:{partition}:s3:::logs"

    assert judged(denial(Resource=[bucket, f"{bucket}/*"]), arn=bucket).compliance is Compliance.COMPLIANT
    assert judged(denial(), arn=bucket).compliance is Compliance.NON_COMPLIANT


def test_a_bucket_without_a_policy_violates() -> None:
    item = configuration_item(supplementary={"BucketPolicy": {"policyText": None}})

    assert evaluate(item, NoParameters()).compliance is Compliance.NON_COMPLIANT


@pytest.mark.parametrize("supplementary", [{}, {"BucketPolicy": None}])
def test_a_policy_that_was_not_recorded_is_no_verdict(supplementary: dict[str, Any]) -> None:
    with pytest.raises(EventError, match="BucketPolicy is missing"):
        evaluate(configuration_item(supplementary=supplementary), NoParameters())


def test_a_single_statement_need_not_stand_in_a_list() -> None:
    item = configuration_item(supplementary={"BucketPolicy": {"policyText": json.dumps({"Statement": denial()})}})

    assert evaluate(item, NoParameters()).compliance is Compliance.COMPLIANT


@pytest.mark.parametrize("text", ["{", "[1]", '{"Statement": [{"Effect": "Deny"}]}'])
def test_a_policy_that_iam_would_not_take_is_no_verdict(text: str) -> None:
    item = configuration_item(supplementary={"BucketPolicy": {"policyText": text}})

    with pytest.raises(EventError, match="policyText"):
        evaluate(item, NoParameters())
