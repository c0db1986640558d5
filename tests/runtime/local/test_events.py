from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.runtime.local.accounts import PRINT_EVENT, PUT_VERDICT, Account, document, eventually
from tests.runtime.local.refusals import refused

if TYPE_CHECKING:
    from compliance_tf.local import LocalAws

BUCKET = "AWS::S3::Bucket"
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")

# What records its events; its role may do just that.
RECORD_CHANGE = """
import boto3
def handler(event, context):
    detail = event["detail"]
    boto3.client("dynamodb").put_item(
        TableName="results",
        Item={"id": {"S": detail["resourceId"]}, "compliance": {"S": detail["newEvaluationResult"]["complianceType"]}},
    )
"""

PRINT_PROCESS = """
import json, os, time
def handler(event, context):
    time.sleep(0.3)
    print("EVENT " + json.dumps({"process": os.getpid()}))
"""

# Fails once, as a function does that meets a throttled service.
FAIL_ONCE = """
import boto3
def handler(event, context):
    table = boto3.resource("dynamodb").Table("attempts")
    attempt = table.update_item(
        Key={"id": "attempt"}, UpdateExpression="ADD made :one", ExpressionAttributeValues={":one": 1},
        ReturnValues="UPDATED_NEW",
    )["Attributes"]["made"]
    if attempt == 1:
        raise RuntimeError("throttled")
"""


@pytest.fixture
def account(local_aws: LocalAws) -> Account:
    return Account(local_aws).with_recorder()


def listen(account: Account, source: str = PRINT_EVENT, *actions: str, **more: Any) -> None:
    """Send a function every change of compliance."""
    arn = account.function("listener", source, *actions, **({"invoked_by": "events"} | more))
    pattern = {"source": ["aws.config"], "detail-type": ["Config Rules Compliance Change"]}
    account.on_event("compliance", arn, **pattern)


def table(account: Account, name: str) -> Any:
    database = account.client("dynamodb")
    database.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
    )
    return database


def received(account: Account, count: int) -> list[dict[str, Any]]:
    return eventually(f"{count} events", lambda: len(found := account.events_of("listener")) == count and found)


def test_a_change_of_compliance_is_reported_as_aws_config_does_it(account: Account) -> None:
    listen(account)
    account.managed_rule("versioned", "S3_BUCKET_VERSIONING_ENABLED")
    account.bucket("flipping")
    [first] = received(account, 1)
    account.client("s3").put_bucket_versioning(Bucket="flipping", VersioningConfiguration={"Status": "Enabled"})

    _, event = received(account, 2)

    [rule] = account.config.describe_config_rules(ConfigRuleNames=["versioned"])["ConfigRules"]
    assert (event["source"], event["detail-type"]) == ("aws.config", "Config Rules Compliance Change")
    assert (event["account"], event["region"]) == (account.number, "eu-central-1")
    detail = event["detail"]
    new, old = detail.pop("newEvaluationResult"), detail.pop("oldEvaluationResult")
    assert INSTANT.fullmatch(detail.pop("notificationCreationTime"))
    assert detail == {
        "resourceId": "flipping",
        "resourceType": BUCKET,
        "awsRegion": "eu-central-1",
        "awsAccountId": account.number,
        "configRuleName": "versioned",
        "configRuleARN": rule["ConfigRuleArn"],
        "recordVersion": "1.0",
        "messageType": "ComplianceChangeNotification",
    }
    qualifier = {"configRuleName": "versioned", "resourceType": BUCKET, "resourceId": "flipping"}
    for result, compliance in ((new, "COMPLIANT"), (old, "NON_COMPLIANT")):
        assert result["evaluationResultIdentifier"]["evaluationResultQualifier"] == qualifier
        assert INSTANT.fullmatch(result["evaluationResultIdentifier"]["orderingTimestamp"])
        assert INSTANT.fullmatch(result["resultRecordedTime"])
        assert INSTANT.fullmatch(result["configRuleInvokedTime"])
        assert result["complianceType"] == compliance
    assert "oldEvaluationResult" not in first["detail"]
    assert old == first["detail"]["newEvaluationResult"]


def test_a_functions_annotation_is_in_the_event(account: Account) -> None:
    listen(account)
    scope = {"ComplianceResourceTypes": [BUCKET]}
    account.rule("owned", account.function("check", PUT_VERDICT, "config:PutEvaluations"), Scope=scope)

    account.bucket("annotated")

    [event] = received(account, 1)
    assert event["detail"]["newEvaluationResult"]["annotation"] == "owner"


def test_the_same_verdict_again_is_no_event(account: Account) -> None:
    listen(account)
    account.managed_rule("versioned", "S3_BUCKET_VERSIONING_ENABLED")
    account.bucket("steady")
    received(account, 1)

    account.tag_bucket("steady", changed="but not in this regard")
    eventually("the second item", lambda: len(account.items(BUCKET, "steady")) == 2)
    account.client("s3").put_bucket_versioning(Bucket="steady", VersioningConfiguration={"Status": "Enabled"})

    changes = [event["detail"]["newEvaluationResult"]["complianceType"] for event in received(account, 2)]
    assert changes == ["NON_COMPLIANT", "COMPLIANT"]


