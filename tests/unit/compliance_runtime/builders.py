"""Builders of what AWS sends beside AWS Config's events, and boto3 clients with recorded calls."""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from compliance_runtime.waivers.waiver import DeployedWaiver
from compliance_tf.testing import ACCOUNT, CAPTURED, REGION, event_item, normal_forms
from tests.served import copied

if TYPE_CHECKING:
    from compliance_runtime.evaluation.configuration_item import ConfigurationItem
    from compliance_runtime.waivers.waiver import Target

FUNCTION_ARN = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:acme-dev-record"


def configuration_item(*args: Any, **kwargs: Any) -> ConfigurationItem:
    """The normal form of `event_item(...)`."""
    return normal_forms(event_item(*args, **kwargs))[0]


def compliance_event(
    compliance: str | None = "NON_COMPLIANT",
    *,
    rule_name: str = "acme-dev-required-tags",
    resource_type: str = "AWS::S3::Bucket",
    resource_id: str = "logs",
    annotation: str | None = None,
    recorded: str = CAPTURED,
    before: str | None = None,
) -> dict[str, Any]:
    """EventBridge's event for a new result; without `compliance` for one that AWS Config dropped.

    `before` is what it said before.
    """
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
            "oldEvaluationResult": {"complianceType": before} if before else None,
        },
    }


def deployed_waiver(rule: str, target: Target, *, expires: date = date.max, **more: Any) -> DeployedWaiver:
    """A waiver of one rule, as the manifest has it."""
    fields = {"reason": "Legacy.", "owner": "team-data", "ticket": "SEC-1", "granted": date(2026, 1, 15), **more}
    return DeployedWaiver(rules=(rule,), pack=None, target=target, expires=expires, **fields)


def selected(bucket: str, **tags: str) -> dict[str, Any]:
    """AWS Config's answer to a query for one bucket."""
    row = {
        "resourceType": "AWS::S3::Bucket",
        "resourceId": bucket,
        "arn": f"arn:aws:s3:::{bucket}",
        "tags": [{"key": key, "value": value, "tag": f"{key}={value}"} for key, value in tags.items()],
    }
    return {"Results": [json.dumps(row)]}


class Context:
    """A Lambda context with some seconds left."""

    function_name = "acme-dev-record"
    invoked_function_arn = FUNCTION_ARN

    def __init__(self, seconds: float = 60, *, request: str = "request-1") -> None:
        self.seconds = seconds
        self.aws_request_id = request

    def get_remaining_time_in_millis(self) -> int:
        return int(self.seconds * 1000)


def client(service: str) -> Any:
    """A real client, for a Stubber: it refuses what AWS's own model of the API does not allow."""
    return copied(_cached_client(service))


def new_client(service: str) -> Any:
    """A client of the present environment."""
    return boto3.client(  # type: ignore[call-overload]  # the service is a variable
        service,
        region_name=REGION,
        aws_access_key_id="none",
        aws_secret_access_key="none",  # noqa: S106 nobody accepts it
        config=Config(retries={"total_max_attempts": 1}),
    )


_cached_client = cache(new_client)
