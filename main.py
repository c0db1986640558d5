"""The app of this repository, and the example to copy: twelve rules that AWS manages and three of our checks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compliance_runtime.checks import bucket_tls_only, required_tags, security_group_ingress
from compliance_tf import ApiCall, CheckRule, ComplianceStack, ManagedRule, Scope, Workspaces, synthesize

if TYPE_CHECKING:
    from cdktf import App


def build(app: App) -> None:
    """Add the stack: one for each region."""
    stack = ComplianceStack(
        app,
        "compliance",
        project="compliance",
        region="eu-west-1",
        workspaces=Workspaces(allowed=("dev", "staging", "prod"), protected=("prod",)),
    )

    # Amazon S3
    ManagedRule(stack, "s3-bucket-versioning-enabled", identifier="S3_BUCKET_VERSIONING_ENABLED")
    ManagedRule(stack, "s3-bucket-public-access-blocked", identifier="S3_BUCKET_LEVEL_PUBLIC_ACCESS_PROHIBITED")
    ManagedRule(stack, "s3-bucket-encrypted", identifier="S3_BUCKET_SERVER_SIDE_ENCRYPTION_ENABLED")
    CheckRule(stack, "s3-bucket-tls-only", check=bucket_tls_only.CHECK)

    # Amazon EC2 and its network
    ManagedRule(stack, "ebs-volumes-encrypted", identifier="ENCRYPTED_VOLUMES")
    ManagedRule(stack, "ssh-restricted", identifier="INCOMING_SSH_DISABLED")
    ManagedRule(stack, "default-security-group-closed", identifier="VPC_DEFAULT_SECURITY_GROUP_CLOSED")
    CheckRule(
        stack,
        "security-group-ingress",
        check=security_group_ingress.CHECK,
        parameters=security_group_ingress.Parameters(allowed_ports=("443",)),
    )

    # Amazon RDS
    ManagedRule(stack, "rds-storage-encrypted", identifier="RDS_STORAGE_ENCRYPTED")

    # AWS IAM
    ManagedRule(stack, "iam-no-admin-policies", identifier="IAM_POLICY_NO_STATEMENTS_WITH_ADMIN_ACCESS")
    ManagedRule(stack, "iam-root-access-key", identifier="IAM_ROOT_ACCESS_KEY_CHECK")
    ManagedRule(
        stack,
        "iam-access-keys-rotated",
        identifier="ACCESS_KEYS_ROTATED",
        parameters={"maxAccessKeyAge": 90},
    )
    ManagedRule(stack, "iam-user-mfa-enabled", identifier="IAM_USER_MFA_ENABLED")

    # AWS CloudTrail: periodic, so that without the API calls a stopped trail would go unseen for a day
    ManagedRule(
        stack,
        "cloudtrail-enabled",
        identifier="CLOUD_TRAIL_ENABLED",
        evaluate_after=(ApiCall("cloudtrail", "StopLogging"), ApiCall("cloudtrail", "DeleteTrail")),
    )

    # Every resource of these types has an owner and a known environment
    CheckRule(
        stack,
        "required-tags",
        check=required_tags.CHECK,
        parameters=required_tags.Parameters(tags={"owner": (), "environment": ("dev", "staging", "prod")}),
        rule_scope=Scope.types("AWS::S3::Bucket", "AWS::EC2::SecurityGroup"),
    )


if __name__ == "__main__":
    synthesize(build)
