"""A reader of saved configuration items, in the forms that the AWS CLI, events and S3 have."""

from __future__ import annotations

import gzip
import zlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from compliance_runtime.errors import EventError
from compliance_runtime.evaluation.configuration_item import item_from_event, item_from_history
from compliance_runtime.json_object import JsonObject, decoded
from compliance_tf.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from compliance_runtime.evaluation.configuration_item import ConfigurationItem
    from compliance_runtime.json_object import JsonValue

_GZIP = b"\x1f\x8b"
_CAPTURED = "configurationItemCaptureTime"
_ITEM_LISTS = ("configurationItems", "baseConfigurationItems")
"""Members that list items: in history responses and files of S3, and in responses of batch-get-resource-config."""

FILE_ENDINGS = (".json", ".json.gz")
"""The endings of files that are read from a folder."""


def read_items(data: bytes, place: str) -> tuple[ConfigurationItem, ...]:
    """Read all items of a file; the newest one of each resource.

    Parameters
    ----------
    data
        JSON, perhaps compressed as AWS Config delivers it to S3: the event of a custom rule or its invoking event, a
        notification of SNS or EventBridge, also inside an event of SQS or Lambda; a response of ``aws configservice``
        ``get-resource-config-history``, ``batch-get-resource-config`` (which holds no tags), ``select-resource-config``
        or ``select-aggregate-resource-config``; a snapshot or history file of S3; an item in the form of one of these,
        or a list of them.
    place
        The file's name, for messages.

    Returns
    -------
    tuple[ConfigurationItem, ...]
        One item for each account, region, type and id, in the order in which the file names these first; empty where
        the file holds none.

    Raises
    ------
    SettingError
        When it has none of these forms; the message says what is missing.
    """
    try:
        text = (gzip.decompress(data) if data.startswith(_GZIP) else data).decode()
        found = [*_items(decoded(text, place, EventError), place)]
    except (OSError, EOFError, UnicodeDecodeError, zlib.error) as cause:
        raise SettingError(f"{place} cannot be read: {cause}.") from cause
    except EventError as cause:
        raise SettingError(str(cause)) from cause
    newest: dict[tuple[str, str, str, str], ConfigurationItem] = {}
    for item in found:
        resource = (item.account, item.region, item.resource_type, item.resource_id)
        if resource not in newest or newest[resource].capture_time < item.capture_time:
            newest[resource] = item
    return tuple(newest.values())


def files_of(paths: Iterable[Path]) -> Iterator[Path]:
    """Yield the files themselves and the JSON files in folders, sorted.

    Yields
    ------
    Path
        Each file, in the order of ``paths``; those of a folder, also in folders inside of it, sorted.

    Raises
    ------
    SettingError
        When a folder holds no such file.
    """
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        inner = sorted(one for one in path.rglob("*") if one.is_file() and one.name.endswith(FILE_ENDINGS))
        if not inner:
            raise SettingError(f"{path} holds no file that ends in {' or '.join(FILE_ENDINGS)}.")
        yield from inner


def _items(value: JsonValue, place: str) -> Iterator[ConfigurationItem]:
    if isinstance(value, list):
        for index, one in enumerate(value):
            yield from _items(one, f"{place}[{index}]")
        return
    yield from _of_object(JsonObject.of(value, place, EventError))


def _of_object(value: JsonObject) -> Iterator[ConfigurationItem]:
    for name in ("invokingEvent", "Message", "body"):
        if isinstance(value.values.get(name), str):
            yield from _of_object(value.member_in_text(name))
            return
    for name in ("detail", "Sns"):
        if name in value.values:
            yield from _of_object(value.member(name))
            return
    if "Records" in value.values:
        for record in value.objects("Records"):
            yield from _of_object(record)
        return
    if "Results" in value.values:
        for index, text in enumerate(value.texts("Results")):
            yield _item(
                JsonObject({"item": text}, f"{value.place}.Results[{index}]", EventError).member_in_text("item")
            )
        return
    yield from map(_item, _listed(value))


def _listed(value: JsonObject) -> tuple[JsonObject, ...]:
    """List the items of an object, or the object itself where it is one."""
    for name in _ITEM_LISTS:
        if name in value.values:
            items = value.objects(name)
            if not items:
                raise EventError(f"{value.place}.{name} is empty.")
            return items
    if "configurationItem" in value.values:
        return (value.member("configurationItem"),)
    if "configurationItemSummary" in value.values:
        raise EventError(
            f"{value.place} is the event of an oversized item, which only summarizes it: save the item itself with "
            "aws configservice get-resource-config-history."
        )
    return (value,)


def _item(value: JsonObject) -> ConfigurationItem:
    """Parse an item by the form of its names; times may be numbers, as version 1 of the AWS CLI writes them."""
    values: dict[str, Any] = dict(value.values)
    captured = values.get(_CAPTURED)
    if isinstance(captured, int | float) and not isinstance(captured, bool):
        try:
            values[_CAPTURED] = datetime.fromtimestamp(captured, UTC)
        except (ValueError, OverflowError, OSError) as cause:
            raise EventError(f"{value.place}.{_CAPTURED} is {captured}, which is not a time: {cause}.") from cause
    item = JsonObject(values, value.place, EventError)
    if "awsAccountId" in values:
        return item_from_event(item)
    if "accountId" in values:
        return item_from_history(item)
    raise EventError(
        f"{value.place} holds no configuration item: give an event of AWS Config, a response of "
        "get-resource-config-history, or an item of one of them."
    )
