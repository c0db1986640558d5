"""The managed rules that are equivalent to checks."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

EQUIVALENTS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "bucket-encryption": ("S3_BUCKET_SERVER_SIDE_ENCRYPTION_ENABLED",),
        "bucket-public-access": ("S3_BUCKET_PUBLIC_READ_PROHIBITED", "S3_BUCKET_PUBLIC_WRITE_PROHIBITED"),
        "bucket-tls-only": ("S3_BUCKET_SSL_REQUESTS_ONLY",),
        "dynamodb-point-in-time-recovery": ("DYNAMODB_PITR_ENABLED",),
        "ebs-encryption": ("ENCRYPTED_VOLUMES",),
        "ec2-imdsv2": ("EC2_IMDSV2_CHECK",),
        "ecs-plain-secrets": ("ECS_NO_ENVIRONMENT_SECRETS",),
        "ecs-privileged-containers": ("ECS_CONTAINERS_NONPRIVILEGED",),
        "iam-access-keys": ("ACCESS_KEYS_ROTATED",),
        "iam-banned-policies": ("IAM_POLICY_BLACKLISTED_CHECK",),
        "iam-policy-admin": ("IAM_POLICY_NO_STATEMENTS_WITH_ADMIN_ACCESS",),
        "kms-key-rotation": ("CMK_BACKING_KEY_ROTATION_ENABLED",),
        "lambda-subnets": ("LAMBDA_INSIDE_VPC",),
        "log-group-retention": ("CW_LOGGROUP_RETENTION_PERIOD_CHECK",),
        "rds-backup-retention": ("DB_INSTANCE_BACKUP_ENABLED",),
        "rds-encryption": ("RDS_STORAGE_ENCRYPTED",),
        "rds-not-public": ("RDS_INSTANCE_PUBLIC_ACCESS_CHECK",),
        "required-tags": ("REQUIRED_TAGS",),
        "security-group-ingress": ("VPC_SG_OPEN_ONLY_TO_AUTHORIZED_PORTS",),
        "unassociated-addresses": ("EIP_ATTACHED",),
        "unattached-volumes": ("EC2_VOLUME_INUSE_CHECK",),
    }
)
"""The managed rules with the same requirement on the same resources as a check, by the check's id.

A check that requires less, or something different, is not among them: its results would not show what a framework
requires by the managed rule.
"""


def equivalent_identifiers(identifier: str) -> tuple[str, ...]:
    """List the identifiers in frameworks that a rule covers.

    Parameters
    ----------
    identifier
        The identifier of a managed rule, or the id of a check.

    Returns
    -------
    tuple[str, ...]
        Its own first, then those of the managed rules that it is equivalent to.
    """
    return (identifier, *EQUIVALENTS.get(identifier, ()))
