"""Only what the recorder records within minutes is made."""

from __future__ import annotations

from typing import Any

import pytest

from compliance_tf.errors import CommandError
from compliance_tf.verify.recorder import Recorder
from tests.unit.verify.builders import Client, recorder

BUCKET, POLICY = "AWS::S3::Bucket", "AWS::IAM::Policy"


def only(*types: str) -> dict[str, Any]:
    return {"recordingGroup": {"allSupported": False, "resourceTypes": list(types)}}


def without(*types: str) -> dict[str, Any]:
    exclusion = {
        "recordingStrategy": {"useOnly": "EXCLUSION_BY_RESOURCE_TYPES"},
        "exclusionByResourceTypes": {"resourceTypes": list(types)},
    }
    return {"recordingGroup": exclusion}


def daily(frequency: str, *overridden: str) -> dict[str, Any]:
    overrides = [{"resourceTypes": list(overridden), "recordingFrequency": "DAILY"}]
    return {"recordingMode": {"recordingFrequency": frequency, "recordingModeOverrides": overrides}}


@pytest.mark.parametrize(
    ("described", "resource_type", "reason"),
    [
        ({}, POLICY, None),
        ({"recordingGroup": {"allSupported": True}}, BUCKET, None),
        ({"recordingGroup": {"allSupported": True}}, POLICY, "does not record AWS::IAM::Policy"),
        (only(BUCKET), BUCKET, None),
        (only(BUCKET), POLICY, "does not record AWS::IAM::Policy"),
        (without(POLICY), BUCKET, None),
        (without(POLICY), POLICY, "does not record AWS::IAM::Policy"),
        (daily("DAILY"), BUCKET, "once a day only"),
        (daily("CONTINUOUS", BUCKET), BUCKET, "once a day only"),
        (daily("CONTINUOUS", BUCKET), POLICY, None),
    ],
)
def test_a_type_is_left_out_with_the_reason(described: dict[str, Any], resource_type: str, reason: str | None) -> None:
    against = recorder(**described).reason_against(resource_type, "eu-west-1")
    assert (against is None) if reason is None else (reason in (against or ""))


def test_a_region_that_records_no_policies_has_no_policy_made() -> None:
    assert "il-central-1 does not record" in (recorder().reason_against(POLICY, "il-central-1") or "")


@pytest.mark.parametrize(
    ("recorders", "recording", "message"),
    [
        ([], True, "has no AWS Config recorder"),
        ([{"name": "of-a-service", "servicePrincipal": "x.amazonaws.com"}], True, "has no AWS Config recorder"),
        ([{"name": "default"}], False, "is switched off"),
    ],
)
def test_nothing_begins_without_a_recorder_that_is_on(recorders: list[Any], recording: bool, message: str) -> None:  # noqa: FBT001
    client: Any = Client(
        describe_configuration_recorders={"ConfigurationRecorders": recorders},
        describe_configuration_recorder_status={"ConfigurationRecordersStatus": [{"recording": recording}]},
    )
    with pytest.raises(CommandError, match=message):
        Recorder.find(client, "eu-west-1")
