"""The user data of instances, launch templates and launch configurations.

AWS Config records it of launch configurations only (https://github.com/awslabs/aws-config-resource-schema, read on
2026-11-26). It is encoded in base 64, and may be compressed:
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html
"""

from __future__ import annotations

import zlib
from base64 import b64decode
from binascii import Error as Base64Error
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client

MAX_BYTES = 1 << 20
"""Of decompressed user data; EC2 takes 16 KB of compressed one."""

_GZIP = b"\x1f\x8b"
_ANY_HEADER = 47
"""zlib's ``wbits`` for detecting a header of gzip or zlib."""

_GONE = frozenset(
    {"InvalidInstanceID.NotFound", "InvalidLaunchTemplateId.NotFound", "InvalidLaunchTemplateId.VersionNotFound"}
)


def decoded_user_data(encoded: str | None) -> str:
    """Decode user data to a text; invalid bytes become replacement characters."""
    if not encoded:
        return ""
    try:
        data = b64decode(encoded, validate=False)
    except (Base64Error, ValueError):
        return encoded
    if data.startswith(_GZIP):
        try:
            data = zlib.decompressobj(_ANY_HEADER).decompress(data, MAX_BYTES)
        except zlib.error:
            return ""
    return data.decode(errors="replace")


def instance_user_data(ec2: EC2Client, instance_id: str) -> str | None:
    """Look up the user data of an instance in EC2; None when the instance does not exist any more."""
    try:
        answer = ec2.describe_instance_attribute(InstanceId=instance_id, Attribute="userData")
    except ec2.exceptions.ClientError as error:
        if error.response.get("Error", {}).get("Code") in _GONE:
            return None
        raise
    return decoded_user_data(answer.get("UserData", {}).get("Value"))


def template_user_data(ec2: EC2Client, template_id: str) -> dict[str, str] | None:
    """Look up the user data of all versions of a launch template.

    Everyone who may describe a template can read all its versions.

    Returns
    -------
    dict[str, str] | None
        Decoded texts by ``version 1`` and so on; None when the template does not exist any more.
    """
    pages = ec2.get_paginator("describe_launch_template_versions").paginate(LaunchTemplateId=template_id)
    try:
        return {
            f"version {version['VersionNumber']}": decoded_user_data(version["LaunchTemplateData"].get("UserData"))
            for page in pages
            for version in page["LaunchTemplateVersions"]
        }
    except ec2.exceptions.ClientError as error:
        if error.response.get("Error", {}).get("Code") in _GONE:
            return None
        raise
