"""What a landing zone leaves behind in an account: a recorder that is switched on, and where it delivers to."""

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
    """Create a recorder with AWS Config's service-linked role and a delivery channel, and switch it on.

    Parameters
    ----------
    config
        A client of the account and region that get it.
    recording_group
        What it records; without it everything, global types included.
    account
        The account that the role's ARN names.
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
        Where local AWS answers.
    """
    from boto3.session import Session

    for region in Session().get_available_regions("config"):
        config = endpoint.client("config", region=region)
        if not config.describe_configuration_recorders()["ConfigurationRecorders"]:
            create_recorder(config)
