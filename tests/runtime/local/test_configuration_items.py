from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import pytest

from tests.runtime.local.accounts import PRINT_EVENT, Account, document, eventually
from tests.runtime.local.refusals import refused

if TYPE_CHECKING:
    from compliance_tf.local import LocalAws

BUCKET = "AWS::S3::Bucket"
GROUP = "AWS::EC2::SecurityGroup"
POLICY = "AWS::IAM::Policy"


@pytest.fixture
def account(local_aws: LocalAws) -> Account:
    return Account(local_aws).with_recorder()


def supplementary(item: dict[str, Any], name: str) -> Any:
    return json.loads(item["supplementaryConfiguration"][name])


def first_item(account: Account, resource_type: str, resource_id: str) -> dict[str, Any]:
    [item] = eventually(f"an item of {resource_id}", lambda: account.items(resource_type, resource_id))
    return item


def look_around(local_aws: LocalAws) -> None:
    """Wait until the local AWS has looked at all accounts once more."""
    other = Account(local_aws).with_recorder()
    first_item(other, BUCKET, other.bucket(f"look-around-{other.number}"))


def changed(account: Account, resource_type: str, resource_id: str, count: int = 2) -> list[dict[str, Any]]:
    return eventually(
        f"{count} items of {resource_id}",
        lambda: found if len(found := account.items(resource_type, resource_id)) == count else None,
    )


def test_a_new_bucket_becomes_an_item_with_aws_configs_names(account: Account) -> None:
    account.bucket("new-bucket", owner="me")

    item = first_item(account, BUCKET, "new-bucket")

    assert item["configurationItemStatus"] == "ResourceDiscovered"
    assert item["arn"] == "arn:aws:s3:::new-bucket"
    assert (item["accountId"], item["awsRegion"]) == (account.number, "eu-central-1")
    assert item["tags"] == {"owner": "me"}
    assert json.loads(item["configuration"])["name"] == "new-bucket"
    assert supplementary(item, "BucketPolicy") == {"policyText": None}
    assert supplementary(item, "BucketVersioningConfiguration")["status"] == "Off"
    assert supplementary(item, "BucketTaggingConfiguration") == {"tagSets": [{"tags": {"owner": "me"}}]}
    assert supplementary(item, "PublicAccessBlockConfiguration") == {
        "blockPublicAcls": True,
        "ignorePublicAcls": True,
        "blockPublicPolicy": True,
        "restrictPublicBuckets": True,
    }
    [rule] = supplementary(item, "ServerSideEncryptionConfiguration")["rules"]
    assert rule["applyServerSideEncryptionByDefault"]["sseAlgorithm"] == "AES256"


def test_an_access_control_list_is_encoded_twice(account: Account) -> None:
    account.bucket("with-acl")

    once = supplementary(first_item(account, BUCKET, "with-acl"), "AccessControlList")

    [grant] = json.loads(once)["grantList"]
    assert grant["permission"] == "FullControl"


def test_every_watched_property_of_a_bucket_makes_a_new_item(account: Account) -> None:
    s3 = account.client("s3")
    account.bucket("watched")
    first_item(account, BUCKET, "watched")
    policy = document({"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::watched/*"})

    s3.put_bucket_policy(Bucket="watched", Policy=policy)
    newest = changed(account, BUCKET, "watched", 2)[0]
    assert newest["configurationItemStatus"] == "OK"
    assert json.loads(supplementary(newest, "BucketPolicy")["policyText"]) == json.loads(policy)

    s3.put_bucket_versioning(Bucket="watched", VersioningConfiguration={"Status": "Enabled"})
    newest = changed(account, BUCKET, "watched", 3)[0]
    assert supplementary(newest, "BucketVersioningConfiguration")["status"] == "Enabled"

    s3.put_public_access_block(Bucket="watched", PublicAccessBlockConfiguration={"BlockPublicAcls": True})
    newest = changed(account, BUCKET, "watched", 4)[0]
    block = supplementary(newest, "PublicAccessBlockConfiguration")
    assert (block["blockPublicAcls"], block["blockPublicPolicy"]) == (True, False)

    by_key = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "a-key"}}
    s3.put_bucket_encryption(Bucket="watched", ServerSideEncryptionConfiguration={"Rules": [by_key]})
    newest = changed(account, BUCKET, "watched", 5)[0]
    [rule] = supplementary(newest, "ServerSideEncryptionConfiguration")["rules"]
    assert rule["applyServerSideEncryptionByDefault"] == {"sseAlgorithm": "aws:kms", "kmsMasterKeyID": "a-key"}


