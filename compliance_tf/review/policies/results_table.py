"""Policies on the results table: it is kept, recoverable, protected and encrypted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from compliance_tf.review.plan.values import Hidden, is_hidden
from compliance_tf.review.policies.policy import Hit, Policy, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from compliance_tf.review.plan.plan import Plan, ResourceChange
    from compliance_tf.review.plan.values import Attributes, Value
    from compliance_tf.review.policies.policy import Limits

_TABLE = "aws_dynamodb_table"


def _lost(plan: Plan, _: Limits) -> Iterator[Hit]:
    for change in plan.of_type(_TABLE):
        if change.action.is_removal:
            because = f", because {change.reason}" if change.reason else ""
            remainder = ", the remainder of a failed replacement," if change.deposed else ""
            yield Hit(
                change.address,
                f"The table {change.before.get('name')}{remainder} {change.action.words}{because}: its results and "
                "their history are lost with it.",
            )


def _unprotected(plan: Plan, _: Limits) -> Iterator[Hit]:
    for change in plan.of_type(_TABLE):
        if not change.after:
            continue
        for name, read in _SAFEGUARDS.items():
            earlier, later = read(change.before), read(change.after)
            if isinstance(later, Hidden) and (earlier or name in _ALWAYS):
                yield Hit(change.address, f"Whether the table has {name} cannot be seen: {later}.")
            elif earlier and earlier != later:
                yield Hit(change.address, f"The table's {name} changes from {_words(earlier)} to {_words(later)}.")
            elif not earlier and not later and name in _ALWAYS:
                yield Hit(change.address, f"The table has no {name}.")
        if change.before:
            yield from _shorter_lived(change)


def _shorter_lived(change: ResourceChange) -> Iterator[Hit]:
    """Yield shorter retention: of recovery points, and of items by their time to live."""
    earlier, later = (
        _block(values, *_RECOVERY_PERIOD) or _MAX_RECOVERY_DAYS for values in (change.before, change.after)
    )
    if isinstance(later, Hidden) or (isinstance(earlier, int) and isinstance(later, int) and later < earlier):
        yield Hit(change.address, f"The table can be recovered for {later} days, not for {earlier} any more.")
    earlier, later = (_expiry(values) for values in (change.before, change.after))
    if change.may_change("ttl") and (earlier != later or is_hidden(change.after.get("ttl"))):
        yield Hit(change.address, f"What decides when an item is deleted changes from {earlier} to {later}.")


_RECOVERY_PERIOD: Final = ("point_in_time_recovery", "recovery_period_in_days")
_MAX_RECOVERY_DAYS: Final = 35
"""AWS's default retention of recovery points in days:
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/PointInTimeRecovery_Howitworks.html"""


def _expiry(values: Attributes) -> str:
    name, enabled = _block(values, "ttl", "attribute_name"), _block(values, "ttl", "enabled")
    return f"the attribute {name}" if name and enabled else "nothing"


def _words(value: Value) -> str:
    if value is None:
        return "none"
    return str(value) if not isinstance(value, bool) else "on" if value else "off"


def _block(values: Attributes, name: str, member: str) -> Value:
    block = values.get(name)
    if isinstance(block, list):
        return block[0].get(member) if block and isinstance(block[0], dict) else next(iter(block), None)
    return block


_SAFEGUARDS: Final[Mapping[str, Callable[[Attributes], Value]]] = {
    "deletion protection": lambda values: values.get("deletion_protection_enabled"),
    "point-in-time recovery": lambda values: _block(values, "point_in_time_recovery", "enabled"),
    "encryption by AWS KMS": lambda values: _block(values, "server_side_encryption", "enabled"),
    "encryption key": lambda values: _block(values, "server_side_encryption", "kms_key_arn"),
}
_ALWAYS = frozenset({"point-in-time recovery", "encryption by AWS KMS"})

LOST: Final = Policy(
    id="table-lost",
    title="The results table is not destroyed, replaced or forgotten",
    why="It holds the history of compliance, which AWS Config does not have. A replacement looks harmless in a plan, "
    "and begins with an empty table.",
    verdict=Verdict.BLOCKED,
    find=_lost,
)

UNPROTECTED: Final = Policy(
    id="table-unprotected",
    title="The table keeps its recovery, deletion protection and encryption",
    why="Without them a mistake, or somebody who wants to hide something, takes the evidence away.",
    verdict=Verdict.BLOCKED,
    find=_unprotected,
)
