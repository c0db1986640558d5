"""The account and partition that Terraform is running in, read at plan time."""

from __future__ import annotations

from cdktf_cdktf_provider_aws.data_aws_caller_identity import DataAwsCallerIdentity
from cdktf_cdktf_provider_aws.data_aws_partition import DataAwsPartition
from constructs import Construct


class Account(Construct):
    """The account, partition and region of the deployment; the same configuration fits any account.

    Parameters
    ----------
    region
        The AWS region of the deployment.
    """

    def __init__(self, scope: Construct, id_: str, *, region: str) -> None:
        super().__init__(scope, id_)
        self._region = region
        self._partition = DataAwsPartition(self, "partition").partition
        self.id = DataAwsCallerIdentity(self, "caller").account_id

    def arn(self, service: str, resource: str) -> str:
        """Build the ARN of a resource in this account and region."""
        return f"arn:{self._partition}:{service}:{self._region}:{self.id}:{resource}"

    def global_arn(self, service: str, resource: str) -> str:
        """Build the ARN of a resource of a global service in this account."""
        return f"arn:{self._partition}:{service}::{self.id}:{resource}"
