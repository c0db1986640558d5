"""The recorder is read, by either source, and nothing about it is declared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from compliance_tf import ManagedRule, RecorderSource

if TYPE_CHECKING:
    from tests.synth.conftest import Synthesize


@pytest.mark.parametrize(
    ("source", "type_"),
    [(RecorderSource.CLOUD_CONTROL, "aws_cloudcontrolapi_resource"), (RecorderSource.CONFIG_API, "external")],
)
def test_everything_waits_for_the_reading(synthesize: Synthesize, source: RecorderSource, type_: str) -> None:
    configuration = synthesize(
        lambda stack: ManagedRule(stack, "trail", identifier="CLOUD_TRAIL_ENABLED"), recorder_source=source
    )
    assert "existing_recorder" in configuration["data"][type_]
    reading = f"data.{type_}.existing_recorder"
    roots = [
        (kind, name)
        for kind, named in configuration["resource"].items()
        for name, body in named.items()
        if not any(f"{other}." in str(body) for other in configuration["resource"])
        if reading not in body.get("depends_on", [])
    ]
    assert roots == []


def test_the_recorder_of_another_name_is_read(synthesize: Synthesize) -> None:
    reading = synthesize(recorder_name="landing-zone")["data"]["aws_cloudcontrolapi_resource"]["existing_recorder"]
    assert list(reading["for_each"].values()) == ["landing-zone"]


def test_only_types_that_changes_trigger_have_to_be_recorded(synthesize: Synthesize) -> None:
    def condition(identifier: str) -> str:
        configuration = synthesize(lambda stack: ManagedRule(stack, "rule", identifier=identifier))
        reading = configuration["data"]["aws_cloudcontrolapi_resource"]["existing_recorder"]
        return str(reading["lifecycle"]["postcondition"][0]["condition"])

    assert "AWS::S3::Bucket" in condition("S3_BUCKET_VERSIONING_ENABLED")
    assert "for type in []" in condition("CLOUD_TRAIL_ENABLED")
