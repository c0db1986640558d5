"""Builders of what AWS sends: configuration items in both forms, events, and boto3 clients with recorded calls."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from lambda_src.configuration_item import ConfigurationItem, item_from_event
from lambda_src.errors import EventError
from lambda_src.json_object import JsonObject

if TYPE_CHECKING:
    from collections.abc import Mapping

ACCOUNT = "123456789012"
REGION = "eu-central-1"
CAPTURED = "2026-03-01T10:20:30.456Z"
CAPTURED_TIME = datetime(2026, 3, 1, 10, 20, 30, 456000, tzinfo=UTC)
FUNCTION_ARN = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:acme-dev-record"


def event_item(
    resource_type: str = "AWS::S3::Bucket",
    resource_id: str = "logs",
    *,
    arn: str | None = "arn:aws:s3:::logs",
    configuration: Any = ...,
    supplementary: Mapping[str, Any] | None = None,
    tags: Any = None,
    status: str = "OK",
    captured: str = CAPTURED,
) -> dict[str, Any]:
    """An item as it stands in an event."""
    return {
        "resourceType": resource_type,
        "resourceId": resource_id,
        "resourceName": resource_id,
        "ARN": arn,
        "awsRegion": REGION,
        "awsAccountId": ACCOUNT,
        "configurationItemCaptureTime": captured,
        "configurationItemStatus": status,
        "configurationStateMd5Hash": "",
        "configurationItemVersion": "1.3",
        "relationships": [],
        "tags": {} if tags is None else tags,
        "configuration": {"name": resource_id} if configuration is ... else configuration,
        "supplementaryConfiguration": dict(supplementary or {}),
    }


def history_item(item: Mapping[str, Any]) -> dict[str, Any]:
    """The same item as GetResourceConfigHistory gives it."""
    names = {"ARN": "arn", "awsAccountId": "accountId", "configurationItemVersion": "version"}
    history = {names.get(name, name): value for name, value in item.items()}
    del history["configurationStateMd5Hash"]
    history["configurationItemCaptureTime"] = datetime.fromisoformat(item["configurationItemCaptureTime"])
    history["configuration"] = json.dumps(item["configuration"])
    history["supplementaryConfiguration"] = {
        name: json.dumps(value) for name, value in item["supplementaryConfiguration"].items()
    }
    return history


def configuration_item(*args: Any, **kwargs: Any) -> ConfigurationItem:
    """The normal form of `event_item(...)`."""
    return item_from_event(JsonObject.of(event_item(*args, **kwargs), "configurationItem", EventError))


def config_event(
    item: Mapping[str, Any] | None = None,
    *,
    rule_name: str = "acme-dev-required-tags",
    parameters: Mapping[str, str] | None = None,
    left_scope: bool = False,
    invoking: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """AWS Config's event for a changed item, or with another invoking event."""
    changed = {
        "configurationItem": event_item() if item is None else item,
        "messageType": "ConfigurationItemChangeNotification",
        "notificationCreationTime": CAPTURED,
    }
    return {
        "version": "1.0",
        "invokingEvent": json.dumps(changed if invoking is None else invoking),
        "ruleParameters": json.dumps(dict(parameters or {})),
        "resultToken": "token-1",
        "eventLeftScope": left_scope,
        "executionRoleArn": f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/config",
        "configRuleName": rule_name,
        "accountId": ACCOUNT,
    }


def oversized_event(item: Mapping[str, Any] | None = None, **kwargs: Any) -> dict[str, Any]:
    """AWS Config's event for an item that is too large: a summary without configuration."""
    left_out = {"tags", "configuration", "supplementaryConfiguration", "relationships"}
    whole = event_item() if item is None else item
    invoking = {
        "configurationItemSummary": {name: value for name, value in whole.items() if name not in left_out},
        "messageType": "OversizedConfigurationItemChangeNotification",
        "notificationCreationTime": CAPTURED,
    }
    return config_event(invoking=invoking, **kwargs)


def scheduled_event(**kwargs: Any) -> dict[str, Any]:
    """AWS Config's event for a periodic rule."""
    invoking = {
        "awsAccountId": ACCOUNT,
        "messageType": "ScheduledNotification",
        "notificationCreationTime": CAPTURED,
    }
    return config_event(invoking=invoking, **kwargs)


def compliance_event(
    compliance: str | None = "NON_COMPLIANT",
    *,
    rule_name: str = "acme-dev-required-tags",
    resource_type: str = "AWS::S3::Bucket",
    resource_id: str = "logs",
    annotation: str | None = None,
    recorded: str = CAPTURED,
) -> dict[str, Any]:
    """EventBridge's event for a new result; without `compliance` for one that AWS Config dropped."""
    new = {"complianceType": compliance, "resultRecordedTime": recorded, "annotation": annotation}
    return {
        "version": "0",
        "detail-type": "Config Rules Compliance Change",
        "source": "aws.config",
        "account": ACCOUNT,
        "region": REGION,
        "detail": {
            "messageType": "ComplianceChangeNotification",
            "configRuleName": rule_name,
            "resourceType": resource_type,
            "resourceId": resource_id,
            "awsAccountId": ACCOUNT,
            "awsRegion": REGION,
            "notificationCreationTime": recorded,
            "newEvaluationResult": new if compliance else None,
        },
    }


class Context:
    """A Lambda context with some seconds left."""

    aws_request_id = "request-1"
    invoked_function_arn = FUNCTION_ARN

    def __init__(self, seconds: float = 60) -> None:
        self.seconds = seconds

    def get_remaining_time_in_millis(self) -> int:
        return int(self.seconds * 1000)


def client(service: str) -> Any:
    """A real client, for a Stubber: it refuses what AWS's own model of the API does not allow."""
    return boto3.client(  # type: ignore[call-overload]  # the service is a variable
        service,
        region_name=REGION,
        aws_access_key_id="none",
        aws_secret_access_key="none",  # noqa: S106 nobody accepts it
        config=Config(retries={"total_max_attempts": 1}),
    )
