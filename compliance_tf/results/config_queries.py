"""Questions to AWS Config itself, about what the results table does not hold: tags, ARNs and names of resources.

https://docs.aws.amazon.com/config/latest/APIReference/API_SelectResourceConfig.html; the properties are those of
https://github.com/awslabs/aws-config-resource-schema. It knows the resources that are there now and recorded.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final, TypeAlias

import boto3
from botocore.config import Config

from compliance_tf.errors import ResultsError
from compliance_tf.results.boto_errors import explained

if TYPE_CHECKING:
    from mypy_boto3_config import ConfigServiceClient

    from compliance_tf.results.place import ResultsPlace

TypedId: TypeAlias = tuple[str, str]
"""A resource type and an id."""

_PATIENT: Final = Config(retries={"mode": "adaptive", "max_attempts": 8}, connect_timeout=5, read_timeout=30)


class ConfigQueries:
    """AWS Config's advanced queries in the region of a deployment.

    Parameters
    ----------
    place
        Where the deployment is.
    client
        AWS Config's client; one of its own unless given.
    """

    def __init__(self, place: ResultsPlace, client: ConfigServiceClient | None = None) -> None:
        self._place = place
        self._client = client

    def tagged(self, tag: str) -> frozenset[TypedId]:
        """Find the resources with a tag, given as ``key=value``, or as ``key`` for any value.

        Raises
        ------
        ResultsError
            When AWS Config cannot be asked.
        """
        return self._select("tags.tag" if "=" in tag else "tags.key", tag)

    def with_arn(self, arn: str) -> frozenset[TypedId]:
        """Find the resource with an ARN.

        Raises
        ------
        ResultsError
            When AWS Config cannot be asked.
        """
        return self._select("arn", arn)

    def named(self, name: str) -> frozenset[TypedId]:
        """Find the resources with a name, which some types have beside their id.

        Raises
        ------
        ResultsError
            When AWS Config cannot be asked.
        """
        return self._select("resourceName", name)

    def _select(self, attribute: str, value: str) -> frozenset[TypedId]:
        if "'" in value:
            raise ResultsError(f"{value!r} has a quote in it, which AWS Config's queries do not allow.")
        subject = f"AWS Config in {self._place.region}"
        with explained(subject, "config:SelectResourceConfig", missing=f"{subject} does not answer."):
            client = self._client or boto3.client("config", region_name=self._place.region, config=_PATIENT)
            pages = client.get_paginator("select_resource_config").paginate(
                Expression=f"SELECT resourceType, resourceId WHERE {attribute} = '{value}'"
            )
            found = [json.loads(result) for page in pages for result in page["Results"]]
        return frozenset((one["resourceType"], one["resourceId"]) for one in found)
