"""AWS Config records the required types, and delivers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from compliance_runtime.account import ACCOUNT_TYPE
from compliance_runtime.check import PeriodicCheck, Severity, Verdict
from compliance_runtime.errors import NotReadableError
from compliance_runtime.resources import recording_group
from compliance_runtime.resources.recorder_status import (
    Status,
    delivery_problems,
    error_words,
    read_status,
    unknown_statuses,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_config import type_defs as shapes

    from compliance_runtime.account import Account
    from compliance_runtime.check import Finding


@dataclass(frozen=True)
class Parameters:
    """The types that must be recorded."""

    required_types: tuple[str, ...] = field(
        default=(),
        metadata={"doc": "Resource types that must be recorded, as AWS::S3::Bucket; empty for all that are supported."},
    )
    excludable_types: tuple[str, ...] = field(
        default=(), metadata={"doc": "Resource types that may be left out where all supported ones are asked for."}
    )
    global_types: bool = field(
        default=False, metadata={"doc": "Also ask for IAM's users, groups, roles and policies, in this region."}
    )


def evaluate(account: Account, parameters: Parameters) -> Iterator[Finding]:
    """Judge the account's own recorder and delivery channel in this region, by one finding with all problems."""
    config = account.client("config")
    # Recorders that belong to another service record for that service only.
    recorders = [
        recorder
        for recorder in config.describe_configuration_recorders()["ConfigurationRecorders"]
        if not recorder.get("servicePrincipal")
    ]
    statuses = {
        status.get("name"): status
        for status in config.describe_configuration_recorder_status()["ConfigurationRecordersStatus"]
    }
    channels = config.describe_delivery_channel_status()["DeliveryChannelsStatus"]
    problems = [
        *(["No recorder: set up AWS Config in this region."] if not recorders else []),
        *(text for one in recorders for text in recorder_problems(one, statuses.get(one.get("name")), parameters)),
        *(["No delivery channel: nothing is delivered."] if not channels else []),
        *(text for channel in channels for text in delivery_problems(channel)),
    ]
    unknown = unknown_statuses(recorders, statuses, channels)
    if unknown and not problems:
        known = ", ".join(status.name for status in Status)
        raise NotReadableError(f"AWS Config answers a status that is not known ({'; '.join(unknown)}); known: {known}.")
    good = Verdict.compliant("The recorder is on, covers what is asked for and delivers.")
    yield account.finding(Verdict.non_compliant(" ".join(problems)) if problems else good)


def recorder_problems(
    recorder: shapes.ConfigurationRecorderOutputTypeDef,
    status: shapes.ConfigurationRecorderStatusTypeDef | None,
    parameters: Parameters,
) -> Iterator[str]:
    """List the problems of a recorder, the worst first."""
    name = recorder.get("name", "default")
    if status is None or not status.get("recording"):
        yield f"Recorder {name} is off: start it."
    elif read_status(status.get("lastStatus")) is Status.FAILURE:
        yield f"Recorder {name} failed: {error_words(status)}."
    group = recorder.get("recordingGroup", {})
    if not parameters.required_types and recording_group.records_listed_types_only(group):
        yield f"Recorder {name} records listed types only: let it record all supported ones."
    missing = _missing_types(group, parameters)
    if missing:
        yield f"Recorder {name} does not record {', '.join(missing)}."


def _missing_types(group: shapes.RecordingGroupOutputTypeDef, parameters: Parameters) -> list[str]:
    wanted = {*parameters.required_types, *(recording_group.GLOBAL_TYPES if parameters.global_types else ())}
    missing = {resource_type for resource_type in wanted if not recording_group.records(group, resource_type)}
    if not parameters.required_types:
        missing |= recording_group.excluded_types(group) - {*parameters.excludable_types, *recording_group.GLOBAL_TYPES}
    return sorted(missing)


CHECK = PeriodicCheck(
    id="config-recorder",
    title="The recorder is on and delivers",
    description="AWS Config's recorder must be on, cover the types that are asked for and deliver: what is not "
    "recorded is not judged by any rule.",
    remediation="Switch the recorder on with the types that are asked for, and repair its delivery channel.",
    severity=Severity.HIGH,
    resource_types=(ACCOUNT_TYPE,),
    parameters=Parameters,
    evaluate=evaluate,
    actions=(
        *("config:DescribeConfigurationRecorders", "config:DescribeConfigurationRecorderStatus"),
        "config:DescribeDeliveryChannelStatus",
    ),
)