def test_a_deleted_resource_leaves_an_item_without_configuration(account: Account) -> None:
    account.bucket("short-lived")
    first_item(account, BUCKET, "short-lived")

    account.client("s3").delete_bucket(Bucket="short-lived")

    newest = changed(account, BUCKET, "short-lived")[0]
    assert newest["configurationItemStatus"] == "ResourceDeleted"
    assert "configuration" not in newest


def test_a_security_groups_rules_keep_camel_case_and_both_forms_of_ranges(account: Account) -> None:
    group = account.security_group("web")
    account.client("ec2").authorize_security_group_ingress(
        GroupId=group,
        IpPermissions=[
            {
                "IpProtocol": "tcp",
                "FromPort": 443,
                "ToPort": 443,
                "IpRanges": [{"CidrIp": "10.0.0.0/8"}],
                "Ipv6Ranges": [{"CidrIpv6": "::/0"}],
            }
        ],
    )

    item = eventually(
        "the ingress rule",
        lambda: next(
            (item for item in account.items(GROUP, group) if json.loads(item["configuration"])["ipPermissions"]), None
        ),
    )

    configuration = json.loads(item["configuration"])
    ranges: dict[str, list[Any]] = {}
    for permission in configuration["ipPermissions"]:
        assert (permission["ipProtocol"], permission["fromPort"], permission["toPort"]) == ("tcp", 443, 443)
        for name in ("ipv4Ranges", "ipv6Ranges", "ipRanges"):
            ranges.setdefault(name, []).extend(permission[name])
    assert ranges == {
        "ipv4Ranges": [{"cidrIp": "10.0.0.0/8"}],
        "ipv6Ranges": [{"cidrIpv6": "::/0"}],
        "ipRanges": ["10.0.0.0/8"],
    }
    assert item["resourceName"] == "web"
    [related] = item["relationships"]
    assert (related["resourceType"], related["relationshipName"]) == ("AWS::EC2::VPC", "Is contained in Vpc")


def test_a_policys_document_is_url_encoded_and_belongs_to_no_region(account: Account) -> None:
    policy = account.policy("readers", Action="s3:GetObject")

    item = first_item(account, POLICY, policy["PolicyId"])

    configuration = json.loads(item["configuration"])
    [version] = configuration["policyVersionList"]
    assert "{" not in version["document"]
    assert json.loads(unquote(version["document"]))["Statement"][0]["Action"] == "s3:GetObject"
    assert version["isDefaultVersion"] is True
    assert item["awsRegion"] == "global"


def test_a_bucket_is_recorded_in_its_own_region_only(account: Account) -> None:
    elsewhere = Account(account.aws, region="eu-west-1", number=account.number).with_recorder()
    elsewhere.bucket("in-ireland")

    first_item(elsewhere, BUCKET, "in-ireland")
    assert account.items(BUCKET, "in-ireland") == []


@pytest.mark.parametrize(
    ("group", "recorded", "ignored"),
    [
        ({"allSupported": True}, {BUCKET, GROUP}, {POLICY}),
        ({"allSupported": True, "includeGlobalResourceTypes": True}, {BUCKET, GROUP, POLICY}, set()),
        ({"resourceTypes": [POLICY]}, {POLICY}, {BUCKET, GROUP}),
        (
            {
                "recordingStrategy": {"useOnly": "EXCLUSION_BY_RESOURCE_TYPES"},
                "exclusionByResourceTypes": {"resourceTypes": [GROUP]},
            },
            {BUCKET, POLICY},
            {GROUP},
        ),
    ],
)
def test_only_the_types_that_the_recorder_records_become_items(
    local_aws: LocalAws, group: dict[str, Any], recorded: set[str], ignored: set[str]
) -> None:
    account = Account(local_aws)
    account.bucket(f"strategies-{account.number}")
    account.security_group("strategies")
    account.policy("strategies")

    account.with_recorder(**group)

    def discovered(resource_type: str) -> list[Any]:
        answer = account.config.list_discovered_resources(resourceType=resource_type)
        return list(answer["resourceIdentifiers"])

    # All types are looked at in one go: once the recorded ones are there, the others stay away.
    for resource_type in recorded:
        eventually(f"items of {resource_type}", lambda kind=resource_type: discovered(kind))  # type: ignore[misc]
    assert {resource_type for resource_type in ignored if discovered(resource_type)} == set()


