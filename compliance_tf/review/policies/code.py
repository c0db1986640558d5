"""Policies on code: functions run the deployment's own package, and rules and events invoke its own functions."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

from compliance_tf.review.plan.plan import Action
from compliance_tf.review.plan.values import Hidden
from compliance_tf.review.policies.attributes import Effect, attribute_changes
from compliance_tf.review.policies.policy import Hit, Policy, Verdict
from compliance_tf.review.policies.rules import RULE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compliance_tf.review.plan.plan import Plan, ResourceChange
    from compliance_tf.review.plan.values import Value
    from compliance_tf.review.policies.policy import Limits

_FUNCTION: Final = "aws_lambda_function"
_ASSET: Final = re.compile(r"/[0-9A-F]{32}/")
"""The digest in the path of a CDKTF asset, which differs with its files."""


def _elsewhere(plan: Plan, _: Limits) -> Iterator[Hit]:
    for change in plan.resources:
        if change.managed:
            paths = [one.path for one in attribute_changes(change) if one.effect is Effect.BLOCKED]
            if paths:
                yield Hit(change.address, f"It gets {', '.join(paths)}, which deployments do not have.")
    yield from _files(plan)
    yield from _foreign_functions(plan)


def _files(plan: Plan) -> Iterator[Hit]:
    functions = [change for change in plan.of_type(_FUNCTION) if change.after and change.after.get("filename")]
    usual = Counter(str(change.after["filename"]) for change in functions).most_common(1)
    for change in functions:
        earlier, later = change.before.get("filename"), change.after["filename"]
        is_moved = bool(earlier) and change.may_change("filename") and _place(earlier) != _place(later)
        if is_moved or isinstance(later, Hidden):
            yield Hit(change.address, f"Its code comes from {later}, and came from {earlier}.")
        elif later != usual[0][0]:
            yield Hit(change.address, f"Its code comes from {later}, and that of other functions from {usual[0][0]}.")


def _place(file: Value) -> str:
    return _ASSET.sub("/", str(file))


def _foreign_functions(plan: Plan) -> Iterator[Hit]:
    functions = plan.of_type(_FUNCTION)
    names = {str(change.after.get("function_name")) for change in functions}
    accounts = {account for change in plan.resources if (account := _account(change))}
    # An unknown function is one that this plan creates.
    makes_functions = any(change.action in {Action.CREATE, Action.REPLACE} for change in functions)
    for change, arn in _invoking(plan):
        if arn is Hidden.UNKNOWN and makes_functions:
            continue
        parts = arn.split(":") if isinstance(arn, str) else []
        service, region, account, kind, name = parts[2:] if len(parts) == _ARN_PARTS else ("",) * 5
        is_own = (service, region, kind) == ("lambda", plan.identity.region, "function")
        if not is_own or name not in names or account not in accounts:
            yield Hit(change.address, f"It invokes {arn}, which is not a function of this deployment.")


_ARN_PARTS: Final = 7


def _account(change: ResourceChange) -> str:
    """Return the account from an existing ARN, which only AWS writes."""
    arn = change.before.get("arn")
    own = change.managed and change.type != "aws_cloudwatch_event_target"
    return arn.split(":")[4] if own and isinstance(arn, str) and arn.count(":") > _ACCOUNT else ""


_ACCOUNT: Final = 4


def _invoking(plan: Plan) -> Iterator[tuple[ResourceChange, Value]]:
    for change in plan.of_type("aws_cloudwatch_event_target"):
        if change.after:
            yield change, change.after.get("arn")
    for change in plan.of_type(RULE):
        source = change.after.get("source")
        for block in source if isinstance(source, list) else []:
            if isinstance(block, dict) and block.get("owner") == "CUSTOM_LAMBDA":
                yield change, block.get("source_identifier")


ELSEWHERE: Final = Policy(
    id="code-elsewhere",
    title="Functions run what the deployment ships, and rules and events go to them",
    why="Code, layers or images from elsewhere, and a function of somebody else behind a rule or an event, evaluate "
    "and record whatever they like.",
    verdict=Verdict.BLOCKED,
    find=_elsewhere,
)
