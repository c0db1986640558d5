from __future__ import annotations

from typing import Any

import pytest

from compliance_runtime.check import Compliance, Verdict
from compliance_runtime.checks.ebs_encryption import CHECK, Parameters
from compliance_runtime.errors import EventError, ParameterError
from compliance_tf.testing import ACCOUNT, REGION, event_item, verdict

KEY_ID = "1234abcd-12ab-34cd-56ef-1234567890ab"
OTHER_ID = "0987dcba-09fe-87dc-65ba-ab0987654321"
MULTI_REGION_ID = "mrk-1234abcd12ab34cd56ef1234567890ab"


def arn(key_id: str, *, region: str = REGION, account: str = ACCOUNT, partition: str = "aws") -> str:
    return f"arn:{partition}:kms:{region}:{account}:key/{key_id}"


def volume(**members: Any) -> dict[str, Any]:
    configuration = {"volumeId": "vol-1", "encrypted": True, "kmsKeyId": arn(KEY_ID)} | members
    return event_item("AWS::EC2::Volume", "vol-1", configuration=configuration)


def test_an_encrypted_volume_is_compliant() -> None:
    assert verdict(CHECK, volume()).compliance is Compliance.COMPLIANT


def test_a_volume_that_is_not_encrypted_violates_and_the_reason_says_what_to_do() -> None:
    result = verdict(CHECK, volume(encrypted=False, kmsKeyId=None))

    assert result.compliance is Compliance.NON_COMPLIANT
    assert result.reason.startswith("The storage is not encrypted: copy a snapshot of it with encryption")


@pytest.mark.parametrize(
    ("approved", "recorded"),
    [
        (KEY_ID, arn(KEY_ID)),
        (arn(KEY_ID), arn(KEY_ID)),
        (arn(KEY_ID), KEY_ID),
        (KEY_ID, arn(KEY_ID, region="us-gov-west-1", account="210987654321", partition="aws-us-gov")),
        (MULTI_REGION_ID, arn(MULTI_REGION_ID)),
    ],
)
def test_a_listed_key_is_approved_by_id_or_arn(approved: str, recorded: str) -> None:
    result = verdict(CHECK, volume(kmsKeyId=recorded), Parameters(approved_keys=(OTHER_ID, approved)))

    assert result == Verdict.compliant("The storage is encrypted with an approved key.")


@pytest.mark.parametrize(
    "approved",
    [
        OTHER_ID,
        arn(OTHER_ID),
        arn(KEY_ID, region="us-east-1"),
        arn(KEY_ID, account="210987654321"),
        arn(KEY_ID, partition="aws-cn"),
    ],
)
def test_another_key_violates_and_is_named(approved: str) -> None:
    result = verdict(CHECK, volume(), Parameters(approved_keys=(approved,)))

    assert result.compliance is Compliance.NON_COMPLIANT
    assert result.reason.startswith(f"The storage is encrypted with {arn(KEY_ID)}, which is not an approved key:")


def test_no_key_approves_what_is_not_encrypted() -> None:
    result = verdict(CHECK, volume(encrypted=False), Parameters(approved_keys=(KEY_ID,)))

    assert result.compliance is Compliance.NON_COMPLIANT


@pytest.mark.parametrize(
    "key",
    [
        "alias/volumes",
        f"arn:aws:kms:{REGION}:{ACCOUNT}:alias/volumes",
        "",
        KEY_ID.upper(),
        f"{KEY_ID} ",
        f"key/{KEY_ID}",
        f"arn:aws:kms:{REGION}::key/{KEY_ID}",
        "mrk-1234",
    ],
)
def test_an_alias_or_what_is_no_key_is_refused(key: str) -> None:
    with pytest.raises(ParameterError, match=r"approved_keys: .* must be a key id or a key ARN"):
        Parameters(approved_keys=(key,))


@pytest.mark.parametrize("members", [{"encrypted": None}, {"encrypted": "true"}, {"kmsKeyId": None}, {"kmsKeyId": 1}])
def test_an_item_that_does_not_say_is_no_verdict(members: dict[str, Any]) -> None:
    with pytest.raises(EventError, match=next(iter(members))):
        verdict(CHECK, volume(**members), Parameters(approved_keys=(KEY_ID,)))
