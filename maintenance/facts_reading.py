"""Reading a file of facts strictly: what is not known is refused, with its place."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, TypeVar

from compliance_tf.errors import FactsError

if TYPE_CHECKING:
    from collections.abc import Collection

T = TypeVar("T")

_JSON_NAMES: Final[dict[type, str]] = {dict: "an object", list: "a list", str: "a text", bool: "true or false"}


def read_object(text: str) -> dict[str, Any]:
    """Read a file's text, which must be a JSON object.

    Returns
    -------
    dict[str, Any]
        The object; what its members are is not checked.

    Raises
    ------
    FactsError
        It is something else, or an object in it has a key twice.
    """
    try:
        document = json.loads(text, object_pairs_hook=_object_without_duplicates)
    except json.JSONDecodeError as error:
        raise FactsError(f"the facts are not JSON: {error}") from error
    return expect("the facts", document, dict)


def expect(place: str, value: object, kind: type[T]) -> T:
    """Return a value that must be of a JSON type."""
    if not isinstance(value, kind):
        raise FactsError(f"{place}: {value!r} is not allowed. Give {_JSON_NAMES[kind]}.")
    return value


def texts(place: str, value: object) -> list[str]:
    """Return a value that must be a list of texts."""
    return [expect(place, item, str) for item in expect(place, value, list)]


def check_keys(
    place: str, value: dict[str, Any], *, required: Collection[str] = (), optional: Collection[str] = ()
) -> None:
    """Refuse an object with a key that is not known, or without one that is required."""
    known = {*required, *optional}
    if unknown := sorted(value.keys() - known):
        raise FactsError(f"{place}: {', '.join(unknown)} is not known. Allowed: {', '.join(sorted(known))}.")
    if missing := sorted(set(required) - value.keys()):
        raise FactsError(f"{place}: {', '.join(missing)} is missing.")


def check_member(place: str, value: object, allowed: Collection[str]) -> None:
    """Refuse a value that is none of those allowed."""
    if value not in allowed:
        raise FactsError(f"{place}: {value!r} is not known. Allowed: {', '.join(allowed)}.")


def _object_without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        keys = [key for key, _ in pairs]
        raise FactsError(f"{', '.join(sorted({key for key in keys if keys.count(key) > 1}))} is given twice.")
    return value