def test_the_end_of_a_resource_is_an_event(account: Account) -> None:
    listen(account)
    account.managed_rule("versioned", "S3_BUCKET_VERSIONING_ENABLED")
    account.bucket("ending")
    received(account, 1)

    account.client("s3").delete_bucket(Bucket="ending")

    _, event = received(account, 2)
    assert event["detail"]["newEvaluationResult"]["complianceType"] == "NOT_APPLICABLE"
    assert event["detail"]["oldEvaluationResult"]["complianceType"] == "NON_COMPLIANT"


def test_a_function_without_eventbridges_permission_gets_nothing(account: Account) -> None:
    listen(account, invoked_by=None)
    permitted = account.function("permitted", PRINT_EVENT, invoked_by="events")
    account.on_event("permitted", permitted, source=["aws.config"])
    account.managed_rule("versioned", "S3_BUCKET_VERSIONING_ENABLED")

    account.bucket("unheard")

    eventually("the permitted function's event", lambda: account.events_of("permitted"))
    assert account.events_of("listener") == []


def test_an_event_is_delivered_again_to_a_function_that_failed(account: Account) -> None:
    database = table(account, "attempts")
    listen(account, FAIL_ONCE, "dynamodb:UpdateItem")
    account.managed_rule("versioned", "S3_BUCKET_VERSIONING_ENABLED")

    account.bucket("retried")

    def attempts() -> int:
        item = database.get_item(TableName="attempts", Key={"id": {"S": "attempt"}}).get("Item")
        return int(item["made"]["N"]) if item else 0

    eventually("a second attempt", lambda: attempts() == 2)


def test_the_whole_chain_from_a_bucket_to_the_table(account: Account) -> None:
    database = table(account, "results")
    listen(account, RECORD_CHANGE, "dynamodb:PutItem")
    scope = {"ComplianceResourceTypes": [BUCKET]}
    account.rule("owned", account.function("check", PUT_VERDICT, "config:PutEvaluations"), Scope=scope)

    account.bucket("chain-good", owner="me")
    account.bucket("chain-bad")

    def recorded() -> dict[str, str]:
        items = database.scan(TableName="results")["Items"]
        return {item["id"]["S"]: item["compliance"]["S"] for item in items}

    eventually("both", lambda: recorded() == {"chain-good": "COMPLIANT", "chain-bad": "NON_COMPLIANT"})
    account.tag_bucket("chain-bad", owner="me")
    eventually("the flip", lambda: recorded()["chain-bad"] == "COMPLIANT")


# -- API calls -----------------------------------------------------------------------------------------------


def listen_to_calls(account: Account, service: str, *operations: str) -> None:
    arn = account.function("listener", PRINT_EVENT, invoked_by="events")
    account.on_event(
        "calls",
        arn,
        **{
            "source": [f"aws.{service}"],
            "detail-type": ["AWS API Call via CloudTrail"],
            "detail": {"eventSource": [f"{service}.amazonaws.com"], "eventName": list(operations)},
        },
    )


def test_an_api_call_that_changes_something_is_reported_as_cloudtrail_does_it(account: Account) -> None:
    listen_to_calls(account, "s3", "PutBucketPolicy", "GetBucketPolicy")
    account.bucket("called")
    s3 = account.client("s3")
    denial = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::called/*"}

    s3.get_bucket_versioning(Bucket="called")
    s3.put_bucket_policy(Bucket="called", Policy=document(denial))
    s3.get_bucket_policy(Bucket="called")

    [event] = received(account, 1)
    detail = event["detail"]
    assert event["source"] == "aws.s3"
    assert (detail["eventSource"], detail["eventName"]) == ("s3.amazonaws.com", "PutBucketPolicy")
    assert detail["requestParameters"] == {"bucketName": "called"}
    assert detail["userIdentity"]["arn"] == f"arn:aws:iam::{account.number}:root"
    assert "errorCode" not in detail


def test_an_api_call_that_failed_is_reported_with_its_error(account: Account) -> None:
    listen_to_calls(account, "s3", "DeleteBucket")

    with refused("NoSuchBucket"):
        account.client("s3").delete_bucket(Bucket="no-such-bucket-anywhere")

    [event] = received(account, 1)
    assert event["detail"]["errorCode"] == "NoSuchBucket"


def test_calls_of_iam_are_reported_in_the_region_of_global_services(local_aws: LocalAws, account: Account) -> None:
    global_region = Account(local_aws, region="us-east-1", number=account.number)
    listen_to_calls(global_region, "iam", "CreatePolicy")

    policy = account.policy("called")

    [event] = received(global_region, 1)
    assert event["detail"]["requestParameters"]["policyName"] == policy["PolicyName"]
    assert event["region"] == "us-east-1"


def test_a_burst_of_events_waits_for_two_environments_of_the_function(account: Account) -> None:
    """AWS starts one for each; here each is a process more on one machine."""
    account.on_event("burst", account.function("listener", PRINT_PROCESS, invoked_by="events"), source=["acme"])
    account.client("events").put_events(Entries=[{"Source": "acme", "DetailType": "burst", "Detail": "{}"}] * 6)

    def ended() -> list[dict[str, Any]] | None:
        found = account.events_of("listener")
        return found if len(found) == 6 else None

    assert len({event["process"] for event in eventually("the events", ended)}) <= 2
