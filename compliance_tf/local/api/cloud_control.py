"""Cloud Control's read handler of the recorder, which MiniStack lacks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from compliance_tf.local.api.api_error import ApiError

if TYPE_CHECKING:
    from compliance_tf.local.config.recorder import Recorder

RECORDER_TYPE = "AWS::Config::ConfigurationRecorder"


def read_recorder(identifier: str, recorder: Recorder | None, *, supported: bool) -> dict[str, Any]:
    """Answer GetResource for the recorder, by its name.

    Parameters
    ----------
    supported
        False for the error of a partition where Cloud Control does not support this type yet.

    Returns
    -------
    dict[str, Any]
        The response, in which the properties are a JSON text.

    Raises
    ------
    ApiError
        UnsupportedActionException, or ResourceNotFoundException when no recorder has this name.
    """
    if not supported:
        raise ApiError("UnsupportedActionException", f"Resource type {RECORDER_TYPE} does not support READ action")
    if recorder is None or recorder.name != identifier:
        raise ApiError(
            "ResourceNotFoundException",
            f"Resource of type '{RECORDER_TYPE}' with identifier '{identifier}' was not found.",
        )
    return {
        "TypeName": RECORDER_TYPE,
        "ResourceDescription": {
            "Identifier": recorder.name,
            "Properties": json.dumps(_properties(recorder)),
        },
    }


def _properties(recorder: Recorder) -> dict[str, Any]:
    """Return the members that the CloudFormation schema of the type has."""
    group = recorder.group
    mode: dict[str, Any] = {"RecordingFrequency": recorder.mode["recordingFrequency"]}
    overrides = [
        {
            "ResourceTypes": override["resourceTypes"],
            "RecordingFrequency": override["recordingFrequency"],
        }
        | ({"Description": override["description"]} if "description" in override else {})
        for override in recorder.mode["recordingModeOverrides"]
    ]
    return {
        "Name": recorder.name,
        "RoleARN": recorder.role_arn,
        "ResourceARN": recorder.arn,
        "RecordingGroup": {
            "AllSupported": group.all_supported,
            "IncludeGlobalResourceTypes": group.include_global,
            "ResourceTypes": list(group.resource_types),
            "ExclusionByResourceTypes": {"ResourceTypes": list(group.excluded_types)},
            "RecordingStrategy": {"UseOnly": group.strategy},
        },
        "RecordingMode": mode | {"RecordingModeOverrides": overrides},
    }
