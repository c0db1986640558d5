"""Resources that share a name in AWS, which identifies them by name whatever their address."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from compliance_tf.review.plan.plan import Action

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compliance_tf.review.plan.plan import Plan, ResourceChange
    from compliance_tf.review.plan.values import Attributes, Value

    _Key = tuple[str, ...]

_NAMES: Final = {
    "aws_cloudwatch_event_rule": ("event_bus_name", "name"),
    "aws_cloudwatch_event_target": ("event_bus_name", "rule", "target_id"),
    "aws_cloudwatch_log_group": ("name",),
    "aws_config_config_rule": ("name",),
    "aws_dynamodb_table": ("name",),
    "aws_iam_policy": ("name",),
    "aws_iam_role": ("name",),
    "aws_iam_role_policy": ("role", "name"),
    "aws_iam_role_policy_attachment": ("role", "policy_arn"),
    "aws_lambda_function": ("function_name",),
    "aws_lambda_function_event_invoke_config": ("function_name", "qualifier"),
    "aws_lambda_permission": ("function_name", "qualifier", "statement_id"),
}
"""For each type the attributes that together are its name."""

_DEFAULTS: Final = {"event_bus_name": "default", "qualifier": ""}
"""AWS's defaults of these attributes."""

_SPELLINGS: Final = (
    (re.compile(r"arn:[^:]+:events:[^:]*:[0-9]*:event-bus/default"), "default"),
    (re.compile(r"\$LATEST"), ""),
)
"""Other spellings of defaults. EventBridge and Lambda take both:
https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html (EventBusName) and
https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html (Qualifier)."""

_WITHOUT_CASE: Final = frozenset({"aws_iam_policy", "aws_iam_role", "aws_iam_role_policy"})
"""Types whose names AWS compares without case."""


@dataclass(frozen=True)
class SharedName:
    """A name in AWS that occurs at two addresses of a plan.

    Parameters
    ----------
    change
        The resource that is destroyed, or one of the two that there will be.
    other
        The resource that has the same name then: the same one, where it is replaced.
    destroys
        Whether ``change`` is destroyed, which may take the other one with it.
    """

    change: ResourceChange
    other: ResourceChange
    destroys: bool


def aws_name(type_: str, values: Attributes) -> tuple[str, ...] | None:
    """Return the parts of a resource's name in AWS; None where they are unknown, or it has none."""
    parts: list[str] = []
    for name in _NAMES.get(type_, ()):
        part = values.get(name)
        if name in _DEFAULTS:
            part = _part(name, part)
        if not isinstance(part, str) or not (part or name in _DEFAULTS):
            return None
        parts.append(part.lower() if type_ in _WITHOUT_CASE else part)
    return tuple(parts) or None


def _part(name: str, value: Value) -> Value:
    """Return a part of a name that has a default as AWS has it, whichever way it is spelled."""
    if isinstance(value, str):
        value = next((default for other, default in _SPELLINGS if other.fullmatch(value)), value)
    return value or _DEFAULTS[name]


@lru_cache(maxsize=1)  # several policies ask for those of the plan that is reviewed
def shared_names(plan: Plan) -> tuple[SharedName, ...]:
    """List names that two resources share, or that a replacement shares with what it replaces.

    AWS does not know addresses: a destruction by name hits whichever resource has the name at that time.

    Returns
    -------
    tuple
        First the pairs that there will be after the apply, then those of which one is destroyed.
    """
    return tuple(_shared_names(plan))


def _shared_names(plan: Plan) -> Iterator[SharedName]:
    remaining: defaultdict[tuple[str, _Key], list[ResourceChange]] = defaultdict(list)
    for change in plan.resources:
        if change.managed and not change.deposed and change.after and change.action is not Action.FORGET:
            name = aws_name(change.type, change.after)
            if name:
                remaining[change.type, name].append(change)
    for others in remaining.values():
        yield from (SharedName(other, others[0], destroys=False) for other in others[1:])
    for change in plan.resources:
        if not change.managed or change.action not in {Action.DELETE, Action.REPLACE}:
            continue
        name = aws_name(change.type, change.before)
        if name is None:
            continue
        for other in remaining.get((change.type, name), ()):
            if other is not change or change.creates_first:
                yield SharedName(change, other, destroys=True)
