from __future__ import annotations

from typing import Any

import pytest

from compliance_runtime.check import Compliance, Verdict
from compliance_runtime.checks.bucket_encryption import CHECK, Parameters
from compliance_runtime.errors import EventError, ParameterError
from compliance_tf.testing import ACCOUNT, REGION, event_item, normal_forms, verdict

KEY = "1234abcd-12ab-34cd-56ef-1234567890ab"
OTHER = "00000000-12ab-34cd-56ef-1234567890ab"
ARN = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{KEY}"


def bucket(algorithm: str | None = None, key: str | None = None, *, bucket_key: bool | None = None) -> dict[str, Any]:
    default = {"sseAlgorithm": algorithm, "kmsMasterKeyID": key} if algorithm else None
    return recorded({"rules": [{"applyServerSideEncryptionByDefault": default, "bucketKeyEnabled": bucket_key}]})


def recorded(configuration: Any) -> dict[str, Any]:
    return event_item(supplementary={"ServerSideEncryptionConfiguration": configuration})


def judged(item: dict[str, Any], **parameters: Any) -> Verdict:
    return verdict(CHECK, item, Parameters(**parameters))


S3_KEYS = [
    event_item(),
    recorded(None),
    recorded({"rules": []}),
    recorded({"rules": None}),
    bucket(),
    bucket("AES256"),
    bucket("aes256"),
]


@pytest.mark.parametrize("item", S3_KEYS)
def test_keys_of_s3_and_nothing_recorded_are_the_same_and_no_kms(item: dict[str, Any]) -> None:
    found = judged(item)

    assert found.compliance is Compliance.NON_COMPLIANT
    assert "SSE-S3" in found.reason
    assert judged(item, require_kms=False).compliance is Compliance.COMPLIANT
    assert judged(item, require_kms=False, approved_keys=(KEY,)).compliance is Compliance.COMPLIANT
    assert judged(item, require_kms=False, require_bucket_key=True).compliance is Compliance.COMPLIANT


@pytest.mark.parametrize("algorithm", ["aws:kms", "aws:kms:dsse", "AWS:KMS"])
@pytest.mark.parametrize("key", [None, "alias/mine", KEY, ARN])
def test_any_kms_key_complies_where_none_are_listed(algorithm: str, key: str | None) -> None:
    assert judged(bucket(algorithm, key)).compliance is Compliance.COMPLIANT


@pytest.mark.parametrize("key", [KEY, ARN])
@pytest.mark.parametrize("approved", [KEY, ARN])
def test_a_key_is_the_same_by_id_and_by_arn(key: str, approved: str) -> None:
    assert judged(bucket("aws:kms", key), approved_keys=(OTHER, approved)).compliance is Compliance.COMPLIANT


@pytest.mark.parametrize(
    ("key", "named"),
    [
        (None, "the AWS managed key aws/s3"),
        ("alias/aws/s3", "alias/aws/s3"),
        (f"arn:aws:kms:{REGION}:{ACCOUNT}:alias/mine", "alias/mine"),
        (OTHER, OTHER),
        (ARN.replace(ACCOUNT, "999999999999"), f"999999999999:key/{KEY}"),
    ],
)
@pytest.mark.parametrize("algorithm", ["aws:kms", "aws:kms:dsse"])
def test_a_key_that_is_not_listed_violates_and_is_named(algorithm: str, key: str | None, named: str) -> None:
    found = judged(bucket(algorithm, key), approved_keys=(ARN,), require_kms=False)

    assert found.compliance is Compliance.NON_COMPLIANT
    assert f"{named}, not an approved key" in found.reason


@pytest.mark.parametrize(
    ("item", "compliance"),
    [
        (bucket("aws:kms", KEY, bucket_key=True), Compliance.COMPLIANT),
        (bucket("aws:kms", KEY, bucket_key=False), Compliance.NON_COMPLIANT),
        (bucket("AWS:KMS", KEY, bucket_key=False), Compliance.NON_COMPLIANT),
        (bucket("aws:kms", KEY), Compliance.NON_COMPLIANT),
        (bucket("aws:kms:dsse", KEY), Compliance.COMPLIANT),
    ],
)
def test_the_bucket_key_can_be_asked_for_where_there_can_be_one(item: dict[str, Any], compliance: Compliance) -> None:
    assert judged(item, require_bucket_key=True).compliance is compliance
    assert judged(item).compliance is Compliance.COMPLIANT


def test_another_algorithm_is_no_kms() -> None:
    found = judged(bucket("aws:fsx"))

    assert found.compliance is Compliance.NON_COMPLIANT
    assert "aws:fsx" in found.reason
    assert judged(bucket("aws:fsx"), require_kms=False).compliance is Compliance.COMPLIANT


def test_all_that_is_wrong_is_named() -> None:
    found = judged(bucket("aws:kms", OTHER), approved_keys=(KEY,), require_bucket_key=True)

    assert OTHER in found.reason
    assert "bucket key is off" in found.reason


@pytest.mark.parametrize("key", ["alias/mine", "", "*", f"arn:aws:kms:{REGION}:{ACCOUNT}:alias/mine", KEY.upper()])
def test_what_is_no_key_is_refused(key: str) -> None:
    with pytest.raises(ParameterError, match="approved_keys"):
        Parameters(approved_keys=(key,))


@pytest.mark.parametrize(
    "item",
    [
        recorded([]),
        recorded({"rules": {}}),
        recorded({"rules": ["AES256"]}),
        recorded({"rules": [{"applyServerSideEncryptionByDefault": {}}]}),
        recorded({"rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms", "kmsMasterKeyID": 1}}]}),
    ],
)
def test_a_malformed_item_is_no_verdict(item: dict[str, Any]) -> None:
    for form in normal_forms(item):
        with pytest.raises(EventError):
            CHECK.evaluate(form, Parameters(approved_keys=(KEY,)))
