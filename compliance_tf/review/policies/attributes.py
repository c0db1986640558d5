"""The effects of attribute changes: a closed table of all attributes of the types in a deployment.

The table is ``attributes.json``: for each type and attribute, those of nested blocks as ``block.attribute``, one of

- ``"harmless"``: no value affects evaluation or recording, or AWS sets it;
- ``"approval"``: a change of it may stop them;
- ``{"default": …, "otherwise": …}``: a deployment leaves it at that default; anything else needs approval, or is
  blocked, also in a new resource;
- the id of the policy that judges it in its own way.

An attribute that is not there is of a newer provider, and a change of it needs approval.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from enum import Enum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from compliance_tf.review.plan.plan import Action
from compliance_tf.review.plan.values import Hidden, is_hidden, without_nothing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from compliance_tf.review.plan.plan import ResourceChange
    from compliance_tf.review.plan.values import Attributes, Value

TABLE_FILE: Final = Path(__file__).with_name("attributes.json")


class Effect(Enum):
    """The effect of an attribute's change on the verdict."""

    HARMLESS = "harmless"
    APPROVAL = "approval"
    BLOCKED = "blocked"


class Unused(msgspec.Struct, frozen=True):
    """An attribute that deployments leave at its default.

    Parameters
    ----------
    default
        The provider's value where nothing is set; None for any empty form.
    otherwise
        The effect of any other value.
    """

    default: Any
    otherwise: Effect


@dataclass(frozen=True)
class AttributeChange:
    """An attribute that changes, or is set in a new resource.

    Parameters
    ----------
    path
        Its name, with the blocks around it: ``environment.variables``.
    effect
        The effect.
    """

    path: str
    effect: Effect


@cache
def attribute_table() -> Mapping[str, Mapping[str, str | Unused]]:
    """Read the table: for each type and attribute an effect, the id of a policy, or what is left at its default."""
    return msgspec.json.decode(TABLE_FILE.read_bytes(), type=dict[str, dict[str, str | Unused]])


def attribute_changes(change: ResourceChange) -> Iterator[AttributeChange]:
    """List the attributes that a plan changes, without those that are harmless or that other policies judge.

    Parameters
    ----------
    change
        The change of a resource. Of a new one only attributes are listed that deployments leave at their defaults.

    Yields
    ------
    AttributeChange
        Each attribute by its path, in which dots lead into blocks, with its effect; nothing for a type of which no
        attributes are listed, and for what is destroyed or stays.
    """
    if change.action not in {Action.CREATE, Action.UPDATE, Action.REPLACE} or change.type not in attribute_table():
        return
    before = [change.before] if change.before else []
    for path, earlier, later in _leaves(change.type, before, [change.after], ""):
        entry = attribute_table()[change.type].get(path, Effect.APPROVAL.value)
        if isinstance(entry, Unused):
            if is_hidden(later) or any(value not in (entry.default, None) for value in later):
                yield AttributeChange(path, entry.otherwise)
            elif any(value not in (entry.default, None) for value in earlier):
                yield AttributeChange(path, Effect.APPROVAL)
        elif before and entry == Effect.APPROVAL.value and (earlier != later or is_hidden(later)):
            yield AttributeChange(path, Effect.APPROVAL)


@cache
def _blocks(type_: str) -> frozenset[str]:
    return frozenset(path[:place] for path in attribute_table()[type_] for place in _dots(path))


def _dots(path: str) -> list[int]:
    return [place for place, character in enumerate(path) if character == "."]


def _leaves(
    type_: str, before: list[Attributes], after: list[Attributes], prefix: str
) -> Iterator[tuple[str, list[Value], list[Value]]]:
    """List the attributes whose values differ, or may, with all their values in the instances of a block."""
    for name in sorted({name for values in (*before, *after) for name in values}):
        path = f"{prefix}{name}"
        earlier, later = ([without_nothing(one.get(name)) for one in values] for values in (before, after))
        if _same(earlier, later):
            continue
        if path in _blocks(type_) and not any(isinstance(one, Hidden) for one in (*earlier, *later)):
            instances = [[one for value in values for one in _instances(value)] for values in (earlier, later)]
            if all(isinstance(one, dict) for one in (*instances[0], *instances[1])):
                below = [*_leaves(type_, instances[0], instances[1], f"{path}.")]
                # The same values in other instances of a block are another thing, whatever they are.
                yield from below or [(one, earlier, later) for one in attribute_table()[type_] if _is_below(one, path)]
                continue
        if path in _blocks(type_):
            yield from ((one, earlier, later) for one in attribute_table()[type_] if _is_below(one, path))
            continue
        yield path, [one for one in earlier if one is not None], [one for one in later if one is not None]


def _same(earlier: list[Value], later: list[Value]) -> bool:
    if all(value is None or isinstance(value, str) for value in (*earlier, *later)):
        # Nearly all values are such, and to write each takes longer than the rest of a review. Hidden ones are no text.
        return earlier == later or Counter(earlier) == Counter(later)
    return sorted(map(_WRITER.encode, earlier)) == sorted(map(_WRITER.encode, later)) and not is_hidden(later)


_WRITER: Final = json.JSONEncoder(sort_keys=True, default=str)


def _is_below(path: str, block: str) -> bool:
    return path.startswith(f"{block}.")


def _instances(value: Value) -> list[Value]:
    return value if isinstance(value, list) else [] if value is None else [value]
