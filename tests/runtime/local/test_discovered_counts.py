from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.runtime.local.accounts import Account, eventually

if TYPE_CHECKING:
    from compliance_tf.local import LocalAws


BUCKET, POLICY = "AWS::S3::Bucket", "AWS::IAM::Policy"


@pytest.fixture
def account(local_aws: LocalAws) -> Account:
    account = Account(local_aws).with_recorder()
    for name in ("one", "two"):
        account.bucket(f"{name}-{account.number}")
    account.policy(f"policy-{account.number}")
    eventually("all is recorded", lambda: counts(account).items() >= {BUCKET: 2, POLICY: 1}.items())
    return account


def counts(account: Account, **parameters: Any) -> dict[str, int]:
    answer = account.config.get_discovered_resource_counts(**parameters)
    return {count["resourceType"]: count["count"] for count in answer["resourceCounts"]}


def test_resources_are_counted_by_type_and_altogether(account: Account) -> None:
    answer = account.config.get_discovered_resource_counts()
    assert answer["totalDiscoveredResources"] == sum(count["count"] for count in answer["resourceCounts"]) >= 3


def test_only_the_types_that_were_asked_for_are_counted(account: Account) -> None:
    assert counts(account, resourceTypes=[BUCKET]) == {BUCKET: 2}


def test_counts_come_in_pages(account: Account) -> None:
    first = account.config.get_discovered_resource_counts(limit=1)
    rest = account.config.get_discovered_resource_counts(nextToken=first["nextToken"])
    assert len(first["resourceCounts"]) == 1
    assert first["resourceCounts"][0]["resourceType"] not in {c["resourceType"] for c in rest["resourceCounts"]}


def test_what_is_deleted_is_not_counted(account: Account) -> None:
    account.client("s3").delete_bucket(Bucket=f"one-{account.number}")
    eventually("one bucket is left", lambda: counts(account)[BUCKET] == 1)
