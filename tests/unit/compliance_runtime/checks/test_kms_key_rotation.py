from __future__ import annotations

from typing import Any

import pytest

from compliance_runtime.check import Compliance, Verdict
from compliance_runtime.checks.kms_key_rotation import CHECK
from compliance_runtime.errors import EventError
from compliance_tf.testing import event_item
from compliance_tf.testing import verdict as judged

KEY: dict[str, Any] = {
    "keyId": "11111111-2222-3333-4444-555555555555",
    "keyManager": "CUSTOMER",
    "keyState": "Enabled",
    "enabled": True,
    "keyUsage": "ENCRYPT_DECRYPT",
    "customerMasterKeySpec": "SYMMETRIC_DEFAULT",
    "origin": "AWS_KMS",
}


def verdict(rotation: Any, **changed: Any) -> Verdict:
    item = event_item(
        "AWS::KMS::Key", KEY["keyId"], configuration=KEY | changed, supplementary={"KeyRotationStatus": rotation}
    )
    return judged(CHECK, item)


@pytest.mark.parametrize("rotation", [True, "true", "TRUE"])
def test_a_key_that_kms_rotates_is_compliant(rotation: object) -> None:
    assert verdict(rotation).compliance is Compliance.COMPLIANT


@pytest.mark.parametrize("rotation", [False, "false", "FALSE"])
def test_a_key_that_kms_does_not_rotate_violates(rotation: object) -> None:
    still = verdict(rotation)

    assert still.compliance is Compliance.NON_COMPLIANT
    assert "enable its automatic rotation" in still.reason


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"keyManager": "AWS"}, "belongs to AWS"),
        ({"keyState": "Disabled"}, "Disabled"),
        ({"keyState": "PendingDeletion"}, "PendingDeletion"),
        ({"keyState": "PendingImport", "origin": "EXTERNAL"}, "PendingImport"),
        ({"origin": "EXTERNAL"}, "origin EXTERNAL"),
        ({"origin": "AWS_CLOUDHSM"}, "origin AWS_CLOUDHSM"),
        ({"origin": "EXTERNAL_KEY_STORE"}, "origin EXTERNAL_KEY_STORE"),
        ({"customerMasterKeySpec": "RSA_2048", "keyUsage": "SIGN_VERIFY"}, "spec RSA_2048"),
        ({"customerMasterKeySpec": "HMAC_256", "keyUsage": "GENERATE_VERIFY_MAC"}, "spec HMAC_256"),
        ({"keySpec": "ECC_NIST_P256", "customerMasterKeySpec": None}, "spec ECC_NIST_P256"),
        ({"multiRegionConfiguration": {"multiRegionKeyType": "REPLICA"}}, "replica"),
    ],
)
def test_a_key_that_kms_cannot_rotate_is_left_out(changed: dict[str, Any], reason: str) -> None:
    left_out = verdict("false", **changed)

    assert left_out.compliance is Compliance.NOT_APPLICABLE
    assert reason in left_out.reason


@pytest.mark.parametrize(
    "changed",
    [
        {"customerMasterKeySpec": None},
        {"keySpec": "SYMMETRIC_DEFAULT"},
        {"multiRegionConfiguration": None},
        {"multiRegionConfiguration": {"multiRegionKeyType": "PRIMARY"}},
    ],
)
def test_other_symmetric_keys_are_judged(changed: dict[str, Any]) -> None:
    assert verdict("false", **changed).compliance is Compliance.NON_COMPLIANT


def test_the_rotation_of_a_key_that_is_left_out_need_not_be_recorded() -> None:
    assert verdict(None, origin="EXTERNAL").compliance is Compliance.NOT_APPLICABLE


@pytest.mark.parametrize("rotation", [None, "", "maybe", 1, {"enabled": True}])
def test_a_rotation_that_is_not_recorded_is_no_verdict(rotation: object) -> None:
    with pytest.raises(EventError, match="KeyRotationStatus must be true or false"):
        verdict(rotation)


@pytest.mark.parametrize("member", ["keyManager", "keyState", "origin"])
@pytest.mark.parametrize("value", [None, "", 1, {}])
def test_a_malformed_item_is_no_verdict(member: str, value: object) -> None:
    with pytest.raises(EventError, match=member):
        verdict("false", **{member: value})


def test_words_count_in_any_case() -> None:
    spelt = {"keyManager": "Customer", "keyState": "ENABLED", "customerMasterKeySpec": "Symmetric_Default"}
    assert verdict("false", **spelt, origin="aws_kms").compliance is Compliance.NON_COMPLIANT
    replica = {"multiRegionConfiguration": {"multiRegionKeyType": "Replica"}}
    assert verdict("false", **replica).compliance is Compliance.NOT_APPLICABLE
