"""Results go on being recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from compliance_tf.review.policies.policy import Hit, Policy, Verdict
from compliance_tf.review.values import Hidden

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compliance_tf.review.plan import Plan
    from compliance_tf.review.policies.policy import Limits

_EVENT_RULE = "aws_cloudwatch_event_rule"
_PARTS: Final = (
    _EVENT_RULE,
    "aws_cloudwatch_event_target",
    "aws_lambda_function",
    "aws_lambda_permission",
)


def _stopped(plan: Plan, _: Limits) -> Iterator[Hit]:
    for type_ in _PARTS:
        for change in plan.of_type(type_):
            if change.action.loses:
                yield Hit(change.address, f"It {change.action.value}: events that come meanwhile are not served.")
    for change in plan.of_type(_EVENT_RULE):
        was, will_be = change.before.get("state"), change.after.get("state")
        if change.after and was != will_be and will_be in {"DISABLED", Hidden.UNKNOWN}:
            yield Hit(change.address, f"The EventBridge rule {change.after.get('name')} is switched off: {will_be}.")
        if change.before and change.after and change.before.get("event_pattern") != change.after.get("event_pattern"):
            yield Hit(
                change.address, f"The EventBridge rule {change.after.get('name')} takes other events than before."
            )


STOPPED: Final = Policy(
    id="recording-stops",
    title="Nothing that evaluates or records stops unseen",
    why="A rule without its function, or a table without its events, looks compliant for ever.",
    verdict=Verdict.APPROVAL,
    find=_stopped,
)
