"""The recorder that a stack expects: its existence, recorded types, and delivery."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, cast

from botocore.exceptions import ClientError

from compliance_runtime.json_object import is_word
from compliance_runtime.resources.recorder_status import Status, read_status
from compliance_tf.preflight.findings import Finding, Verdict, answered, enumerated
from compliance_tf.terraform.read_recorder import to_cloudformation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_config.type_defs import ConfigurationRecorderOutputTypeDef

    from compliance_tf.preflight.account import Region
    from compliance_tf.preflight.planned import PlannedStack
    from compliance_tf.terraform.console import Evaluator, Json

THERE = "Recorder"
READING = "Reading the recorder"
RECORDING = "Recording"
TYPES = "Recorded types"
FREQUENCY = "Recording frequency"
DELIVERY = "Delivery"

RECORDER_TYPE = "AWS::Config::ConfigurationRecorder"

_NOT_SUPPORTED = {"UnsupportedActionException", "TypeNotFoundException"}
"""The error codes of Cloud Control's GetResource for a type without a read handler."""


@dataclass(frozen=True)
class RecorderPreflight:
    """The recorder of one stack."""

    stack: PlannedStack
    region: Region
    evaluator: Evaluator

    def findings(self) -> Iterator[Finding]:
        """Check the recorder: only its existence, where it does not exist."""
        found: list[ConfigurationRecorderOutputTypeDef] = []
        yield answered(self.stack.place, THERE, partial(self._find, found), vital=True)
        for recorder in found:
            properties = json.dumps(to_cloudformation(recorder))
            if self.stack.reads_by_cloud_control:
                read: list[str] = []
                yield answered(self.stack.place, READING, partial(self._read, read), vital=True)
                properties = read[0] if read else properties
            yield answered(self.stack.place, RECORDING, self._recording, vital=True)
            yield self._types(properties)
            yield self._frequency(recorder)
            yield answered(self.stack.place, DELIVERY, self._delivery)

    def _find(self, found: list[ConfigurationRecorderOutputTypeDef]) -> Finding:
        expected = self.stack.recorder
        recorders = {
            recorder["name"]: recorder
            for recorder in self.region.config.describe_configuration_recorders()["ConfigurationRecorders"]
        }
        if expected not in recorders:
            return self._says(
                THERE,
                Verdict.FAIL,
                f"There is none called '{expected}' (found: {enumerated(recorders) or 'none'}).",
                f"Turn on AWS Config in {self.stack.region}, or set recorder_name to the name of the existing "
                "recorder.",
            )
        found.append(recorders[expected])
        return self._says(THERE, Verdict.OK, f"'{expected}' exists.")

    def _read(self, read: list[str]) -> Finding:
        """Read the recorder as the plan will: a plan whose read fails shows nothing else."""
        try:
            answer = self.region.cloud_control.get_resource(TypeName=RECORDER_TYPE, Identifier=self.stack.recorder)
        except ClientError as error:
            if error.response["Error"]["Code"] not in _NOT_SUPPORTED:
                raise
            return self._says(
                READING,
                Verdict.FAIL,
                f"Cloud Control cannot read recorders in {self.stack.region} ({error.response['Error']['Code']}).",
                "Give the stack recorder_source=RecorderSource.CONFIG_API.",
            )
        read.append(answer["ResourceDescription"]["Properties"])
        return self._says(READING, Verdict.OK, "Cloud Control reads it, as the plan will.")

    def _recording(self) -> Finding:
        statuses = self.region.config.describe_configuration_recorder_status(
            ConfigurationRecorderNames=[self.stack.recorder]
        )["ConfigurationRecordersStatus"]
        status = next((one for one in statuses if one.get("name", self.stack.recorder) == self.stack.recorder), None)
        if status is None:
            return self._says(
                RECORDING,
                Verdict.UNKNOWN,
                f"AWS Config returns no status of '{self.stack.recorder}'.",
                "Run the preflight again in a minute: it may have just been created. Otherwise ask its owner to look "
                "at it.",
            )
        if not status.get("recording"):
            stopped = status.get("lastStopTime")
            since = f" since {stopped:%Y-%m-%d %H:%M} UTC" if stopped else ""
            return self._says(
                RECORDING,
                Verdict.FAIL,
                f"It is switched off{since}.",
                "Ask its owner to start it: changes are not evaluated as long as it is off.",
            )
        said = read_status(status.get("lastStatus"))
        if said is None:
            return self._says(
                RECORDING,
                Verdict.UNKNOWN,
                f"It is switched on, with an unknown last status: '{status.get('lastStatus')}'.",
                "Ask its owner to look at it.",
            )
        if said is Status.FAILURE:
            return self._says(
                RECORDING,
                Verdict.FAIL,
                f"It fails: {status.get('lastErrorCode', 'no code')}: {status.get('lastErrorMessage', 'no message')}.",
                "Ask its owner to look at it: its role is the most frequent reason.",
            )
        return self._says(RECORDING, Verdict.OK, f"It is switched on (last status: {status.get('lastStatus')}).")

    def _types(self, properties: str) -> Finding:
        """Check the stack's own condition, so that the finding is what the plan will say."""
        conditions: Json = [
            {"condition": coverage.condition, "message": coverage.message} for coverage in self.stack.coverage
        ]
        answers = cast("list[dict[str, Json]]", self.evaluator.evaluate(conditions, recorder=properties))
        broken = [str(answer["message"]) for answer in answers if answer["condition"] is not True]
        if broken:
            return self._says(
                TYPES, Verdict.FAIL, " ".join(broken), "Ask its owner to add the types, or remove the rules."
            )
        return self._says(TYPES, Verdict.OK, "It records every type that a change-triggered rule needs.")

    def _frequency(self, recorder: ConfigurationRecorderOutputTypeDef) -> Finding:
        daily = sorted(_recorded_daily(recorder, needed=_needed_types(self.stack)))
        if daily:
            return self._says(
                FREQUENCY,
                Verdict.WARNING,
                f"Once a day only: {enumerated(daily)}.",
                "Changes of these types are evaluated up to a day late; with continuous recording at once.",
            )
        return self._says(FREQUENCY, Verdict.OK, "Continuous, for every type that is needed.")

    def _delivery(self) -> Finding:
        channels = self.region.config.describe_delivery_channel_status()["DeliveryChannelsStatus"]
        if not channels:
            return self._says(
                DELIVERY,
                Verdict.WARNING,
                "There is no delivery channel.",
                "Inform the recorder's owner: rules are evaluated without one, but no history is kept in S3.",
            )
        deliveries = [
            (what, info)
            for channel in channels
            for what, info in (
                ("history", channel.get("configHistoryDeliveryInfo", {})),
                ("snapshot", channel.get("configSnapshotDeliveryInfo", {})),
                ("stream", channel.get("configStreamDeliveryInfo", {})),
            )
        ]
        failures = [
            f"{what}: {info.get('lastErrorCode', 'no code')}: {info.get('lastErrorMessage', 'no message')}"
            for what, info in deliveries
            if read_status(info.get("lastStatus")) is Status.FAILURE
        ]
        if failures:
            return self._says(
                DELIVERY,
                Verdict.WARNING,
                f"The last one failed ({'; '.join(failures)}).",
                "Inform the recorder's owner: rules are evaluated nevertheless, but the history in S3 has gaps.",
            )
        unknown = [what for what, info in deliveries if read_status(info.get("lastStatus")) is None]
        if unknown:
            return self._says(
                DELIVERY,
                Verdict.UNKNOWN,
                f"Unknown last status: {enumerated(unknown)}.",
                "Ask the recorder's owner to look at it.",
            )
        return self._says(DELIVERY, Verdict.OK, "No failed delivery.")

    def _says(self, subject: str, verdict: Verdict, figure: str, advice: str = "") -> Finding:
        return Finding(self.stack.place, subject, verdict, figure, advice, vital=subject in {THERE, READING, RECORDING})


def _needed_types(stack: PlannedStack) -> set[str]:
    return {type_ for rule in stack.rules if rule.change_triggered for type_ in rule.resource_types or ()}


def _recorded_daily(recorder: ConfigurationRecorderOutputTypeDef, *, needed: set[str]) -> set[str]:
    """Return the types that are recorded once a day. Source: AWS Config API, RecordingMode: an override wins."""
    mode = recorder.get("recordingMode")
    if mode is None:
        return set()
    overridden: dict[str, str] = {
        type_: override["recordingFrequency"]
        for override in mode.get("recordingModeOverrides", [])
        for type_ in override["resourceTypes"]
    }
    return {type_ for type_ in needed if is_word(overridden.get(type_, mode["recordingFrequency"]), "DAILY")}
