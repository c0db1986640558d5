"""A saved configuration item, in any of the forms that people have at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compliance_runtime.errors import EventError
from compliance_runtime.evaluation.configuration_item import item_from_event, item_from_history
from compliance_runtime.json_object import JsonObject, decoded

from compliance_tf.errors import SettingError

if TYPE_CHECKING:
    from compliance_runtime.evaluation.configuration_item import ConfigurationItem


def read_item(text: str, place: str) -> ConfigurationItem:
    """Read an item.

    Parameters
    ----------
    text
        JSON: the event of a custom rule, its invoking event, an answer of ``aws configservice
        get-resource-config-history`` (of which the newest item counts), or an item in the form of either.
    place
        How messages call it: the file's name.

    Raises
    ------
    SettingError
        When it is none of them; the message says what is missing.
    """
    try:
        return _item(JsonObject.of(decoded(text, place, EventError), place, EventError))
    except EventError as cause:
        raise SettingError(str(cause)) from cause


def _item(value: JsonObject) -> ConfigurationItem:
    if "invokingEvent" in value.values:
        return _item(value.member_in_text("invokingEvent"))
    if "detail" in value.values:
        return _item(value.member("detail"))
    if "configurationItem" in value.values:
        return item_from_event(value.member("configurationItem"))
    if "configurationItems" in value.values:
        items = value.objects("configurationItems")
        if not items:
            raise EventError(f"{value.place}.configurationItems is empty.")
        return item_from_history(max(items, key=lambda item: item.time("configurationItemCaptureTime")))
    if "configurationItemSummary" in value.values:
        raise EventError(
            f"{value.place} is the event of an oversized item, which only summarizes it: save the item itself with "
            "aws configservice get-resource-config-history."
        )
    if "awsAccountId" in value.values:
        return item_from_event(value)
    if "accountId" in value.values:
        return item_from_history(value)
    raise EventError(
        f"{value.place} holds no configuration item: give an event of AWS Config, an answer of "
        "get-resource-config-history, or an item of one of them."
    )
