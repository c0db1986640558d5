from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.runtime.local.accounts import Account
from tests.runtime.local.refusals import refused

if TYPE_CHECKING:
    from compliance_tf.local import LocalAws


@pytest.fixture
def account(local_aws: LocalAws) -> Account:
    return Account(local_aws)


def put(account: Account, name: str = "default", bucket: str = "history") -> None:
    account.config.put_delivery_channel(DeliveryChannel={"name": name, "s3BucketName": bucket})


def test_a_channel_is_described_and_its_deliveries_succeed(account: Account) -> None:
    put(account.with_recorder())

    [channel] = account.config.describe_delivery_channels()["DeliveryChannels"]
    [status] = account.config.describe_delivery_channel_status(DeliveryChannelNames=["default"])[
        "DeliveryChannelsStatus"
    ]

    assert channel == {"name": "default", "s3BucketName": "history"}
    assert status["configHistoryDeliveryInfo"]["lastStatus"] == "SUCCESS"
    assert status["configStreamDeliveryInfo"]["lastStatus"] == "NOT_APPLICABLE"


def test_without_a_channel_none_is_described(account: Account) -> None:
    assert account.config.describe_delivery_channel_status()["DeliveryChannelsStatus"] == []
    with refused("NoSuchDeliveryChannelException"):
        account.config.describe_delivery_channel_status(DeliveryChannelNames=["default"])


def test_putting_it_again_changes_it_and_a_second_one_is_refused(account: Account) -> None:
    put(account.with_recorder())
    put(account, bucket="other")

    assert account.config.describe_delivery_channels()["DeliveryChannels"][0]["s3BucketName"] == "other"
    with refused("MaxNumberOfDeliveryChannelsExceededException"):
        put(account, name="another")


def test_a_channel_needs_a_recorder_and_a_bucket(account: Account) -> None:
    with refused("NoAvailableConfigurationRecorderException"):
        put(account)
    account.with_recorder()
    with refused("NoSuchBucketException"):
        account.config.put_delivery_channel(DeliveryChannel={"name": "default"})
