"""Keys of KMS."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from compliance_tf.review.resources.joins import Link
from compliance_tf.review.resources.planned_values import Unknown
from compliance_tf.review.resources.translation import Table, attribute, first_known, mapped, part, template

if TYPE_CHECKING:
    from compliance_tf.review.resources.translation import Scope


def _policy(scope: Scope) -> object:
    policy = scope.get("policy")
    if isinstance(policy, Unknown) and scope.is_unset("policy"):
        return _default_policy(scope)
    return policy


def _default_policy(scope: Scope) -> object:
    """Build KMS's default key policy: https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html."""
    account, partition = scope.source.place.account, scope.source.place.partition
    if isinstance(account, Unknown) or isinstance(partition, Unknown):
        return account if isinstance(account, Unknown) else partition
    statement = {
        "Sid": "Enable IAM User Permissions",
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:{partition}:iam::{account}:root"},
        "Action": "kms:*",
        "Resource": "*",
    }
    return json.dumps({"Version": "2012-10-17", "Id": "key-default-1", "Statement": [statement]})


def _regions(scope: Scope) -> object:
    if scope.instance.type.endswith("_replica_key"):
        return {"multiRegionKeyType": "REPLICA"}
    several = attribute("multi_region", unset=False)(scope)
    if isinstance(several, Unknown):
        return several
    return {"multiRegionKeyType": "PRIMARY"} if several else None


def _rotation(scope: Scope) -> object:
    # Only a key whose material KMS generates can be rotated; others have no such attribute.
    return attribute("enable_key_rotation", absent=False)(scope)


def _origin(scope: Scope) -> object:
    if scope.instance.type == "aws_kms_external_key":
        return "EXTERNAL"
    if scope.get("xks_key_id"):
        return "EXTERNAL_KEY_STORE"
    return "AWS_CLOUDHSM" if scope.get("custom_key_store_id") else "AWS_KMS"


def _enabled(scope: Scope) -> object:
    name = "is_enabled" if scope.instance.type == "aws_kms_key" else "enabled"
    # Material for an external key is imported later, unless the configuration has it.
    return mapped(attribute(name, absent=True, unset=True), {True: "Enabled", False: "Disabled"})(scope)


_ARN = first_known(attribute("arn"), template("arn:{partition}:kms:{region}:{account}:key/{key_id}", "key_id"))

KEY = Table(
    type="AWS::KMS::Key",
    terraform=("aws_kms_key", "aws_kms_external_key", "aws_kms_replica_key"),
    sources=(
        "https://docs.aws.amazon.com/kms/latest/APIReference/API_KeyMetadata.html",
        "https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/kms_key",
    ),
    id=attribute("key_id"),
    name=attribute("key_id"),
    arn=_ARN,
    configuration={
        "keyId": attribute("key_id"),
        "arn": _ARN,
        "keyManager": "CUSTOMER",
        "keyState": _enabled,
        "enabled": mapped(_enabled, {"Enabled": True, "Disabled": False}),
        "origin": _origin,
        "keyUsage": attribute("key_usage", absent="ENCRYPT_DECRYPT"),
        "keySpec": attribute("customer_master_key_spec", absent="SYMMETRIC_DEFAULT"),
        "customerMasterKeySpec": attribute("customer_master_key_spec", absent="SYMMETRIC_DEFAULT"),
        "multiRegion": attribute("multi_region", absent=False, unset=False),
        "multiRegionConfiguration": _regions,
        "description": attribute("description"),
    },
    supplementary={
        "KeyRotationStatus": _rotation,
        "Policy": part("aws_kms_key_policy", attribute("policy"), otherwise=_policy),
    },
    links=(Link("aws_kms_key_policy", "key_id"),),
    notes="Grants are not seen, as in AWS Config itself.",
)
