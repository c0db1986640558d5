"""Policies on recording: evaluation and recording continue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from compliance_tf.review.changes.grants import increases
from compliance_tf.review.changes.permissions import permissions
from compliance_tf.review.plan.plan import Action
from compliance_tf.review.plan.values import is_hidden, texts
from compliance_tf.review.policies.attributes import Effect, attribute_changes
from compliance_tf.review.policies.policy import Hit, Policy, Verdict
from compliance_tf.review.policies.rules import RULE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compliance_tf.review.plan.plan import Plan, ResourceChange
    from compliance_tf.review.plan.values import Attributes, Value
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
            if change.action.is_removal:
                yield Hit(change.address, f"It {change.action.words}: what it evaluates, records or keeps may be lost.")
    for change in plan.of_type(_EVENT_RULE):
        later = change.after.get("state") or "ENABLED"
        if change.after and change.may_change("state") and str(later) not in _ON:
            yield Hit(change.address, f"The EventBridge rule {change.after.get('name')} is switched off: {later}.")
        if change.before and change.after and change.may_change("event_pattern"):
            yield Hit(
                change.address, f"The EventBridge rule {change.after.get('name')} takes other events than before."
            )
    yield from _attributes(plan)
    yield from _narrowed_rules(plan)
    yield from _lost_permissions(plan)
    yield from _left_behind(plan)


def _attributes(plan: Plan) -> Iterator[Hit]:
    for change in plan.resources:
        # Replacements are listed already; but not of a rule, which is only evaluated again.
        if not change.managed or (change.action is Action.REPLACE and change.type != RULE):
            continue
        paths = [one.path for one in attribute_changes(change) if one.effect is Effect.APPROVAL]
        if paths:
            how = "changes in" if change.before else "is created with"
            yield Hit(change.address, f"It {how} {', '.join(paths)}: it may evaluate, record or keep less.")


def _narrowed_rules(plan: Plan) -> Iterator[Hit]:
    for change in plan.of_type(RULE):
        if change.before and change.after and change.changes and not _is_as_wide(change):
            yield Hit(change.address, f"The rule {change.after.get('name')} looks at fewer resources than before.")


def _is_as_wide(rule: ResourceChange) -> bool:
    if is_hidden(rule.after.get("scope")) or is_hidden(rule.before.get("scope")):
        return False
    before, after = (_scope(values.get("scope")) for values in (rule.before, rule.after))
    earlier, later = (set(texts(scope.get("compliance_resource_types"))) for scope in (before, after))
    has_types = not later or (bool(earlier) and earlier <= later)
    return has_types and all(not after.get(name) or after[name] == before.get(name) for name in _LIMITS)


def _scope(blocks: Value) -> Attributes:
    return blocks[0] if isinstance(blocks, list) and blocks and isinstance(blocks[0], dict) else {}


_LIMITS: Final = ("compliance_resource_id", "tag_key", "tag_value")


def _lost_permissions(plan: Plan) -> Iterator[Hit]:
    for one in permissions(plan):
        # Complete removals are listed above, and unknown permissions count as an increase.
        lost = increases(one.after, one.before) if one.after and one.before else ()
        if lost:
            plural = "" if len(lost) == 1 else "s"
            yield Hit(one.addresses[0], f"{one.subject} loses {len(lost)} permission{plural}, such as: {lost[0]}.")


def _left_behind(plan: Plan) -> Iterator[Hit]:
    """List what AWS removes with a function, and Terraform does not create again when it replaces the function."""
    replaced = {str(one.before.get("function_name")) for one in _functions(plan) if one.action is Action.REPLACE}
    for type_ in ("aws_lambda_permission", "aws_lambda_function_event_invoke_config"):
        for change in plan.of_type(type_):
            function = change.after.get("function_name")
            if isinstance(function, str) and function in replaced and not change.action.is_removal:
                yield Hit(change.address, f"The function {function} is replaced without it, and AWS drops it then.")


def _functions(plan: Plan) -> tuple[ResourceChange, ...]:
    return plan.of_type("aws_lambda_function")


STOPPED: Final = Policy(
    id="recording-stops",
    title="Nothing that evaluates or records stops unseen",
    why="A rule without its function, or a table without its events, looks compliant for ever.",
    verdict=Verdict.APPROVAL,
    find=_stopped,
)
