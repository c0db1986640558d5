"""Evaluators of a handful of AWS's managed rules, for the demo and the tests.

Every other managed rule may be put, and then stays INSUFFICIENT_DATA.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Callable

    from compliance_tf.local.config.configuration_item import Resource

SSH = 22
ANYWHERE = frozenset({"0.0.0.0/0", "::/0"})


def is_compliant(identifier: str, resource: Resource, parameters: dict[str, Any]) -> bool | None:
    """Evaluate a resource that exists; None for a rule that the local AWS cannot evaluate."""
    evaluator = _EVALUATORS.get(identifier)
    return evaluator(resource, parameters) if evaluator else None


def _versioning(resource: Resource, _: dict[str, Any]) -> bool:
    return bool(resource.supplementary["BucketVersioningConfiguration"]["status"] == "Enabled")


def _ssl_requests_only(resource: Resource, _: dict[str, Any]) -> bool:
    statements = _statements(resource.supplementary["BucketPolicy"]["policyText"])
    return any(_denies_plain_requests(statement) for statement in statements)


def _denies_plain_requests(statement: dict[str, Any]) -> bool:
    condition = statement.get("Condition", {}).get("Bool", {}).get("aws:SecureTransport")
    return (
        statement.get("Effect") == "Deny"
        and statement.get("Principal") in ("*", {"AWS": "*"})
        and str(condition).lower() == "false"
        and bool({"*", "s3:*"} & set(_texts(statement.get("Action"))))
    )


def _no_public_access(resource: Resource, parameters: dict[str, Any]) -> bool:
    excluded = [name.strip() for name in parameters.get("excludedPublicBuckets", "").split(",")]
    block = resource.supplementary.get("PublicAccessBlockConfiguration") or {"": False}
    return resource.resource_name in excluded or all(block.values())


def _no_ssh_from_anywhere(resource: Resource, _: dict[str, Any]) -> bool:
    opened = [rule for rule in resource.configuration["ipPermissions"] if ANYWHERE & set(_cidrs(rule))]
    return not any(_opens_ssh(rule) for rule in opened)


def _opens_ssh(permission: dict[str, Any]) -> bool:
    if permission["ipProtocol"] == "-1":
        return True
    first, last = permission.get("fromPort", 0), permission.get("toPort", 65535)
    return permission["ipProtocol"] in ("tcp", "6") and first <= SSH <= last


def _cidrs(permission: dict[str, Any]) -> list[str]:
    ipv6 = [cidr["cidrIpv6"] for cidr in permission["ipv6Ranges"]]
    return [cidr["cidrIp"] for cidr in permission["ipv4Ranges"]] + ipv6


def _no_admin_statements(resource: Resource, _: dict[str, Any]) -> bool:
    versions = resource.configuration["policyVersionList"]
    document = next(version["document"] for version in versions if version["isDefaultVersion"])
    statements = _statements(unquote(document))
    return not any(_allows_everything(statement) for statement in statements)


def _allows_everything(statement: dict[str, Any]) -> bool:
    return (
        statement.get("Effect") == "Allow"
        and "*" in _texts(statement.get("Action"))
        and "*" in _texts(statement.get("Resource"))
    )


def _statements(document: str | None) -> list[dict[str, Any]]:
    statements = json.loads(document or "{}").get("Statement", [])
    return [statements] if isinstance(statements, dict) else statements


def _texts(value: str | list[str] | None) -> list[str]:
    return [value] if isinstance(value, str) else value or []


_EVALUATORS: dict[str, Callable[[Resource, dict[str, Any]], bool]] = {
    "S3_BUCKET_VERSIONING_ENABLED": _versioning,
    "S3_BUCKET_SSL_REQUESTS_ONLY": _ssl_requests_only,
    "S3_BUCKET_LEVEL_PUBLIC_ACCESS_PROHIBITED": _no_public_access,
    "INCOMING_SSH_DISABLED": _no_ssh_from_anywhere,
    "IAM_POLICY_NO_STATEMENTS_WITH_ADMIN_ACCESS": _no_admin_statements,
}
