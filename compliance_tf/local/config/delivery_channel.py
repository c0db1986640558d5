"""The delivery channel of an account and region: one, as on AWS. Nothing is delivered to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from compliance_tf.local.api.api_error import ApiError
from compliance_tf.local.api.clock import now

if TYPE_CHECKING:
    from datetime import datetime

    from compliance_tf.local.api.json_api import Call
    from compliance_tf.local.config.recorder import RecorderSlot


@dataclass(frozen=True)
class DeliveryChannel:
    """A delivery channel whose deliveries all succeed."""

    name: str
    declared: dict[str, Any]
    changed: datetime

    def describe(self) -> dict[str, Any]:
        """The form of DescribeDeliveryChannels."""
        return self.declared | {"name": self.name}

    def describe_status(self) -> dict[str, Any]:
        """The form of DescribeDeliveryChannelStatus."""
        moment = self.changed.timestamp()
        has_topic = "snsTopicARN" in self.declared
        return {
            "name": self.name,
            "configHistoryDeliveryInfo": {"lastStatus": "SUCCESS", "lastSuccessfulTime": moment},
            "configSnapshotDeliveryInfo": {"lastStatus": "NOT_APPLICABLE"},
            "configStreamDeliveryInfo": {
                "lastStatus": "SUCCESS" if has_topic else "NOT_APPLICABLE",
                "lastStatusChangeTime": moment,
            },
        }


class DeliveryChannelSlot:
    """Room for the one delivery channel of an account and region.

    Unlike on AWS the bucket need not exist, and a recorder runs without a channel.
    """

    def __init__(self, recorder: RecorderSlot) -> None:
        self._recorder = recorder
        self._current: DeliveryChannel | None = None

    def put(self, call: Call) -> dict[str, Any]:
        """PutDeliveryChannel: create it, or change the one of this name."""
        declared = call.parameters["DeliveryChannel"]
        name = declared.get("name") or "default"
        if self._recorder.current is None:
            raise ApiError(
                "NoAvailableConfigurationRecorderException",
                "Configuration recorder is not available to put delivery channel.",
            )
        if self._current and self._current.name != name:
            raise ApiError(
                "MaxNumberOfDeliveryChannelsExceededException",
                f"Failed to put delivery channel '{name}' because the maximum number of delivery channels: 1 is "
                "reached.",
            )
        if not declared.get("s3BucketName"):
            raise ApiError("NoSuchBucketException", "Cannot find a S3 bucket with an empty bucket name.")
        self._current = DeliveryChannel(name, declared, now())
        return {}

    def describe(self, call: Call) -> dict[str, Any]:
        """DescribeDeliveryChannels."""
        return {"DeliveryChannels": [channel.describe() for channel in self._found(call)]}

    def describe_status(self, call: Call) -> dict[str, Any]:
        """DescribeDeliveryChannelStatus."""
        return {"DeliveryChannelsStatus": [channel.describe_status() for channel in self._found(call)]}

    def _found(self, call: Call) -> list[DeliveryChannel]:
        found = [self._current] if self._current else []
        for name in call.parameters.get("DeliveryChannelNames") or []:
            if name not in [channel.name for channel in found]:
                raise ApiError(
                    "NoSuchDeliveryChannelException", f"Cannot find delivery channel with specified name '{name}'."
                )
        return found
