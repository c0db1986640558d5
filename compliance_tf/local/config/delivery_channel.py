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
        """Return the form of DescribeDeliveryChannels."""
        return self.declared | {"name": self.name}

    def describe_status(self) -> dict[str, Any]:
        """Return the form of DescribeDeliveryChannelStatus."""
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
    """The one delivery channel of an account and region, if there is one.

    Unlike on AWS the bucket need not exist.
    """

    def __init__(self, recorder: RecorderSlot) -> None:
        self._recorder = recorder
        self._current: DeliveryChannel | None = None

    @property
    def exists(self) -> bool:
        """Return whether there is one, without which no recorder starts."""
        return self._current is not None

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

    def delete(self, call: Call) -> dict[str, Any]:
        """DeleteDeliveryChannel: refused while the recorder runs."""
        name = call.parameters["DeliveryChannelName"]
        self._found(name)
        if self._recorder.current and self._recorder.current.recording:
            raise ApiError(
                "LastDeliveryChannelDeleteFailedException",
                f"Failed to delete last specified delivery channel with name '{name}', because there, because there "
                "is a running configuration recorder.",
            )
        self._current = None
        return {}

    def describe(self, call: Call) -> dict[str, Any]:
        """DescribeDeliveryChannels."""
        return {"DeliveryChannels": [channel.describe() for channel in self._listed(call)]}

    def describe_status(self, call: Call) -> dict[str, Any]:
        """DescribeDeliveryChannelStatus."""
        return {"DeliveryChannelsStatus": [channel.describe_status() for channel in self._listed(call)]}

    def _listed(self, call: Call) -> list[DeliveryChannel]:
        return self._found(*call.parameters.get("DeliveryChannelNames") or [])

    def _found(self, *names: str) -> list[DeliveryChannel]:
        found = [self._current] if self._current else []
        for name in names:
            if name not in [channel.name for channel in found]:
                raise ApiError(
                    "NoSuchDeliveryChannelException", f"Cannot find delivery channel with specified name '{name}'."
                )
        return found
