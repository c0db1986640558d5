"""API calls of global services become events in one region."""

from __future__ import annotations

import json
from pathlib import Path

import botocore
import pytest

from compliance_tf.model.global_services import event_region

ENDPOINTS = json.loads((Path(botocore.__file__).parent / "data" / "endpoints.json").read_text())["partitions"]
OTHER_REGION = {"aws": "eu-west-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-east-1"}


def scopes(partition: str) -> dict[str, str]:
    """The region with which requests to each global service of a partition are signed, by the SDK's data."""
    (facts,) = [one for one in ENDPOINTS if one["partition"] == partition]
    return {
        service: scope["region"]
        for service, data in facts["services"].items()
        if data.get("isRegionalized") is False
        and (scope := data["endpoints"].get(data.get("partitionEndpoint"), {}).get("credentialScope"))
    }


@pytest.mark.parametrize("partition", OTHER_REGION)
def test_a_global_service_is_where_the_sdk_signs_its_requests(partition: str) -> None:
    expected = scopes(partition)
    assert expected
    assert {service: event_region(service, OTHER_REGION[partition]) for service in expected} == expected


def test_a_regional_service_is_where_it_is_used() -> None:
    assert event_region("s3", "eu-west-1") == "eu-west-1"
    assert event_region("iam", "us-iso-east-1") == "us-iso-east-1"


def test_calls_of_global_services_are_seen_in_their_region() -> None:
    assert event_region("iam", "us-east-1") == event_region("sts", "eu-west-1") == "us-east-1"
    assert event_region("globalaccelerator", "eu-west-1") == "us-west-2"
