"""The recorded resource types of a recording group.

https://docs.aws.amazon.com/config/latest/APIReference/API_RecordingGroup.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from compliance_runtime.json_object import is_word

if TYPE_CHECKING:
    from mypy_boto3_config.type_defs import RecordingGroupOutputTypeDef

GLOBAL_TYPES = ("AWS::IAM::Group", "AWS::IAM::Policy", "AWS::IAM::Role", "AWS::IAM::User")
"""The types that ``includeGlobalResourceTypes`` is about."""


def records_listed_types_only(group: RecordingGroupOutputTypeDef) -> bool:
    """Return whether the recorded types are listed one by one."""
    return is_word(_strategy(group), "INCLUSION_BY_RESOURCE_TYPES")


def excluded_types(group: RecordingGroupOutputTypeDef) -> set[str]:
    """List the excluded types."""
    return set(group.get("exclusionByResourceTypes", {}).get("resourceTypes", []))


def records(group: RecordingGroupOutputTypeDef, resource_type: str) -> bool:
    """Return whether a type is recorded, provided that the region supports it."""
    if records_listed_types_only(group):
        return resource_type in group.get("resourceTypes", [])
    if is_word(_strategy(group), "EXCLUSION_BY_RESOURCE_TYPES"):
        return resource_type not in excluded_types(group)
    return resource_type not in GLOBAL_TYPES or group.get("includeGlobalResourceTypes", False)


def _strategy(group: RecordingGroupOutputTypeDef) -> str:
    """Return the strategy; a recorder from before strategies existed lists types or records all."""
    strategy = group.get("recordingStrategy", {}).get("useOnly")
    return strategy or ("INCLUSION_BY_RESOURCE_TYPES" if group.get("resourceTypes") else "ALL_SUPPORTED_RESOURCE_TYPES")
