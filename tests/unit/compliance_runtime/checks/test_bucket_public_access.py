from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.stub import Stubber

from compliance_runtime.check import Compliance, Verdict
from compliance_runtime.checks.bucket_public_access import CHECK, Parameters
from compliance_runtime.errors import EventError, ParameterError
from compliance_tf.testing import ACCOUNT, account_with, event_item, normal_forms, verdict
from tests.unit.compliance_runtime.builders import client

OWNER = {"grantee": {"id": "79a59df9", "displayName": None}, "permission": "FullControl"}
PUBLIC_GRANT = {"grantee": "AllUsers", "permission": "Read"}
OPEN = {"Sid": "Web", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::logs/*"}
SETTINGS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")


def bucket(
    *,
    statement: dict[str, Any] | None = None,
    grants: tuple[Any, ...] = (),
    block: Any = None,
    member: str = "grantList",
) -> dict[str, Any]:
    acl = {"grantSet": None, "grantList": None, "owner": {"id": "79a59df9"}, "isRequesterCharged": False}
    text = json.dumps({"Statement": [statement]}) if statement else None
    supplementary = {"BucketPolicy": {"policyText": text}, "AccessControlList": acl | {member: [OWNER, *grants]}}
    return event_item(supplementary=supplementary | ({"PublicAccessBlockConfiguration": block} if block else {}))


def block(*on: str) -> dict[str, bool]:
    return {setting[0].lower() + setting[1:]: setting in on for setting in SETTINGS}


def judged(item: dict[str, Any], *, account_block: tuple[str, ...] | None = None, asked: bool = True) -> Verdict:
    """Judge both forms of the item: the account's block is asked for exactly once for each, or never."""
    s3control = client("s3control")
    with Stubber(s3control) as stub:
        for _ in range(2 if asked else 0):
            if account_block is None:
                stub.add_client_error("get_public_access_block", "NoSuchPublicAccessBlockConfiguration")
            else:
                answer = {"PublicAccessBlockConfiguration": {name: name in account_block for name in SETTINGS}}
                stub.add_response("get_public_access_block", answer, {"AccountId": ACCOUNT})
        found = verdict(CHECK, item, Parameters(), account_with(s3control=s3control))
        stub.assert_no_pending_responses()
    return found


@pytest.mark.parametrize(
    "item",
    [
        bucket(),
        bucket(statement=OPEN | {"Principal": {"AWS": "999999999999"}}),
        bucket(statement=OPEN | {"Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}}),
        bucket(statement=OPEN | {"Effect": "Deny"}),
        bucket(grants=({"grantee": "LogDelivery", "permission": "Write"},)),
        bucket(grants=({"grantee": {"id": "AllUsers"}, "permission": "Read"},)),
        bucket(statement=OPEN, block=block("RestrictPublicBuckets")),
        bucket(grants=(PUBLIC_GRANT,), block=block("IgnorePublicAcls")),
        bucket(statement=OPEN, grants=(PUBLIC_GRANT,), block=block(*SETTINGS)),
    ],
)
def test_a_bucket_that_opens_nothing_by_itself_complies_without_asking_for_the_account(item: dict[str, Any]) -> None:
    assert judged(item, asked=False).compliance is Compliance.COMPLIANT


@pytest.mark.parametrize("account_block", [None, (), ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy")])
@pytest.mark.parametrize("own", [None, block(), block("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy")])
def test_a_public_policy_violates_unless_a_block_restricts_public_buckets(own: Any, account_block: Any) -> None:
    found = judged(bucket(statement=OPEN, block=own), account_block=account_block)

    assert found.compliance is Compliance.NON_COMPLIANT
    assert "its policy (Web)" in found.reason


@pytest.mark.parametrize("account_block", [None, (), ("BlockPublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")])
@pytest.mark.parametrize("own", [None, block(), block("BlockPublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")])
@pytest.mark.parametrize("member", ["grantList", "grantSet"])
@pytest.mark.parametrize("group", ["AllUsers", "AuthenticatedUsers"])
def test_a_public_acl_violates_unless_a_block_ignores_it(group: str, member: str, own: Any, account_block: Any) -> None:
    grants = ({"grantee": group, "permission": "WriteAcp"},)
    found = judged(bucket(grants=grants, block=own, member=member), account_block=account_block)

    assert found.compliance is Compliance.NON_COMPLIANT
    assert f"its ACL ({group}: WriteAcp)" in found.reason


def test_the_accounts_block_stops_what_the_bucket_opens() -> None:
    item = bucket(statement=OPEN, grants=(PUBLIC_GRANT,))

    assert judged(item, account_block=SETTINGS).compliance is Compliance.COMPLIANT


def test_only_what_no_block_stops_is_named_and_the_policy_first() -> None:
    item = bucket(statement=OPEN, grants=(PUBLIC_GRANT,))
    partly = judged(item, account_block=("IgnorePublicAcls",))
    wholly = judged(item)

    assert "policy" in partly.reason
    assert "ACL" not in partly.reason
    assert wholly.reason.startswith("The bucket is public by its policy (Web), its ACL (AllUsers: Read):")


@pytest.mark.parametrize("name", ["logs", "log?", "l*", "*"])
def test_a_listed_bucket_may_be_public(name: str) -> None:
    found = verdict(CHECK, bucket(statement=OPEN), Parameters(("web", name)), account_with())

    assert found.compliance is Compliance.COMPLIANT
    assert "public_buckets" in found.reason


@pytest.mark.parametrize("name", ["", "x" * 256, "arn:aws:s3:::logs", "logs/*", "my logs"])
def test_what_is_no_bucket_name_is_refused(name: str) -> None:
    with pytest.raises(ParameterError, match="public_buckets"):
        Parameters((name,))


def test_a_bucket_that_is_not_listed_is_judged() -> None:
    s3control = client("s3control")
    with Stubber(s3control) as stub:
        for _ in range(2):
            stub.add_client_error("get_public_access_block", "NoSuchPublicAccessBlockConfiguration")
        found = verdict(
            CHECK, bucket(statement=OPEN), Parameters(("LOGS", "log", "x" * 255)), account_with(s3control=s3control)
        )

    assert found.compliance is Compliance.NON_COMPLIANT


def test_an_account_that_may_not_be_asked_is_no_verdict() -> None:
    s3control = client("s3control")
    with Stubber(s3control) as stub:
        stub.add_client_error("get_public_access_block", "AccessDenied")
        with pytest.raises(s3control.exceptions.ClientError, match="AccessDenied"):
            verdict(CHECK, bucket(statement=OPEN), Parameters(), account_with(s3control=s3control))


@pytest.mark.parametrize(
    "item",
    [
        bucket(statement={"Effect": "Maybe"}),
        bucket(grants=({"permission": "Read"},)),
        bucket(grants=({"grantee": "AllUsers"},)),
        bucket(grants=({"grantee": 1, "permission": "Read"},)),
        bucket(grants=("AllUsers",)),
        bucket(statement=OPEN, block={"restrictPublicBuckets": "true"}),
        event_item(supplementary={"AccessControlList": [1]}),
        event_item(supplementary={"AccessControlList": "AllUsers"}),
    ],
)
def test_a_malformed_item_is_no_verdict(item: dict[str, Any]) -> None:
    for form in normal_forms(item):
        with pytest.raises(EventError):
            CHECK.evaluate(form, Parameters(), account_with())
