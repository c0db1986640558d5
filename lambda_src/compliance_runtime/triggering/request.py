"""Which rules a schedule or an API call asks to evaluate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compliance_runtime.errors import EventError
from compliance_runtime.json_object import JsonObject

if TYPE_CHECKING:
    from collections.abc import Mapping

    from compliance_runtime.deployment import DeployedRule

REEVALUATE = "reevaluate"
"""The action that asks for all rules, as the event of a schedule does."""

CONTINUE = "continue"
"""The action that asks for none but those that wait."""

SCHEDULED = "Scheduled Event"
"""The type of EventBridge's event of a schedule."""


def rules_to_evaluate(event: object, rules: Mapping[str, DeployedRule]) -> list[str]:
    """List the names of the rules that an event asks for, sorted.

    Parameters
    ----------
    event
        ``{"action": "reevaluate"}``, ``{"action": "continue"}``, or an event of EventBridge: of a schedule, or of
        CloudTrail. An API call that failed changed nothing, so it asks for none.
    rules
        The deployed rules by their whole name.

    Raises
    ------
    EventError
        When it is another event.
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
    """Return what tells an event from others: EventBridge may deliver one twice, and AWS Lambda invokes again.

    Parameters
    ----------
    invocation
        The id of the invocation's request, which stays when AWS Lambda tries again.
    """
    event_id = event.get("id") if isinstance(event, dict) else None
    return frozenset({invocation, event_id} if isinstance(event_id, str) and event_id else {invocation})
