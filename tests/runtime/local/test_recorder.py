from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from compliance_tf.local import Behaviour, LocalAws, create_recorder
from tests.runtime.local.accounts import Account
from tests.runtime.local.refusals import refused

if TYPE_CHECKING:
    from collections.abc import Callable

RECORDER = "AWS::Config::ConfigurationRecorder"


@pytest.fixture
def account(local_aws: LocalAws) -> Account:
    return Account(local_aws)


def put(account: Account, name: str = "default", **group: Any) -> None:
    recorder = {"name": name, "roleARN": f"arn:aws:iam::{account.number}:role/config"}
    account.config.put_configuration_recorder(
        ConfigurationRecorder=recorder | ({"recordingGroup": group} if group else {})
    )


def read_by_cloud_control(account: Account, name: str = "default") -> dict[str, Any]:
    answer = account.client("cloudcontrol").get_resource(TypeName=RECORDER, Identifier=name)
    assert answer["ResourceDescription"]["Identifier"] == name
    properties: dict[str, Any] = json.loads(answer["ResourceDescription"]["Properties"])
    return properties


def test_a_landing_zones_recorder_records_everything_and_is_switched_on(account: Account) -> None:
    create_recorder(account.config, account=account.number)

    [recorder] = account.config.describe_configuration_recorders()["ConfigurationRecorders"]
    [status] = account.config.describe_configuration_recorder_status()["ConfigurationRecordersStatus"]

    assert recorder["name"] == "default"
    assert recorder["recordingGroup"]["recordingStrategy"] == {"useOnly": "ALL_SUPPORTED_RESOURCE_TYPES"}
    assert recorder["recordingGroup"]["includeGlobalResourceTypes"] is True
    assert (status["recording"], status["lastStatus"]) == (True, "SUCCESS")


def test_a_second_recorder_is_refused(either: Account) -> None:
    put(either)

    with refused("MaxNumberOfConfigurationRecordersExceededException"):
        put(either, "another")


def test_putting_a_recorder_again_changes_it_and_leaves_it_switched_on(account: Account) -> None:
    create_recorder(account.config, account=account.number)

    put(account, resourceTypes=["AWS::S3::Bucket"])

    [recorder] = account.config.describe_configuration_recorders()["ConfigurationRecorders"]
    [status] = account.config.describe_configuration_recorder_status()["ConfigurationRecordersStatus"]
    assert recorder["recordingGroup"]["recordingStrategy"] == {"useOnly": "INCLUSION_BY_RESOURCE_TYPES"}
    assert status["recording"] is True


def test_every_account_and_region_has_room_for_its_own_recorder(local_aws: LocalAws, account: Account) -> None:
    put(account)
    put(Account(local_aws), "other-account")
    put(Account(local_aws, region="us-east-1", number=account.number), "other-region")

    [recorder] = account.config.describe_configuration_recorders()["ConfigurationRecorders"]
    assert recorder["name"] == "default"


@pytest.mark.parametrize(
    "group",
    [
        {"allSupported": True, "resourceTypes": ["AWS::S3::Bucket"]},
        {"allSupported": False, "includeGlobalResourceTypes": True, "resourceTypes": ["AWS::S3::Bucket"]},
        {"allSupported": False},
        {"recordingStrategy": {"useOnly": "EXCLUSION_BY_RESOURCE_TYPES"}},
    ],
)
def test_a_recording_group_that_contradicts_itself_is_refused(either: Account, group: dict[str, Any]) -> None:
    with refused("InvalidRecordingGroupException"):
        put(either, **group)


def test_a_stopped_recorder_says_so(account: Account) -> None:
    create_recorder(account.config, account=account.number)

    account.config.stop_configuration_recorder(ConfigurationRecorderName="default")

    [status] = account.config.describe_configuration_recorder_status()["ConfigurationRecordersStatus"]
    assert status["recording"] is False
    assert status["lastStopTime"] >= status["lastStartTime"]


def test_a_recorder_needs_a_delivery_channel_while_it_runs(either: Account) -> None:
    put(either)
    with refused("NoAvailableDeliveryChannelException"):
        either.config.start_configuration_recorder(ConfigurationRecorderName="default")
    either.client("s3").create_bucket(
        Bucket=f"history-{either.number}", CreateBucketConfiguration={"LocationConstraint": either.region}
    )
    channel = {"name": "default", "s3BucketName": f"history-{either.number}"}
    either.config.put_delivery_channel(DeliveryChannel=channel)
    either.config.start_configuration_recorder(ConfigurationRecorderName="default")
    with refused("LastDeliveryChannelDeleteFailedException"):
        either.config.delete_delivery_channel(DeliveryChannelName="default")
    either.config.stop_configuration_recorder(ConfigurationRecorderName="default")
    either.config.delete_delivery_channel(DeliveryChannelName="default")
    assert either.config.describe_delivery_channels()["DeliveryChannels"] == []


def test_a_deleted_recorder_is_removed_and_makes_room(either: Account) -> None:
    put(either)

    either.config.delete_configuration_recorder(ConfigurationRecorderName="default")

    assert either.config.describe_configuration_recorders()["ConfigurationRecorders"] == []
    put(either, "another")


@pytest.mark.parametrize(
    "use",
    [
        lambda config: config.describe_configuration_recorders(ConfigurationRecorderNames=["nobody"]),
        lambda config: config.describe_configuration_recorder_status(ConfigurationRecorderNames=["nobody"]),
        lambda config: config.start_configuration_recorder(ConfigurationRecorderName="nobody"),
        lambda config: config.delete_configuration_recorder(ConfigurationRecorderName="nobody"),
    ],
)
def test_a_recorder_that_does_not_exist_is_named(either: Account, use: Callable[[Any], object]) -> None:
    with refused("NoSuchConfigurationRecorderException", "nobody"):
        use(either.config)


def test_cloud_control_reads_the_recorder_in_its_schemas_names(account: Account) -> None:
    put(
        account,
        recordingStrategy={"useOnly": "EXCLUSION_BY_RESOURCE_TYPES"},
        exclusionByResourceTypes={"resourceTypes": ["AWS::IAM::User"]},
    )
    [recorder] = account.config.describe_configuration_recorders()["ConfigurationRecorders"]

    assert read_by_cloud_control(account) == {
        "Name": "default",
        "RoleARN": recorder["roleARN"],
        "ResourceARN": recorder["arn"],
        "RecordingGroup": {
            "AllSupported": False,
            "IncludeGlobalResourceTypes": False,
            "ResourceTypes": [],
            "ExclusionByResourceTypes": {"ResourceTypes": ["AWS::IAM::User"]},
            "RecordingStrategy": {"UseOnly": "EXCLUSION_BY_RESOURCE_TYPES"},
        },
        "RecordingMode": {"RecordingFrequency": "CONTINUOUS", "RecordingModeOverrides": []},
    }


def test_cloud_control_finds_no_recorder_of_another_name(account: Account) -> None:
    put(account, "landing-zone")

    with refused("ResourceNotFoundException", "default"):
        read_by_cloud_control(account)


def test_cloud_control_serves_other_types_as_before(account: Account) -> None:
    with refused("ResourceNotFoundException"):
        account.client("cloudcontrol").get_resource(TypeName="AWS::Logs::LogGroup", Identifier="none")


def test_a_partition_that_lags_behind_does_not_read_recorders() -> None:
    with LocalAws.start(behaviour=Behaviour(cloud_control_reads_recorder=False)) as aws:
        account = Account(aws)
        put(account)

        with refused("UnsupportedActionException", "READ"):
            read_by_cloud_control(account)
