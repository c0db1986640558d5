"""AWS Config's event for a custom rule becomes a typed request.

https://docs.aws.amazon.com/config/latest/developerguide/evaluate-config_develop-rules_example-events.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from compliance_runtime.errors import EventError
from compliance_runtime.evaluation.configuration_item import (
    DELETED_STATUSES,
    NOT_RECORDED_STATUS,
    ConfigurationItem,
    item_from_event,
    item_status,
    resource_identity,
)
from compliance_runtime.json_object import JsonObject

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


@dataclass(frozen=True)
class OversizedItem:
    """An item too large for an event: what it looks like must be read from the resource's history.

    Parameters
    ----------
    resource_type
        AWS Config's name of the type.
    resource_id
        What identifies it among those of its type.
    capture_time
        When AWS Config captured it, in UTC.
    status
        As in ``ConfigurationItem``.
    """

    resource_type: str
    resource_id: str
    capture_time: datetime
    status: str

    @property
    def recorded(self) -> bool:
        """Return whether AWS Config records the resource; if not, its history says nothing about it."""
        return self.status != NOT_RECORDED_STATUS

    @property
    def deleted(self) -> bool:
        """Return whether the resource is gone, so that there is nothing to read."""
        return self.status in DELETED_STATUSES


@dataclass(frozen=True)
class Scheduled:
    """The whole account at a point of the rule's schedule, in UTC; there is no item."""

    time: datetime


Subject: TypeAlias = ConfigurationItem | OversizedItem | Scheduled


@dataclass(frozen=True)
class ConfigRequest:
    """AWS Config asks for an evaluation.

    Parameters
    ----------
    rule_name
        The name of the Config rule.
    account
        The account's 12 digits.
    parameters
        The rule's parameters, unread.
    result_token
        What PutEvaluations wants back.
    left_scope
        Whether the resource does not belong to the rule's scope any more.
    subject
        What is to be evaluated.
    """

    rule_name: str
    account: str
    parameters: Mapping[str, object]
    result_token: str
    left_scope: bool
    subject: Subject


def config_request(event: object) -> ConfigRequest:
    """Read an event.

    Raises
    ------
    EventError
        When something is missing or of the wrong type, whatever ``event`` is; the message names it.
    """
    outer = JsonObject.of(event, "event", EventError)
    invoking = outer.member_in_text("invokingEvent")
    return ConfigRequest(
        rule_name=outer.text("configRuleName"),
        account=outer.text("accountId"),
        parameters=outer.member_in_text("ruleParameters").values if outer.optional_text("ruleParameters") else {},
        result_token=outer.text("resultToken"),
        left_scope=outer.values.get("eventLeftScope") is True,
        subject=_subject(invoking),
    )


def _subject(invoking: JsonObject) -> Subject:
    message_type = invoking.text("messageType")
    match message_type:
        case "ConfigurationItemChangeNotification":
            return item_from_event(invoking.member("configurationItem"))
        case "OversizedConfigurationItemChangeNotification":
            return _oversized(invoking.member("configurationItemSummary"))
        case "ScheduledNotification":
            return Scheduled(invoking.time("notificationCreationTime"))
    raise EventError(
        f"{invoking.place}.messageType is {message_type!r:.80}; known are ConfigurationItemChangeNotification, "
        "OversizedConfigurationItemChangeNotification and ScheduledNotification."
    )


def _oversized(summary: JsonObject) -> OversizedItem:
    resource_type, resource_id = resource_identity(summary)
    return OversizedItem(
        resource_type=resource_type,
        resource_id=resource_id,
        capture_time=summary.time("configurationItemCaptureTime"),
        status=item_status(summary),
    )
