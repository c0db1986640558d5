"""Buckets, with their parts, each of which sets one property."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from compliance_tf.review.resources.joins import Link
from compliance_tf.review.resources.planned_values import Unknown
from compliance_tf.review.resources.translation import (
    Table,
    attribute,
    block,
    first_known,
    part,
    template,
    unset_block,
)

if TYPE_CHECKING:
    from compliance_tf.review.resources.translation import Field, Scope

_PERMISSIONS: Final = {
    "FULL_CONTROL": "FullControl",
    "READ": "Read",
    "WRITE": "Write",
    "READ_ACP": "ReadAcp",
    "WRITE_ACP": "WriteAcp",
}
"""The permissions of an ACL in AWS Config: the names of the AWS SDK for Java."""

# https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#canned-acl
_CANNED: Final = {
    "private": (),
    "public-read": (("AllUsers", "Read"),),
    "public-read-write": (("AllUsers", "Read"), ("AllUsers", "Write")),
    "authenticated-read": (("AuthenticatedUsers", "Read"),),
    "aws-exec-read": (),
    "bucket-owner-read": (),
    "bucket-owner-full-control": (),
    "log-delivery-write": (("LogDelivery", "Write"), ("LogDelivery", "ReadAcp")),
}

_CANONICAL_ID: Final = re.compile(r"[0-9a-f]{64}")

_S3_KEYS: Final = {
    "rules": [
        {
            "applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256", "kmsMasterKeyID": None},
            "bucketKeyEnabled": False,
        }
    ]
}
"""S3's default: https://docs.aws.amazon.com/AmazonS3/latest/userguide/default-encryption-faq.html"""


def _unset(name: str, default: object, inner: Field) -> Field:
    """Use a block of the bucket itself, which new configurations have as a separate resource."""

    def field_(scope: Scope) -> object:
        found = scope.blocks(name)
        if isinstance(found, Unknown):
            return unset_block(scope, name, default)
        return inner(scope) if found else default

    return field_


def _encryption(scope: Scope) -> object:
    rules = scope.blocks("rule")
    if isinstance(rules, Unknown):
        return rules
    default = block(
        "apply_server_side_encryption_by_default",
        {"sseAlgorithm": attribute("sse_algorithm"), "kmsMasterKeyID": attribute("kms_master_key_id")},
    )
    flag = attribute("bucket_key_enabled", absent=False)
    return {
        "rules": [{"applyServerSideEncryptionByDefault": default(one), "bucketKeyEnabled": flag(one)} for one in rules]
    }


def _inline_encryption(scope: Scope) -> object:
    found = scope.blocks("server_side_encryption_configuration")
    return found if isinstance(found, Unknown) else _encryption(found[0])


def _owner_grant() -> dict[str, object]:
    owner = Unknown("the canonical id of the account is not in a plan")
    return {"grantee": {"id": owner, "displayName": None}, "permission": "FullControl"}


def _acl(grants: list[object]) -> dict[str, object]:
    return {"grantSet": None, "grantList": grants, "isRequesterCharged": False}


def _canned(name: object) -> object:
    if isinstance(name, Unknown):
        return name
    if name not in _CANNED:
        return Unknown(f"the canned ACL {name!r:.40} is not known here")
    groups = _CANNED[str(name)]
    return _acl([_owner_grant(), *({"grantee": group, "permission": permission} for group, permission in groups)])


def _grantee(scope: Scope) -> object:
    uri, kind = scope.get("uri"), scope.get("type")
    if isinstance(kind, Unknown) or (kind == "Group" and isinstance(uri, Unknown)):
        return kind if isinstance(kind, Unknown) else uri
    if kind == "Group":
        return str(uri).rpartition("/")[2]
    return {"id": scope.get("id"), "displayName": None}


def _acl_resource(scope: Scope) -> object:
    found = scope.blocks("access_control_policy")
    if isinstance(found, Unknown):
        return found
    if not found:
        return _canned(scope.get("acl"))
    grants = found[0].blocks("grant")
    if isinstance(grants, Unknown):
        return grants
    return _acl([_grant(one) for one in grants])


def _grant(scope: Scope) -> object:
    grantee = scope.blocks("grantee")
    if isinstance(grantee, Unknown):
        return grantee
    permission = scope.get("permission")
    return {
        "grantee": _grantee(grantee[0]) if grantee else None,
        "permission": _PERMISSIONS.get(permission, permission) if isinstance(permission, str) else permission,
    }


