"""The DynamoDB table of results. Its keys are described in compliance_runtime, which writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compliance_runtime.recording.table_schema import EXPIRES_AT, INDEXES, PARTITION_KEY, SORT_KEY, Index

if TYPE_CHECKING:
    from compliance_tf.constructs.account import Account
    from compliance_tf.constructs.blocks import Blocks
    from compliance_tf.constructs.recorder import ExistingRecorder
    from compliance_tf.model.naming import Naming
    from compliance_tf.model.workspaces import Workspaces


class ResultsTable:
    """The table: on-demand capacity, point-in-time recovery for 35 days, encrypted by AWS KMS.

    Parameters
    ----------
    kms_key
        The ARN of the customer managed key that encrypts it; the AWS managed key for DynamoDB unless given.
    """

    def __init__(
        self,
        blocks: Blocks,
        *,
        naming: Naming,
        account: Account,
        recorder: ExistingRecorder,
        workspaces: Workspaces,
        kms_key: str | None = None,
    ) -> None:
        name = naming.table("results")
        # Not the resource's own attribute, which is unknown in the plan that creates the table.
        self.arn = account.arn("dynamodb", f"table/{name}")
        keys = {PARTITION_KEY, SORT_KEY} | {key for index in INDEXES for key in (index.partition_key, index.sort_key)}
        self.name = blocks.resource(
            "aws_dynamodb_table",
            "results",
            "table",
            name=name,
            billing_mode="PAY_PER_REQUEST",
            hash_key=PARTITION_KEY,
            range_key=SORT_KEY,
            attribute=[{"name": key, "type": "S"} for key in sorted(keys)],
            global_secondary_index=[
                {
                    "name": index.name,
                    "hash_key": index.partition_key,
                    "range_key": index.sort_key,
                    "projection_type": "ALL",
                }
                for index in INDEXES
            ],
            ttl={"attribute_name": EXPIRES_AT, "enabled": True},
            point_in_time_recovery={"enabled": True},
            server_side_encryption={"enabled": True, "kms_key_arn": kms_key},
            deletion_protection_enabled=workspaces.is_protected,
            depends_on=[recorder.reading.address],
        ).attribute("name")

    def index_arn(self, index: Index) -> str:
        """Return the ARN of an index, which a role needs in order to query it."""
        return f"{self.arn}/index/{index.name}"
