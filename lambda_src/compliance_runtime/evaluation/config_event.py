"""A parser of AWS Config's events for custom rules.

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
    """An item that is too large for an event: its configuration is read from the resource's history.

    Parameters
    ----------
    resource_type
        AWS Config's name of the type.
    resource_id
        AWS Config's id of the resource.
    capture_time
        The capture time, in UTC.
    status
        As in ``ConfigurationItem``.
    """

    resource_type: str
    resource_id: str
    capture_time: datetime
    status: str

    @property
    def recorded(self) -> bool:
        """Return whether AWS Config records the resource; if not, its history is not current."""
        return self.status != NOT_RECORDED_STATUS

    @property
    def deleted(self) -> bool:
        """Return whether the resource was deleted, so that there is nothing to read."""
        return self.status in DELETED_STATUSES


@dataclass(frozen=True)
class Scheduled:
    """A schedule's time, in UTC, for a periodic rule; there is no item."""

    time: datetime


Subject: TypeAlias = ConfigurationItem | OversizedItem | Scheduled


@dataclass(frozen=True)
class ConfigRequest:
    """A request of AWS Config for an evaluation.

    Parameters
    ----------
    rule_name
        The name of the Config rule.
    account
        The account's 12 digits.
    parameters
        The rule's parameters, not converted yet.
    result_token
        The token for PutEvaluations.
    left_scope
        Whether the resource has left the rule's scope.
    subject
        The item, its summary, or the schedule.
    """

    rule_name: str
    account: str
    parameters: Mapping[str, object]
    result_token: str
    left_scope: bool
    subject: Subject


def config_request(event: object) -> ConfigRequest:
    """Parse an event.

    Returns
    -------
    ConfigRequest
        The rule, its parameters, and what it is asked to evaluate: an item, the summary of one, or a schedule.

    Raises
    ------
    EventError
        When a member is missing or of the wrong type, for any ``event``; the message names it.
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