def _inline_acl(scope: Scope) -> object:
    acl = scope.get("acl")
    if isinstance(acl, str):
        return _canned(acl)
    if isinstance(acl, Unknown) and not scope.is_unset("acl"):
        return acl
    return _unset("grant", _acl([_owner_grant()]), _inline_grants)(scope)


def _inline_grants(scope: Scope) -> object:
    grants = scope.blocks("grant")
    if isinstance(grants, Unknown):
        return grants
    listed: list[object] = []
    for grant in grants:
        permissions = grant.get("permissions")
        if not isinstance(permissions, list):
            return permissions
        listed += [
            {"grantee": _grantee(grant), "permission": _PERMISSIONS.get(one, one) if isinstance(one, str) else one}
            for one in permissions
        ]
    return _acl(listed)


_POLICY = part("aws_s3_bucket_policy", attribute("policy"), otherwise=attribute("policy", unset=None))


def _owner_id(scope: Scope) -> object:
    """Return the owner's canonical id where it could matter: without such ids in the policy it does not."""
    policy = _POLICY(scope)
    if isinstance(policy, str) and _CANONICAL_ID.search(policy):
        return Unknown("the canonical id of the account is not in a plan, and the policy names such ids")
    return None


def _without_block(scope: Scope) -> object:
    return Unknown(
        f"{scope.place} has no aws_s3_bucket_public_access_block in this plan; whether it has a block is then up to S3"
    )


def _versioning(scope: Scope) -> object:
    return block("versioning_configuration", {"status": attribute("status"), "isMfaDeleteEnabled": None})(scope)


def _inline_versioning(scope: Scope) -> object:
    found = scope.blocks("versioning")
    if isinstance(found, Unknown):
        return found
    enabled = found[0].get("enabled")
    if isinstance(enabled, Unknown):
        return enabled
    return {"status": "Enabled" if enabled else "Off", "isMfaDeleteEnabled": None}


BUCKET = Table(
    type="AWS::S3::Bucket",
    terraform=("aws_s3_bucket",),
    sources=(
        "https://github.com/awslabs/aws-config-resource-schema/blob/master/config/properties/resource-types/AWS::S3::Bucket.properties.json",
        "https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/s3_bucket",
    ),
    id=attribute("bucket"),
    name=attribute("bucket"),
    arn=first_known(attribute("arn"), template("arn:{partition}:s3:::{bucket}", "bucket")),
    configuration={
        "name": attribute("bucket"),
        "owner": {"id": _owner_id, "displayName": None},
    },
    supplementary={
        "AccessControlList": part(
            "aws_s3_bucket_acl",
            _acl_resource,
            otherwise=_inline_acl,
            removed=Unknown("the provider leaves the ACL as it is when aws_s3_bucket_acl is destroyed"),
        ),
        "BucketPolicy": {"policyText": _POLICY},
        "BucketVersioningConfiguration": part(
            "aws_s3_bucket_versioning",
            _versioning,
            otherwise=_unset("versioning", {"status": "Off", "isMfaDeleteEnabled": None}, _inline_versioning),
            removed={"status": "Suspended", "isMfaDeleteEnabled": None},
        ),
        "PublicAccessBlockConfiguration": part(
            "aws_s3_bucket_public_access_block",
            lambda scope: {
                "blockPublicAcls": attribute("block_public_acls", absent=False)(scope),
                "blockPublicPolicy": attribute("block_public_policy", absent=False)(scope),
                "ignorePublicAcls": attribute("ignore_public_acls", absent=False)(scope),
                "restrictPublicBuckets": attribute("restrict_public_buckets", absent=False)(scope),
            },
            otherwise=_without_block,
        ),
        "ServerSideEncryptionConfiguration": part(
            "aws_s3_bucket_server_side_encryption_configuration",
            _encryption,
            otherwise=_unset("server_side_encryption_configuration", _S3_KEYS, _inline_encryption),
            removed=_S3_KEYS,
        ),
    },
    links=tuple(
        Link(f"aws_s3_bucket_{name}", "bucket")
        for name in ("acl", "policy", "public_access_block", "server_side_encryption_configuration", "versioning")
    ),
    notes="A bucket without a public access block of its own in the plan is undecided where that would decide: S3 "
    "gives new buckets one since April 2023. ACLs of objects and policies of access points are not seen.",
)
