"""Items of the local AWS Config, without a server."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from compliance_tf.local.api.account_region import AccountRegion
from compliance_tf.local.api.json_api import Call
from compliance_tf.local.config.configuration_item import ConfigurationItem, Resource, Status

HERE = AccountRegion("123456789012", "eu-central-1")
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def item(name: str = "logs", *, days_ago: float = 0, **tags: str) -> ConfigurationItem:
    """A bucket, captured so many days before noon."""
    resource = Resource(
        resource_type="AWS::S3::Bucket",
        resource_id=name,
        resource_name=name,
        arn=f"arn:aws:s3:::{name}",
        region=HERE.region,
        availability_zone="Regional",
        created=None,
        tags=tags,
        configuration={"name": name, "owner": {"id": "o-1"}},
    )
    return ConfigurationItem(HERE.account, resource, Status.OK, NOON - timedelta(days=days_ago))


def call(operation: str, **parameters: Any) -> Call:
    return Call(HERE, "key", operation, parameters)
