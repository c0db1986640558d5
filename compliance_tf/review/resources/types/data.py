"""Databases, tables and log groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from compliance_tf.review.resources.planned_values import Unknown
from compliance_tf.review.resources.translation import Table, attribute, block, first_known, mapped, template

if TYPE_CHECKING:
    from compliance_tf.review.resources.translation import Field, Scope

_PROVIDER: Final = "https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/"

_COPIES: Final = ("snapshot_identifier", "replicate_source_db", "restore_to_point_in_time", "s3_import")
"""The attributes for sources of a new database, from which unset values are taken."""


def _of_instance(name: str, default: object) -> Field:
    """Use an attribute for which RDS has a default unless the instance is created from another one.

    https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html

    Returns
    -------
    Field
        A function from a scope to the attribute's value or ``default``; unknown where the other instance decides.
    """

    def field_(scope: Scope) -> object:
        value = scope.get(name)
        if value is not None:
            return value
        copied = any(_is_given(scope, one) for one in _COPIES) or scope.instance.type != "aws_db_instance"
        return (
            Unknown(f"{scope.place}.{name} is not set, and what the database is made from decides")
            if copied
            else default
        )

    return field_


def _is_given(scope: Scope, name: str) -> bool:
    value = scope.get(name)
    return bool(value) and not (isinstance(value, Unknown) and scope.is_unset(name))


def _replica_source(scope: Scope) -> object:
    return scope.get("replicate_source_db")


DB_INSTANCE = Table(
    type="AWS::RDS::DBInstance",
    terraform=("aws_db_instance", "aws_rds_cluster_instance"),
    sources=(
        "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DBInstance.html",
        f"{_PROVIDER}db_instance",
    ),
    id=first_known(attribute("resource_id"), attribute("dbi_resource_id")),
    name=attribute("identifier"),
    arn=first_known(attribute("arn"), template("arn:{partition}:rds:{region}:{account}:db:{identifier}", "identifier")),
    configuration={
        "dBInstanceIdentifier": attribute("identifier"),
        "dBInstanceClass": attribute("instance_class"),
        "engine": attribute("engine"),
        "engineVersion": attribute("engine_version"),
        "dBClusterIdentifier": attribute("cluster_identifier"),
        "readReplicaSourceDBInstanceIdentifier": _replica_source,
        "storageEncrypted": _of_instance("storage_encrypted", default=False),
        "kmsKeyId": attribute("kms_key_id"),
        "publiclyAccessible": attribute("publicly_accessible", absent=False),
        "backupRetentionPeriod": attribute("backup_retention_period"),
        "multiAZ": attribute("multi_az"),
        "deletionProtection": attribute("deletion_protection", absent=False),
        "iAMDatabaseAuthenticationEnabled": attribute("iam_database_authentication_enabled", absent=False),
        "autoMinorVersionUpgrade": attribute("auto_minor_version_upgrade"),
        "copyTagsToSnapshot": attribute("copy_tags_to_snapshot", absent=False),
    },
    notes="Backups that are not configured are undecided: RDS and the source of a copy decide.",
)

DB_CLUSTER = Table(
    type="AWS::RDS::DBCluster",
    terraform=("aws_rds_cluster",),
    sources=(
        "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DBCluster.html",
        f"{_PROVIDER}rds_cluster",
    ),
    id=attribute("cluster_resource_id"),
    name=attribute("cluster_identifier"),
    arn=first_known(
        attribute("arn"),
        template("arn:{partition}:rds:{region}:{account}:cluster:{cluster_identifier}", "cluster_identifier"),
    ),
    configuration={
        "dbclusterIdentifier": attribute("cluster_identifier"),
        # Only instances have these.
        "dBClusterIdentifier": None,
        "readReplicaSourceDBInstanceIdentifier": None,
        "engine": attribute("engine"),
        "engineVersion": attribute("engine_version"),
        "storageEncrypted": attribute("storage_encrypted"),
        "kmsKeyId": attribute("kms_key_id"),
        "backupRetentionPeriod": attribute("backup_retention_period"),
        "deletionProtection": attribute("deletion_protection", absent=False),
        "iamdatabaseAuthenticationEnabled": attribute("iam_database_authentication_enabled", absent=False),
    },
    notes="Encryption and backups that are not configured are undecided: engine mode and source decide.",
)


_RECOVERY: Final = {
    "continuousBackupsStatus": "ENABLED",
    "pointInTimeRecoveryDescription": {"pointInTimeRecoveryStatus": "DISABLED"},
}
"""DynamoDB's default: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PointInTimeRecoveryDescription.html"""

TABLE = Table(
    type="AWS::DynamoDB::Table",
    terraform=("aws_dynamodb_table",),
    sources=(
        "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TableDescription.html",
        f"{_PROVIDER}dynamodb_table",
    ),
    id=attribute("name"),
    name=attribute("name"),
    arn=first_known(attribute("arn"), template("arn:{partition}:dynamodb:{region}:{account}:table/{name}", "name")),
    configuration={
        "tableName": attribute("name"),
        "tableStatus": "ACTIVE",
        "billingModeSummary": {"billingMode": attribute("billing_mode", absent="PROVISIONED")},
        "deletionProtectionEnabled": attribute("deletion_protection_enabled", absent=False),
    },
    supplementary={
        "ContinuousBackupsDescription": block(
            "point_in_time_recovery",
            {
                "continuousBackupsStatus": "ENABLED",
                "pointInTimeRecoveryDescription": {
                    "pointInTimeRecoveryStatus": mapped(attribute("enabled"), {True: "ENABLED", False: "DISABLED"})
                },
            },
            absent=_RECOVERY,
            unset=_RECOVERY,
        ),
    },
)

LOG_GROUP = Table(
    type="AWS::Logs::LogGroup",
    terraform=("aws_cloudwatch_log_group",),
    sources=(
        "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_LogGroup.html",
        f"{_PROVIDER}cloudwatch_log_group",
    ),
    id=attribute("name"),
    name=attribute("name"),
    arn=first_known(attribute("arn"), template("arn:{partition}:logs:{region}:{account}:log-group:{name}", "name")),
    configuration={
        "LogGroupName": attribute("name"),
        "RetentionInDays": mapped(attribute("retention_in_days"), {0: None}),
        "KmsKeyId": attribute("kms_key_id"),
        "LogGroupClass": attribute("log_group_class", absent="STANDARD", unset="STANDARD"),
    },
)
