"""The status of AWS Config's recorder and of its deliveries.

The reference has ``Success``, ``Failure``, ``Pending``, ``Not_Applicable`` and ``NotApplicable``; AWS returns
``SUCCESS``, ``FAILURE``, ``PENDING``, ``NOT_APPLICABLE``.
https://docs.aws.amazon.com/config/latest/APIReference/API_ConfigurationRecorderStatus.html
https://docs.aws.amazon.com/config/latest/APIReference/API_ConfigStreamDeliveryInfo.html
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from mypy_boto3_config import type_defs as shapes

    Delivery: TypeAlias = shapes.ConfigExportDeliveryInfoTypeDef | shapes.ConfigStreamDeliveryInfoTypeDef


class Status(Enum):
    """The known statuses, in lower case without separators."""

    SUCCESS = "success"
    FAILURE = "failure"
    PENDING = "pending"
    NOT_APPLICABLE = "notapplicable"


def read_status(word: str | None) -> Status | None:
    """Parse a status.

    Parameters
    ----------
    word
        The value from AWS; None or empty where nothing has happened yet.

    Returns
    -------
    Status | None
        The status; None for an unknown word, which means neither success nor failure.
    """
    if not word:
        return Status.PENDING
    plain = "".join(character for character in word.casefold() if character.isalpha())
    return next((status for status in Status if status.value == plain), None)


def delivery_problems(channel: shapes.DeliveryChannelStatusTypeDef) -> Iterator[str]:
    """List the failed deliveries of a channel."""
    for what, delivery in _deliveries(channel).items():
        if read_status(delivery.get("lastStatus")) is Status.FAILURE:
            yield f"Channel {channel.get('name')} failed to deliver {what}: {error_words(delivery)}."


def unknown_statuses(
    recorders: Iterable[shapes.ConfigurationRecorderOutputTypeDef],
    statuses: Mapping[str | None, shapes.ConfigurationRecorderStatusTypeDef],
    channels: Iterable[shapes.DeliveryChannelStatusTypeDef],
) -> list[str]:
    """List the unknown statuses of recorders, given by name, and of channels."""
    names = [name for name in (recorder.get("name") for recorder in recorders) if name in statuses]
    found: list[tuple[str, shapes.ConfigurationRecorderStatusTypeDef | Delivery]] = [
        (f"recorder {name}", statuses[name]) for name in names
    ]
    for channel in channels:
        found += [(f"delivery of {what}", delivery) for what, delivery in _deliveries(channel).items()]
    return [
        f"{place}: {status.get('lastStatus')!r:.80}"
        for place, status in found
        if read_status(status.get("lastStatus")) is None
    ]


def error_words(failure: shapes.ConfigurationRecorderStatusTypeDef | Delivery) -> str:
    """Format the code and the message of a failure."""
    return f"{failure.get('lastErrorCode', 'no code')} {failure.get('lastErrorMessage', '')}".rstrip(" .")


def _deliveries(channel: shapes.DeliveryChannelStatusTypeDef) -> dict[str, Delivery]:
    return {
        "the history": channel.get("configHistoryDeliveryInfo", {}),
        "snapshots": channel.get("configSnapshotDeliveryInfo", {}),
        "notifications": channel.get("configStreamDeliveryInfo", {}),
    }
