"""The program with which Terraform's external data source reads the account's AWS Config recorder.

Terraform runs this file alone, with a query on standard input: it imports nothing from this library.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_config.type_defs import ConfigurationRecorderOutputTypeDef


def main() -> None:
    """Answer the query ``{"name": ..., "region": ...}`` with the recorder's properties, or say what to do."""
    query = json.load(sys.stdin)
    try:
        properties = read(query["name"], query["region"])
    except LookupError as error:
        sys.exit(str(error))
    json.dump({"properties": json.dumps(properties, sort_keys=True)}, sys.stdout)


def read(name: str, region: str) -> dict[str, object]:
    """Read a recorder in the form that Cloud Control returns.

    Returns
    -------
    dict[str, object]
        The properties of ``AWS::Config::ConfigurationRecorder``.

    Raises
    ------
    LookupError
        When boto3 or the recorder does not exist, or it cannot be read; the message says what to do.
    """
    try:
        import boto3
        from botocore.exceptions import BotoCoreError, ClientError
    except ImportError as error:
        raise LookupError(
            "The python3 on the PATH has no boto3, which reads the AWS Config recorder: run Terraform with the "
            "project's .venv/bin first on the PATH, or install boto3."
        ) from error
    try:
        answer = boto3.client("config", region_name=region).describe_configuration_recorders()
    except (BotoCoreError, ClientError) as error:
        raise LookupError(
            f"The AWS Config recorders in {region} cannot be read: {error}. Use credentials that allow "
            "config:DescribeConfigurationRecorders."
        ) from error
    found = {recorder["name"]: recorder for recorder in answer["ConfigurationRecorders"]}
    if name not in found:
        raise LookupError(
            f"There is no AWS Config recorder '{name}' in {region} (found: {', '.join(sorted(found)) or 'none'}). "
            "Turn on AWS Config there, or set recorder_name to the name of the existing recorder."
        )
    return to_cloudformation(found[name])


def to_cloudformation(recorder: ConfigurationRecorderOutputTypeDef) -> dict[str, object]:
    """Convert a recorder from the AWS Config API's form to that of its CloudFormation schema."""
    group = recorder.get("recordingGroup", {})
    renamed: dict[str, object] = {
        "AllSupported": group.get("allSupported", False),
        "IncludeGlobalResourceTypes": group.get("includeGlobalResourceTypes", False),
        "ResourceTypes": group.get("resourceTypes", []),
        "ExclusionByResourceTypes": {
            "ResourceTypes": group.get("exclusionByResourceTypes", {}).get("resourceTypes", [])
        },
    }
    if strategy := group.get("recordingStrategy", {}).get("useOnly"):
        renamed["RecordingStrategy"] = {"UseOnly": strategy}
    return {"Name": recorder["name"], "RecordingGroup": renamed}


if __name__ == "__main__":
    main()
