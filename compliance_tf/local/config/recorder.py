"""The configuration recorder of an account and region: one, as on AWS."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from compliance_tf.local.api.api_error import ApiError
from compliance_tf.local.api.clock import now

if TYPE_CHECKING:
    from datetime import datetime

    from compliance_tf.local.api.account_region import AccountRegion
    from compliance_tf.local.api.json_api import Call
    from compliance_tf.local.config.tags import Tags

GLOBAL_TYPES = frozenset({"AWS::IAM::Group", "AWS::IAM::Policy", "AWS::IAM::Role", "AWS::IAM::User"})
"""The types of ``includeGlobalResourceTypes`` (AWS Config API Reference: RecordingGroup)."""


@dataclass(frozen=True)
class RecordingGroup:
    """The recorded resource types (AWS Config API Reference: RecordingGroup)."""

    all_supported: bool
    include_global: bool
    resource_types: tuple[str, ...]
    excluded_types: tuple[str, ...]
    strategy: str

    def records(self, resource_type: str) -> bool:
        """Return whether resources of this type become configuration items."""
        if self.strategy == "EXCLUSION_BY_RESOURCE_TYPES":
            return resource_type not in self.excluded_types
        if self.strategy == "INCLUSION_BY_RESOURCE_TYPES":
            return resource_type in self.resource_types
        return self.include_global or resource_type not in GLOBAL_TYPES

    def describe(self) -> dict[str, Any]:
        """Return the form of the AWS Config API."""
        return {
            "allSupported": self.all_supported,
            "includeGlobalResourceTypes": self.include_global,
            "resourceTypes": list(self.resource_types),
            "exclusionByResourceTypes": {"resourceTypes": list(self.excluded_types)},
            "recordingStrategy": {"useOnly": self.strategy},
        }


def parse_recording_group(declared: dict[str, Any] | None) -> RecordingGroup:
    """Read a recording group; without one all types but the global ones are recorded.

    Returns
    -------
    RecordingGroup
        The group with its strategy, which follows from ``allSupported`` where it is not declared.

    Raises
    ------
    ApiError
        InvalidRecordingGroupException, when its members contradict each other.
    """
    if declared is None:
        return RecordingGroup(
            all_supported=True,
            include_global=False,
            resource_types=(),
            excluded_types=(),
            strategy="ALL_SUPPORTED_RESOURCE_TYPES",
        )
    types = tuple(declared.get("resourceTypes") or ())
    excluded = tuple((declared.get("exclusionByResourceTypes") or {}).get("resourceTypes") or ())
    all_supported = bool(declared.get("allSupported"))
    implied = "ALL_SUPPORTED_RESOURCE_TYPES" if all_supported else "INCLUSION_BY_RESOURCE_TYPES"
    strategy = (declared.get("recordingStrategy") or {}).get("useOnly") or implied
    group = RecordingGroup(
        all_supported=all_supported,
        include_global=bool(declared.get("includeGlobalResourceTypes")),
        resource_types=types,
        excluded_types=excluded,
        strategy=strategy,
    )
    if not _is_consistent(group):
        raise ApiError(
            "InvalidRecordingGroupException",
            "The recording group provided is not valid: allSupported, includeGlobalResourceTypes, resourceTypes, "
            "exclusionByResourceTypes and recordingStrategy contradict each other.",
        )
    return group


def _is_consistent(group: RecordingGroup) -> bool:
    if group.strategy == "ALL_SUPPORTED_RESOURCE_TYPES":
        return group.all_supported and not group.resource_types and not group.excluded_types
    if group.all_supported or group.include_global:
        return False
    if group.strategy == "EXCLUSION_BY_RESOURCE_TYPES":
        return bool(group.excluded_types) and not group.resource_types
    return bool(group.resource_types) and not group.excluded_types


@dataclass(frozen=True)
class Recorder:
    """A customer-managed recorder and whether it is switched on."""

    name: str
    arn: str
    role_arn: str
    group: RecordingGroup
    mode: dict[str, Any]
    recording: bool = False
    status: str = "PENDING"
    started: datetime | None = None
    stopped: datetime | None = None
    changed: datetime | None = None

    def records(self, resource_type: str) -> bool:
        """Return whether changes of such resources are recorded now."""
        return self.recording and self.group.records(resource_type)

    def describe(self) -> dict[str, Any]:
        """Return the form of DescribeConfigurationRecorders."""
        return {
            "arn": self.arn,
            "name": self.name,
            "roleARN": self.role_arn,
            "recordingGroup": self.group.describe(),
            "recordingMode": self.mode,
            "recordingScope": "PAID",
        }

    def describe_status(self) -> dict[str, Any]:
        """Return the form of DescribeConfigurationRecorderStatus."""
        times = {
            "lastStartTime": self.started,
            "lastStopTime": self.stopped,
            "lastStatusChangeTime": self.changed,
        }
        known = {name: moment.timestamp() for name, moment in times.items() if moment is not None}
        return {
            "arn": self.arn,
            "name": self.name,
            "recording": self.recording,
            "lastStatus": self.status,
        } | known


class RecorderSlot:
    """The one customer-managed recorder of an account and region, if there is one."""

    def __init__(self, place: AccountRegion, tags: Tags) -> None:
        self._place = place
        self._tags = tags
        self.current: Recorder | None = None

    def put(self, call: Call) -> dict[str, Any]:
        """PutConfigurationRecorder: create it, or change the one of this name."""
        declared = call.parameters["ConfigurationRecorder"]
        name = declared.get("name") or "default"
        if self.current and self.current.name != name:
            raise ApiError(
                "MaxNumberOfConfigurationRecordersExceededException",
                f"Failed to put configuration recorder '{name}' because the maximum number of configuration "
                "recorders: 1 is reached.",
            )
        if not str(declared.get("roleARN", "")).startswith("arn:"):
            raise ApiError("InvalidRoleException", "You have provided a null or empty role ARN.")
        group = parse_recording_group(declared.get("recordingGroup"))
        mode = {"recordingModeOverrides": [], "recordingFrequency": "CONTINUOUS"} | declared.get("recordingMode", {})
        if self.current:
            self.current = replace(self.current, role_arn=declared["roleARN"], group=group, mode=mode)
        else:
            arn = self._place.arn("config", f"configuration-recorder/{name}/{uuid.uuid4().hex[:16]}")
            self.current = Recorder(name, arn, declared["roleARN"], group, mode)
            self._tags.add_resource(arn, call.parameters.get("Tags") or [])
        return {}

    def named(self, name: str) -> Recorder:
        """Find the recorder by its name.

        Returns
        -------
        Recorder
            The one that there is.

        Raises
        ------
        ApiError
            NoSuchConfigurationRecorderException.
        """
        if self.current is None or self.current.name != name:
            raise ApiError(
                "NoSuchConfigurationRecorderException",
                f"Cannot find configuration recorder with the specified name '{name}'.",
            )
        return self.current

    def describe(self, call: Call) -> dict[str, Any]:
        """DescribeConfigurationRecorders."""
        return {"ConfigurationRecorders": [found.describe() for found in self._found(call)]}

    def describe_status(self, call: Call) -> dict[str, Any]:
        """DescribeConfigurationRecorderStatus."""
        return {"ConfigurationRecordersStatus": [found.describe_status() for found in self._found(call)]}

    def _found(self, call: Call) -> list[Recorder]:
        names = call.parameters.get("ConfigurationRecorderNames") or []
        if names:
            return [self.named(name) for name in names]
        return [self.current] if self.current else []

    def start(self, call: Call, *, has_channel: bool) -> dict[str, Any]:
        """StartConfigurationRecorder."""
        moment = now()
        found = self.named(call.parameters["ConfigurationRecorderName"])
        if not has_channel:
            raise ApiError(
                "NoAvailableDeliveryChannelException",
                "Delivery channel is not available to start configuration recorder.",
            )
        self.current = replace(found, recording=True, status="SUCCESS", started=moment, changed=moment)
        return {}

    def stop(self, call: Call) -> dict[str, Any]:
        """StopConfigurationRecorder."""
        moment = now()
        found = self.named(call.parameters["ConfigurationRecorderName"])
        self.current = replace(found, recording=False, status="SUCCESS", stopped=moment, changed=moment)
        return {}

    def delete(self, call: Call) -> dict[str, Any]:
        """DeleteConfigurationRecorder."""
        self._tags.remove_resource(self.named(call.parameters["ConfigurationRecorderName"]).arn)
        self.current = None
        return {}
