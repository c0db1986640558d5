"""The boto3 clients: one of each per process, made when first asked for.

boto3 is imported here and only inside the functions, so that reading what a check declares does not load it.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from botocore.config import Config
    from mypy_boto3_config import ConfigServiceClient
    from mypy_boto3_dynamodb import DynamoDBClient

MAX_ATTEMPTS = 6


@cache
def config_client() -> ConfigServiceClient:
    """Give the client of AWS Config."""
    import boto3

    return boto3.client("config", config=_patient())


@cache
def dynamodb_client() -> DynamoDBClient:
    """Give the client of DynamoDB."""
    import boto3

    return boto3.client("dynamodb", config=_patient())


def _patient() -> Config:
    """Have retries slow down when AWS throttles: evaluations come in bursts."""
    from botocore.config import Config

    return Config(retries={"mode": "adaptive", "max_attempts": MAX_ATTEMPTS})
