"""What is said about the recorder."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

import pytest

from compliance_tf.preflight.findings import Finding, Verdict
from compliance_tf.preflight.recorder import DELIVERY, FREQUENCY, READING, RECORDING, THERE, TYPES, RecorderPreflight
from tests.unit.preflight.builders import COVERAGE, rule, stack, stubbed

if TYPE_CHECKING:
    from botocore.stub import Stubber

    from compliance_tf.terraform.console import Evaluator


class Answering:
    """Says of every condition whether it holds, as Terraform would."""

    def __init__(self, *, holds: bool) -> None:
        self._holds = holds

    def evaluate(self, value: Any, **_: Any) -> Any:
        return [{**condition, "condition": self._holds} for condition in value]


def recorder(**more: Any) -> dict[str, Any]:
    return {"name": "default", "recordingGroup": {"allSupported": True}, **more}


def answer(
    stubber: Stubber,
    *,
    recorders: list[dict[str, Any]] | None = None,
    status: dict[str, Any] | None = None,
    channels: list[dict[str, Any]] | None = None,
    has_status: bool = True,
) -> None:
    found = [recorder()] if recorders is None else recorders
    stubber.add_response("describe_configuration_recorders", {"ConfigurationRecorders": found})
    if not found:
        return
    answer = {"name": "default", "recording": True, "lastStatus": "SUCCESS"} if status is None else status
    stubber.add_response(
        "describe_configuration_recorder_status", {"ConfigurationRecordersStatus": [answer] if has_status else []}
    )
    listed_channels = [{"name": "default"}] if channels is None else channels
    stubber.add_response("describe_delivery_channel_status", {"DeliveryChannelsStatus": listed_channels})


def findings(
    *, holds: bool = True, denied: bool = False, unsupported: bool = False, by_config: bool = False, **answers: Any
) -> dict[str, Finding]:
    region, stubbers = stubbed(config="config", cloud_control="cloudcontrol")
    if unsupported:
        stubbers["cloud_control"].add_client_error("get_resource", "UnsupportedActionException", "no handler")
    else:
        properties = json.dumps({"Name": "default", "RecordingGroup": {"AllSupported": True}})
        described = {"Identifier": "default", "Properties": properties}
        stubbers["cloud_control"].add_response("get_resource", {"ResourceDescription": described})
    if denied:
        stubbers["config"].add_client_error("describe_configuration_recorders", "AccessDeniedException", "no")
    else:
        answer(stubbers["config"], **answers)
    planned = stack(coverage=(COVERAGE,), rules=(rule(),), reads_by_cloud_control=not by_config)
    asked = RecorderPreflight(planned, region, cast("Evaluator", Answering(holds=holds)))
    return {finding.subject: finding for finding in asked.findings()}


def test_a_recorder_that_is_there_records_and_delivers_is_well() -> None:
    found = findings()
    assert list(found) == [THERE, READING, RECORDING, TYPES, FREQUENCY, DELIVERY]
    assert {finding.verdict for finding in found.values()} == {Verdict.OK}


def test_a_region_where_cloud_control_cannot_read_it_is_reported_with_the_setting_that_can() -> None:
    found = findings(unsupported=True)[READING]
    assert found.blocks
    assert found.figure.startswith("Cloud Control cannot read recorders in")
    assert "RecorderSource.CONFIG_API" in found.advice


def test_a_stack_that_reads_by_the_config_api_is_not_asked_about_cloud_control() -> None:
    assert READING not in findings(unsupported=True, by_config=True)


def test_a_recorder_of_another_name_fails_and_the_names_there_are_are_listed() -> None:
    found = findings(recorders=[])
    assert list(found) == [THERE]
    assert found[THERE].verdict is Verdict.FAIL
    assert found[THERE].figure == "There is none called 'default' (found: none)."
    other = {"name": "aws-controltower", "recordingGroup": {}}
    region, stubbers = stubbed(config="config")
    stubbers["config"].add_response("describe_configuration_recorders", {"ConfigurationRecorders": [other]})
    [only] = RecorderPreflight(stack(), region, cast("Evaluator", Answering(holds=True))).findings()
    assert "(found: aws-controltower)" in only.figure
    assert "recorder_name" in only.advice


def test_a_recorder_that_is_switched_off_fails_and_says_since_when() -> None:
    stopped = datetime(2026, 3, 1, 10, 20, tzinfo=UTC)
    found = findings(status={"name": "default", "recording": False, "lastStopTime": stopped})
    assert found[RECORDING].verdict is Verdict.FAIL
    assert found[RECORDING].figure == "It is switched off since 2026-03-01 10:20 UTC."


def test_a_recorder_whose_recording_fails_fails_with_its_reason() -> None:
    status = {
        "name": "default",
        "recording": True,
        "lastStatus": "FAILURE",
        "lastErrorCode": "AccessDenied",
        "lastErrorMessage": "The role may not",
    }
    found = findings(status=status)
    assert found[RECORDING].verdict is Verdict.FAIL
    assert "AccessDenied: The role may not" in found[RECORDING].figure


@pytest.mark.parametrize("word", ["FAILURE", "Failure"])
def test_a_failure_counts_however_aws_writes_it(word: str) -> None:
    failed = {"lastStatus": word}
    found = findings(
        status={"name": "default", "recording": True, **failed},
        channels=[{"name": "default", "configStreamDeliveryInfo": failed}],
    )
    assert (found[RECORDING].verdict, found[DELIVERY].verdict) == (Verdict.FAIL, Verdict.WARNING)


def test_a_status_that_is_not_known_is_unknown() -> None:
    strange = {"lastStatus": "DEGRADED"}
    found = findings(
        status={"name": "default", "recording": True, **strange},
        channels=[{"name": "default", "configStreamDeliveryInfo": strange}],
    )
    assert (found[RECORDING].verdict, found[DELIVERY].verdict) == (Verdict.UNKNOWN, Verdict.UNKNOWN)
    assert found[RECORDING].blocks
    assert "'DEGRADED'" in found[RECORDING].figure


def test_a_type_that_is_not_recorded_fails_with_the_words_of_the_plan() -> None:
    found = findings(holds=False)
    assert found[TYPES].verdict is Verdict.FAIL
    assert found[TYPES].figure == COVERAGE.message


@pytest.mark.parametrize(
    "mode",
    [
        {"recordingFrequency": "DAILY"},
        {"recordingFrequency": "Daily"},
        {
            "recordingFrequency": "CONTINUOUS",
            "recordingModeOverrides": [{"resourceTypes": ["AWS::S3::Bucket"], "recordingFrequency": "DAILY"}],
        },
    ],
)
def test_a_needed_type_that_is_recorded_once_a_day_is_a_warning(mode: dict[str, Any]) -> None:
    found = findings(recorders=[recorder(recordingMode=mode)])
    assert found[FREQUENCY].verdict is Verdict.WARNING
    assert "AWS::S3::Bucket" in found[FREQUENCY].figure


def test_an_override_makes_a_needed_type_continuous() -> None:
    override = {"resourceTypes": ["AWS::S3::Bucket"], "recordingFrequency": "CONTINUOUS"}
    mode = {"recordingFrequency": "DAILY", "recordingModeOverrides": [override]}
    assert findings(recorders=[recorder(recordingMode=mode)])[FREQUENCY].verdict is Verdict.OK


def test_a_failed_delivery_is_a_warning_for_rules_are_evaluated_all_the_same() -> None:
    history = {"lastStatus": "FAILURE", "lastErrorCode": "NoSuchBucket", "lastErrorMessage": "deleted"}
    found = findings(channels=[{"name": "default", "configHistoryDeliveryInfo": history}])
    assert found[DELIVERY].verdict is Verdict.WARNING
    assert "history: NoSuchBucket: deleted" in found[DELIVERY].figure
    assert not found[DELIVERY].blocks


def test_a_missing_delivery_channel_is_a_warning() -> None:
    assert findings(channels=[])[DELIVERY].verdict is Verdict.WARNING


def test_a_recorder_that_may_not_be_asked_for_is_unknown_and_stands_in_the_way() -> None:
    found = findings(denied=True)
    assert found[THERE].verdict is Verdict.UNKNOWN
    assert found[THERE].blocks
    assert "DescribeConfigurationRecorders was answered with AccessDeniedException: no" in found[THERE].figure


def test_a_recorder_whose_status_is_not_answered_is_not_known_to_record() -> None:
    found = findings(has_status=False)
    assert found[RECORDING].verdict is Verdict.UNKNOWN
    assert "returns no status of 'default'" in found[RECORDING].figure
    assert list(found) == [THERE, READING, RECORDING, TYPES, FREQUENCY, DELIVERY]
