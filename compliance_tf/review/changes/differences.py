"""The differences of a resource, attribute by attribute."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from compliance_tf.review.plan.plan import Action
from compliance_tf.review.plan.values import Hidden

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compliance_tf.review.plan.plan import ResourceChange
    from compliance_tf.review.plan.values import Value

_MAX_LENGTH: Final = 4000
"""Maximum characters of a value: a Guard policy may have 10,000."""


@dataclass(frozen=True)
class Difference:
    """An attribute that differs.

    Parameters
    ----------
    attribute
        Its name.
    before
        Its value before, as text; None where there is none.
    after
        Its value after, likewise.
    """

    attribute: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class ResourceDifference:
    """The differences of a resource.

    Parameters
    ----------
    address
        The resource.
    type
        Its type.
    action
        The action.
    differences
        The attributes that differ: of a new resource the known ones, of a destroyed one none.
    """

    address: str
    type: str
    action: Action
    differences: tuple[Difference, ...]


def resource_difference(change: ResourceChange) -> ResourceDifference:
    """Return the differences of a resource."""
    return ResourceDifference(change.address, change.type, change.action, tuple(_differences(change)))


def _differences(change: ResourceChange) -> Iterator[Difference]:
    if change.action.is_removal and change.action is not Action.REPLACE:
        return
    for attribute in change.changed:
        before, after = change.before.get(attribute), change.after.get(attribute)
        if change.action is Action.CREATE and (isinstance(after, Hidden) or after in (None, [], {}, "")):
            continue
        yield Difference(attribute, _text(before), _text(after))


def _text(value: Value) -> str | None:
    if value is None:
        return None
    text = str(value) if isinstance(value, Hidden | str) else _WRITER.encode(value)
    if isinstance(value, str) and text.startswith(("{", "[")):
        text = _indented(text)
    return (
        text if len(text) <= _MAX_LENGTH else f"{text[:_MAX_LENGTH]} … and {len(text) - _MAX_LENGTH:,} more characters"
    )


_WRITER: Final = json.JSONEncoder(indent=2, sort_keys=True, ensure_ascii=False, default=str)


def _indented(text: str) -> str:
    try:
        return _WRITER.encode(json.loads(text))
    except (ValueError, RecursionError):
        return text
