"""Types that local AWS does not keep faithfully, compared with items in the form that AWS documents.

tests/deploy/test_planned_resources.py compares the others with what is there after an apply.
"""

from __future__ import annotations

from typing import Any

import pytest

from compliance_runtime.account import Account
from compliance_runtime.check import Compliance
from compliance_runtime.checks import load_check
from compliance_tf.review.resources.judgement import Outcome
from compliance_tf.testing import ACCOUNT, CAPTURED_TIME, REGION, event_item, verdict
from tests.unit.review.resources.builders import change, configured, judged, outcomes, plan_json, real_plan
from tests.unit.review.resources.no_account_block import NoAccountBlock

OUTCOMES = {Compliance.COMPLIANT: Outcome.COMPLIANT, Compliance.NON_COMPLIANT: Outcome.VIOLATION}


def documented(check_id: str, item: dict[str, Any]) -> Outcome:
    check: Any = load_check(check_id)
    account: Any = Account(ACCOUNT, REGION, CAPTURED_TIME, lambda _: NoAccountBlock())  # type: ignore[arg-type]
    return OUTCOMES[verdict(check, item, None, account).compliance]


@pytest.mark.parametrize(("name", "good"), [("good", True), ("bad", False)])
def test_databases_and_instances(name: str, good: bool) -> None:  # noqa: FBT001 a case
    database = event_item(
        "AWS::RDS::DBInstance",
        "db-1",
        configuration={
            "dBInstanceIdentifier": f"planned-{name}",
            "storageEncrypted": good,
            "publiclyAccessible": not good,
            "backupRetentionPeriod": 14 if good else 0,
        },
    )
    instance = event_item(
        "AWS::EC2::Instance",
        "i-1",
        configuration={
            "state": {"code": 16, "name": "running"},
            "imageId": "ami-0c55b159cbfafe1f0",
            "metadataOptions": {
                "state": "applied",
                "httpEndpoint": "enabled",
                "httpTokens": "required" if good else "optional",
                "httpPutResponseHopLimit": 1,
            },
        },
    )
    found = outcomes(judged(real_plan("stack")))
    for check_id in ("rds-encryption", "rds-not-public", "rds-backup-retention"):
        assert found[check_id, f'aws_db_instance.all["{name}"]'] is documented(check_id, database)
    assert found["ec2-imdsv2", f'aws_instance.all["{name}"]'] is documented("ec2-imdsv2", instance)
    assert documented("rds-encryption", database) is (Outcome.COMPLIANT if good else Outcome.VIOLATION)


@pytest.mark.parametrize("acl", ["private", "public-read", "authenticated-read", "log-delivery-write"])
def test_access_control_lists(acl: str) -> None:
    groups = {
        "public-read": [{"grantee": "AllUsers", "permission": "Read"}],
        "authenticated-read": [{"grantee": "AuthenticatedUsers", "permission": "Read"}],
        "log-delivery-write": [{"grantee": "LogDelivery", "permission": "Write"}],
    }
    owner = {"grantee": {"id": "a" * 64, "displayName": None}, "permission": "FullControl"}
    recorded = event_item(
        supplementary={
            "AccessControlList": {"grantSet": None, "grantList": [owner, *groups.get(acl, [])]},
            "BucketPolicy": {"policyText": None},
        }
    )
    block = "aws_s3_bucket_public_access_block.b"
    none = dict.fromkeys(("block_public_acls", "block_public_policy", "ignore_public_acls"), False)
    plan = plan_json(
        [
            change("aws_s3_bucket.b", {"bucket": "b"}, unknown={"id": True, "policy": True, "acl": True}),
            change("aws_s3_bucket_acl.b", {"bucket": "b", "acl": acl}),
            change(block, {"bucket": "b", **none, "restrict_public_buckets": False}),
        ],
        [configured("aws_s3_bucket.b"), configured("aws_s3_bucket_acl.b"), configured(block)],
    )
    found = outcomes(judged(plan))["bucket-public-access", "aws_s3_bucket.b"]
    assert found is documented("bucket-public-access", recorded)
    assert found is (Outcome.VIOLATION if acl in {"public-read", "authenticated-read"} else Outcome.COMPLIANT)
