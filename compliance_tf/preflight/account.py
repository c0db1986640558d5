"""The account behind the credentials, and the listings that several parts of a preflight share."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

from compliance_tf.errors import PreflightError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_cloudcontrol import CloudControlApiClient
    from mypy_boto3_config import ConfigServiceClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_service_quotas import ServiceQuotasClient

MAX_LISTED = 10_000
"""Maximum members read of a listing, which is above usual raised quotas of anything that is listed here."""

_PATIENT = Config(
    retries={"mode": "adaptive", "max_attempts": 8},
    connect_timeout=5,
    read_timeout=20,
)
# Without credentials or a network the first request should not take minutes to fail.
_IMPATIENT = Config(retries={"mode": "standard", "max_attempts": 2}, connect_timeout=5, read_timeout=10)


@dataclass(frozen=True)
class Caller:
    """The principal of the credentials.

    Parameters
    ----------
    account
        The account number: twelve digits.
    arn
        The ARN from AWS STS.
    """

    account: str
    arn: str

    @property
    def partition(self) -> str:
        """The partition of AWS, such as ``aws``."""
        return self.arn.split(":")[1]


def ask_caller(region: str) -> Caller:
    """Read the identity of the credentials.

    Returns
    -------
    Caller
        The account's id and the ARN of whom the credentials are for.

    Raises
    ------
    PreflightError
        When there are no credentials, they are not valid, or AWS cannot be reached.
    """
    try:
        identity = boto3.client("sts", region_name=region, config=_IMPATIENT).get_caller_identity()
    except NoCredentialsError as error:
        raise PreflightError(
            "There are no AWS credentials: set AWS_PROFILE, or give them as the AWS CLI takes them."
        ) from error
    except ClientError as error:
        raise PreflightError(f"AWS does not accept the credentials: {error}. Renew them.") from error
    except BotoCoreError as error:
        raise PreflightError(f"The account cannot be read: {error}. Check credentials and network.") from error
    return Caller(identity["Account"], identity["Arn"])


@dataclass
class Region:
    """A region of the account, with cached listings.

    Parameters
    ----------
    name
        Its code.
    """

    name: str

    @cached_property
    def config(self) -> ConfigServiceClient:
        """The client of AWS Config."""
        return boto3.client("config", region_name=self.name, config=_PATIENT)

    @cached_property
    def cloud_control(self) -> CloudControlApiClient:
        """The client of Cloud Control."""
        return boto3.client("cloudcontrol", region_name=self.name, config=_PATIENT)

    @cached_property
    def dynamodb(self) -> DynamoDBClient:
        """The client of DynamoDB."""
        return boto3.client("dynamodb", region_name=self.name, config=_PATIENT)

    @cached_property
    def events(self) -> EventBridgeClient:
        """The client of EventBridge."""
        return boto3.client("events", region_name=self.name, config=_PATIENT)

    @cached_property
    def functions(self) -> LambdaClient:
        """The client of Lambda."""
        return boto3.client("lambda", region_name=self.name, config=_PATIENT)

    @cached_property
    def iam(self) -> IAMClient:
        """The client of IAM, which is the same in all regions."""
        return boto3.client("iam", region_name=self.name, config=_PATIENT)

    @cached_property
    def logs(self) -> CloudWatchLogsClient:
        """The client of CloudWatch Logs."""
        return boto3.client("logs", region_name=self.name, config=_PATIENT)

    @cached_property
    def quotas(self) -> ServiceQuotasClient:
        """The client of Service Quotas."""
        return boto3.client("service-quotas", region_name=self.name, config=_PATIENT)

    @cached_property
    def config_rules(self) -> Mapping[str, str]:
        """The ARNs of all Config rules, by name."""
        pages = self.config.get_paginator("describe_config_rules").paginate(PaginationConfig={"MaxItems": MAX_LISTED})
        return {rule["ConfigRuleName"]: rule["ConfigRuleArn"] for page in pages for rule in page["ConfigRules"]}

    @cached_property
    def event_rules(self) -> Mapping[str, str]:
        """The ARNs of all rules of the default event bus, by name."""
        pages = self.events.get_paginator("list_rules").paginate(PaginationConfig={"MaxItems": MAX_LISTED})
        return {rule["Name"]: rule["Arn"] for page in pages for rule in page["Rules"]}

    @cached_property
    def tables(self) -> frozenset[str]:
        """The names of all DynamoDB tables."""
        pages = self.dynamodb.get_paginator("list_tables").paginate(PaginationConfig={"MaxItems": MAX_LISTED})
        return frozenset(name for page in pages for name in page["TableNames"])
