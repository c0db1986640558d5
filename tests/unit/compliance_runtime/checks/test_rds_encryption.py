from __future__ import annotations

from typing import Any

import pytest

from compliance_runtime.check import Compliance
from compliance_runtime.checks.rds_encryption import CHECK, Parameters
from compliance_runtime.errors import EventError, ParameterError
from compliance_tf.testing import ACCOUNT, REGION, event_item, verdict

KEY_ID = "1234abcd-12ab-34cd-56ef-1234567890ab"
OTHER_ID = "0987dcba-09fe-87dc-65ba-ab0987654321"
TYPES = ("AWS::RDS::DBInstance", "AWS::RDS::DBCluster")


def database(resource_type: str = TYPES[0], **members: Any) -> dict[str, Any]:
    configuration = {"storageEncrypted": True, "kmsKeyId": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{KEY_ID}"} | members
    return event_item(resource_type, "db-ABCDEFGHIJKLMNOPQRSTUVWXYZ", configuration=configuration)


def test_instances_and_clusters_are_judged() -> None:
    assert CHECK.resource_types == TYPES


@pytest.mark.parametrize("resource_type", TYPES)
@pytest.mark.parametrize(
    ("members", "approved", "compliance", "reason"),
    [
        ({}, (), Compliance.COMPLIANT, "The storage is encrypted."),
        ({}, (KEY_ID,), Compliance.COMPLIANT, "The storage is encrypted with an approved key."),
        ({}, (OTHER_ID,), Compliance.NON_COMPLIANT, f"key/{KEY_ID}, which is not an approved key: restore it"),
        ({"storageEncrypted": False}, (), Compliance.NON_COMPLIANT, "not encrypted: restore it from a copy of its"),
        ({"storageEncrypted": False}, (KEY_ID,), Compliance.NON_COMPLIANT, "not encrypted"),
    ],
)
def test_databases_must_be_encrypted_with_an_approved_key(
    resource_type: str, members: dict[str, Any], approved: tuple[str, ...], compliance: Compliance, reason: str
) -> None:
    result = verdict(CHECK, database(resource_type, **members), Parameters(approved_keys=approved))

    assert result.compliance is compliance
    assert reason in result.reason


def test_an_alias_is_refused() -> None:
    with pytest.raises(ParameterError, match=r"approved_keys: 'alias/aws/rds' must be"):
        Parameters(approved_keys=("alias/aws/rds",))


@pytest.mark.parametrize("flag", [None, "yes", 1])
def test_an_item_that_does_not_say_is_no_verdict(flag: object) -> None:
    with pytest.raises(EventError, match="storageEncrypted must be true or false"):
        verdict(CHECK, database(storageEncrypted=flag))
