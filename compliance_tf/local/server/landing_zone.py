"""The setup of a landing zone in an account: a running recorder and its delivery channel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compliance_tf.local.server.server import ACCOUNT

if TYPE_CHECKING:
    from mypy_boto3_config import ConfigServiceClient
    from mypy_boto3_config.type_defs import RecordingGroupTypeDef

    from compliance_tf.local.server.server import Endpoint

ROLE_ARN = "arn:aws:iam::{account}:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"


def create_recorder(
    config: ConfigServiceClient,
    name: str = "default",
    recording_group: RecordingGroupTypeDef | None = None,
    *,
    account: str = ACCOUNT,
) -> None:
    """Create a recorder with AWS Config's service-linked role and a delivery channel, and start it.

    Parameters
    ----------
    config
        A client of AWS Config in the account and region.
    recording_group
        The recording group; everything unless given, global types included.
    account
        The account in the role's ARN.
    """
    everything: RecordingGroupTypeDef = {"allSupported": True, "includeGlobalResourceTypes": True}
    config.put_configuration_recorder(
        ConfigurationRecorder={
            "name": name,
            "roleARN": ROLE_ARN.format(account=account),
            "recordingGroup": recording_group or everything,
        }
    )
    config.put_delivery_channel(DeliveryChannel={"name": "default", "s3BucketName": f"config-bucket-{account}"})
    config.start_configuration_recorder(ConfigurationRecorderName=name)


def create_recorders(endpoint: Endpoint) -> None:
    """Create a recorder in every region; one that is there stays.

    Parameters
    ----------
    endpoint
        The endpoint of local AWS.
    """
    from boto3.session import Session

    for region in Session().get_available_regions("config"):
        config = endpoint.client("config", region=region)
        if not config.describe_configuration_recorders()["ConfigurationRecorders"]:
            create_recorder(config)
