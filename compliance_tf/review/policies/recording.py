"""Results go on being recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from compliance_tf.review.policies.policy import Hit, Policy, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compliance_tf.review.plan.plan import Plan
    from compliance_tf.review.policies.policy import Limits

_EVENT_RULE = "aws_cloudwatch_event_rule"
_PARTS: Final = (
    _EVENT_RULE,
    "aws_cloudwatch_event_target",
    "aws_cloudwatch_log_group",
    "aws_iam_policy",
    "aws_iam_role",
    "aws_iam_role_policy",
    "aws_iam_role_policy_attachment",
    "aws_lambda_function",
    "aws_lambda_function_event_invoke_config",
    "aws_lambda_permission",
)
_ON: Final = frozenset({"ENABLED", "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"})


def _stopped(plan: Plan, _: Limits) -> Iterator[Hit]:
    for type_ in _PARTS:
        for change in plan.of_type(type_):
            if change.action.loses:
                yield Hit(
                    change.address,
                    f"It {change.action.value}: what it evaluates, records or keeps may be lost.",
                )
    for change in plan.of_type(_EVENT_RULE):
        later = change.after.get("state") or "ENABLED"
        if change.after and change.may_change("state") and str(later) not in _ON:
            yield Hit(change.address, f"The EventBridge rule {change.after.get('name')} is switched off: {later}.")
        if change.before and change.after and change.may_change("event_pattern"):
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
