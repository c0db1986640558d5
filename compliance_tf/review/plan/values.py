"""Values of a plan, from which secrets are removed when a plan is read, so that nothing later can show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any, TypeAlias

Value: TypeAlias = Any
"""A JSON value, which may contain members of :class:`Hidden`."""

Attributes: TypeAlias = Mapping[str, Value]


class Hidden(Enum):
    """The placeholder of a value that cannot be shown."""

    SENSITIVE = "(sensitive value)"
    UNKNOWN = "(known after apply)"

    def __str__(self) -> str:
        """Return the text for messages."""
        return self.value


def without_secrets(value: object, sensitive: object) -> Value:
    """Put :attr:`Hidden.SENSITIVE` wherever a value is marked as sensitive, at any depth.

    Parameters
    ----------
    value
        The value.
    sensitive
        Terraform's marks of it: true for all of it, or its own structure with true in places. Marks that do not fit
        the value hide all of it.

    Returns
    -------
    Value
        A copy with the placeholder in place of each secret; None stays None.
    """
    if not sensitive:
        return value
    if value is None:
        return None
    if isinstance(sensitive, Mapping) and isinstance(value, Mapping):
        return {key: without_secrets(member, sensitive.get(key, False)) for key, member in value.items()}
    if isinstance(sensitive, list) and isinstance(value, list) and len(sensitive) <= len(value):
        marks = sensitive + [False] * (len(value) - len(sensitive))
        return [without_secrets(member, mark) for member, mark in zip(value, marks, strict=True)]
    return Hidden.SENSITIVE


def with_unknowns(value: Value, unknown: object) -> Value:
    """Put :attr:`Hidden.UNKNOWN` wherever a value will only be known after the apply, at any depth.

    Parameters
    ----------
    value
        The value, in which Terraform leaves out what is not known.
    unknown
        Terraform's marks: true for all of it, or its own structure with true in places.

    Returns
    -------
    Value
        A copy with the placeholder in place of each unknown value, also where ``value`` lacks it; None where there is
        nothing.
    """
    if not unknown:
        return value
    if isinstance(unknown, Mapping) and (value is None or isinstance(value, Mapping)):
        members = dict(value or {})
        for key, mark in unknown.items():
            if mark and (marked := with_unknowns(members.get(key), mark)) is not None:
                members[key] = marked
        return members if members or value is not None else None
    if isinstance(unknown, list) and (value is None or isinstance(value, list)):
        items = list(value or [])
        items += [None] * (len(unknown) - len(items))
        marks = unknown + [False] * (len(items) - len(unknown))
        return [with_unknowns(item, mark) for item, mark in zip(items, marks, strict=True)]
    return Hidden.UNKNOWN


def may_differ(before: Value, after: Value) -> bool:
    """Return whether two values differ, or may, because part of them cannot be seen."""
    return bool(without_nothing(before) != without_nothing(after)) or is_hidden(after)


def without_nothing(value: Value) -> Value:
    """Normalize empty values, for which Terraform and providers have several forms.

    Null, an empty text, an empty list and an empty map are None, and are left out of blocks, which are the objects in
    a list. A map's own members stay as they are: a tag with an empty text is a tag.

    Returns
    -------
    Value
        The value in its one form; None where it is empty.
    """
    if value is None or (isinstance(value, str | list | Mapping) and not value):
        return None
    if isinstance(value, list):
        return [_block_without_nothing(one) if isinstance(one, Mapping) else one for one in value]
    return value


def _block_without_nothing(block: Attributes) -> Attributes:
    members = ((name, without_nothing(value)) for name, value in block.items())
    return {name: value for name, value in members if value is not None}


def texts(values: Value) -> list[str]:
    """Return the members of a list as texts, whatever they are; none of anything else."""
    return [str(value) for value in values] if isinstance(values, list) else []


def is_hidden(value: Value) -> bool:
    """Return whether any part of a value is hidden."""
    # Nearly all parts are such, and whether a class is an abstract one takes long to find out.
    if value is None or isinstance(value, str | bool | int | float):
        return False
    if isinstance(value, Hidden):
        return True
    if isinstance(value, Mapping):
        return any(map(is_hidden, value.values()))
    return isinstance(value, Sequence) and any(map(is_hidden, value))
