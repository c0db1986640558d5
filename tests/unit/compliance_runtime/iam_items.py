"""Builders of IAM's items as AWS Config sends them: documents are URL-encoded."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from compliance_tf.testing import ACCOUNT, event_item

OWN_ACCOUNT = f"arn:aws:iam::{ACCOUNT}:root"


def encoded(*statements: dict[str, Any]) -> str:
    """A document as IAM's API gives it."""
    return quote(json.dumps({"Version": "2012-10-17", "Statement": list(statements)}))


def allow(action: object, resource: object = "*", **members: Any) -> dict[str, Any]:
    """A statement of an identity's policy; a member that is None is left out."""
    statement = {"Effect": "Allow", "Action": action, "Resource": resource} | members
    return {name: value for name, value in statement.items() if value is not None}


def deny(action: object, resource: object = "*", **members: Any) -> dict[str, Any]:
    return allow(action, resource, **members) | {"Effect": "Deny"}


def trust(principal: object, action: object = "sts:AssumeRole", **members: Any) -> dict[str, Any]:
    """A statement of a trust policy; a member that is None is left out."""
    return allow(action, None, Principal=principal, **members)


def inline(name: str, *statements: dict[str, Any]) -> dict[str, Any]:
    return {"policyName": name, "policyDocument": encoded(*statements)}


def role(
    *policies: dict[str, Any],
    trusts: tuple[dict[str, Any], ...] = (),
    attached: tuple[str, ...] = (),
    path: str = "/",
    partition: str = "aws",
    **members: Any,
) -> dict[str, Any]:
    """A role with these inline policies and statements of trust."""
    statements = trusts or (trust({"Service": "ec2.amazonaws.com"}),)
    members = {"assumeRolePolicyDocument": encoded(*statements)} | members
    return _principal("Role", policies, attached, members, path=path, partition=partition)


def user(*policies: dict[str, Any], attached: tuple[str, ...] = (), **members: Any) -> dict[str, Any]:
    return _principal("User", policies, attached, members)


def group(*policies: dict[str, Any], attached: tuple[str, ...] = (), **members: Any) -> dict[str, Any]:
    return _principal("Group", policies, attached, members)


def managed_policy(
    *statements: dict[str, Any], owner: str = ACCOUNT, partition: str = "aws", **members: Any
) -> dict[str, Any]:
    """A managed policy whose second version is in force; the first allowed everything."""
    arn = f"arn:{partition}:iam::{owner}:policy/deploy"
    versions = [
        {"versionId": "v2", "isDefaultVersion": True, "document": encoded(*statements)},
        {"versionId": "v1", "isDefaultVersion": False, "document": encoded(allow("*"))},
    ]
    configuration = {
        "policyName": "deploy",
        "policyId": "ANPACKCEVSQ6C2EXAMPLE",
        "arn": arn,
        "path": "/",
        "attachmentCount": 0,
        "defaultVersionId": "v2",
        "policyVersionList": versions,
    }
    return event_item("AWS::IAM::Policy", "ANPACKCEVSQ6C2EXAMPLE", arn=arn, configuration=configuration | members)


def _principal(
    kind: str,
    policies: tuple[dict[str, Any], ...],
    attached: tuple[str, ...],
    members: dict[str, Any],
    *,
    path: str = "/",
    partition: str = "aws",
) -> dict[str, Any]:
    lower = kind.lower()
    arn = f"arn:{partition}:iam::{ACCOUNT}:{lower}{path}deploy"
    configuration = {
        "path": path,
        f"{lower}Name": "deploy",
        "arn": arn,
        f"{lower}PolicyList": list(policies),
        "attachedManagedPolicies": [{"policyName": one.rpartition("/")[2], "policyArn": one} for one in attached],
    }
    return event_item(f"AWS::IAM::{kind}", "AROACKCEVSQ6C2EXAMPLE", arn=arn, configuration=configuration | members)
