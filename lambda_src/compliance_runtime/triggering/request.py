"""The rules that a schedule or an API call requests to evaluate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compliance_runtime.errors import EventError
from compliance_runtime.json_object import JsonObject

if TYPE_CHECKING:
    from collections.abc import Mapping

    from compliance_runtime.deployment import DeployedRule

REEVALUATE = "reevaluate"
"""The action for all rules, like the event of a schedule."""

CONTINUE = "continue"
"""The action for waiting rules only."""

SCHEDULED = "Scheduled Event"
"""The type of EventBridge's event of a schedule."""


def rules_to_evaluate(event: object, rules: Mapping[str, DeployedRule]) -> list[str]:
    """List the rules that an event requests.

    Parameters
    ----------
    event
        ``{"action": "reevaluate"}``, ``{"action": "continue"}``, or an event of EventBridge: of a schedule, or of
        CloudTrail. A failed API call changed nothing, so it requests none.
    rules
        The deployed rules by their full name.

    Returns
    -------
    list[str]
        Their full names, sorted; empty where it requests none.

    Raises
    ------
    EventError
        When it is not one of these events.
    """
    outer = JsonObject.of(event, "event", EventError)
    action = outer.optional_text("action")
    if action == CONTINUE:
        return []
    if action == REEVALUATE or outer.values.get("detail-type") == SCHEDULED:
        return sorted(rules)
    if action is not None:
        raise EventError(f"event.action is {action!r:.80}; it must be {REEVALUATE!r} or {CONTINUE!r}.")
    detail = outer.member("detail")
    call = f"{detail.text('eventSource')}:{detail.text('eventName')}"
    if detail.optional_text("errorCode"):
        return []
    return sorted(name for name, rule in rules.items() if call in rule.api_calls)


def request_ids(event: object, invocation: str) -> frozenset[str]:
    """Collect the ids of an event: EventBridge may deliver one twice, and AWS Lambda retries.

    Parameters
    ----------
    invocation
        The id of the invocation's request, which stays the same when AWS Lambda retries.

    Returns
    -------
    frozenset[str]
        ``invocation``, and the event's own id if it has one.
    """
    event_id = event.get("id") if isinstance(event, dict) else None
    return frozenset({invocation, event_id} if isinstance(event_id, str) and event_id else {invocation})