def test_nothing_is_recorded_while_the_recorder_is_off(account: Account) -> None:
    account.bucket("before")
    first_item(account, BUCKET, "before")
    account.config.stop_configuration_recorder(ConfigurationRecorderName="default")
    account.bucket("meanwhile", owner="first")
    look_around(account.aws)
    account.tag_bucket("meanwhile", owner="second")

    account.config.start_configuration_recorder(ConfigurationRecorderName="default")

    # Had the first state been seen, there would be an item of it.
    item = first_item(account, BUCKET, "meanwhile")
    assert item["tags"] == {"owner": "second"}


def test_the_history_is_given_newest_first_in_pages_and_up_to_a_time(account: Account) -> None:
    account.bucket("history")
    first_item(account, BUCKET, "history")
    account.tag_bucket("history", owner="a")
    newest, oldest = changed(account, BUCKET, "history")
    assert newest["configurationItemCaptureTime"] > oldest["configurationItemCaptureTime"]

    query = {"resourceType": BUCKET, "resourceId": "history"}
    first = account.config.get_resource_config_history(**query, limit=1)
    second = account.config.get_resource_config_history(**query, limit=1, nextToken=first["nextToken"])
    forward = account.config.get_resource_config_history(**query, chronologicalOrder="Forward")

    assert first["configurationItems"] == [newest]
    assert second["configurationItems"] == [oldest]
    assert forward["configurationItems"] == [oldest, newest]
    assert "nextToken" not in second


def test_an_items_own_capture_time_finds_it(account: Account) -> None:
    account.bucket("captured")
    item = first_item(account, BUCKET, "captured")

    assert account.items(BUCKET, "captured", laterTime=item["configurationItemCaptureTime"], limit=1) == [item]


def test_a_resource_that_was_never_seen_is_refused(account: Account) -> None:
    with refused("ResourceNotDiscoveredException", "nobody"):
        account.config.get_resource_config_history(resourceType=BUCKET, resourceId="nobody")


def test_a_history_needs_a_recorder(local_aws: LocalAws) -> None:
    with refused("NoAvailableConfigurationRecorderException"):
        Account(local_aws).items(BUCKET, "any")


def test_discovered_resources_are_listed_with_deleted_ones_only_when_asked(account: Account) -> None:
    account.bucket("listed")
    account.bucket("deleted-one")
    first_item(account, BUCKET, "deleted-one")
    account.client("s3").delete_bucket(Bucket="deleted-one")
    changed(account, BUCKET, "deleted-one")

    def names(**more: Any) -> list[str]:
        answer = account.config.list_discovered_resources(resourceType=BUCKET, **more)
        return [found["resourceName"] for found in answer["resourceIdentifiers"]]

    assert names() == ["listed"]
    assert names(includeDeletedResources=True) == ["deleted-one", "listed"]
    assert names(resourceName="listed") == ["listed"]
    assert names(resourceIds=["deleted-one"], includeDeletedResources=True) == ["deleted-one"]
    assert names(limit=1, includeDeletedResources=True) == ["deleted-one"]


def test_an_event_carries_the_item_in_other_names_than_the_history(account: Account) -> None:
    account.rule("watch", account.function("watcher", PRINT_EVENT), Scope={"ComplianceResourceTypes": [BUCKET]})
    account.bucket("both-forms", owner="me")

    [notification] = eventually("a notification", lambda: account.notifications_of("watcher"))

    event_item = notification["configurationItem"]
    history_item = first_item(account, BUCKET, "both-forms")
    assert event_item["ARN"] == history_item["arn"]
    assert event_item["awsAccountId"] == history_item["accountId"]
    assert event_item["configurationStateMd5Hash"] == history_item["configurationItemMD5Hash"]
    assert event_item["configurationItemVersion"] == history_item["version"]
    assert event_item["configuration"] == json.loads(history_item["configuration"])
    assert event_item["supplementaryConfiguration"]["BucketPolicy"] == supplementary(history_item, "BucketPolicy")
    assert isinstance(event_item["supplementaryConfiguration"]["AccessControlList"], str)
    assert event_item["configurationItemCaptureTime"].endswith("Z")
