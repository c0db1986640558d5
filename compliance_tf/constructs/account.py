"""The account and partition that Terraform is running in, read at plan time."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from compliance_tf.constructs.blocks import Blocks


class Account:
    """The account, partition and region of the deployment; the same configuration fits any account.

    Parameters
    ----------
    blocks
        The stack's blocks.
    region
        The AWS region of the deployment.

    Attributes
    ----------
    id
        The expression of the account's id.
    """

    def __init__(self, blocks: Blocks, region: str) -> None:
        self._region = region
        self._partition = blocks.data("aws_partition", "account", "partition").attribute("partition")
        self.id = blocks.data("aws_caller_identity", "account", "caller").attribute("account_id")

    def arn(self, service: str, resource: str) -> str:
        """Build the ARN of a resource in this account and region."""
        return f"arn:{self._partition}:{service}:{self._region}:{self.id}:{resource}"

    def global_arn(self, service: str, resource: str) -> str:
        """Build the ARN of a resource of a global service in this account."""
        return f"arn:{self._partition}:{service}::{self.id}:{resource}"
