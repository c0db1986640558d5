"""Readers of untrusted JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from compliance_runtime.errors import ComplianceError

JsonValue: TypeAlias = "bool | int | float | str | list[JsonValue] | dict[str, JsonValue] | None"
"""Any decoded JSON."""

_ESCAPED_HALVES: Final = ("\\ud", "\\uD")
"""The beginning of an escaped half of a surrogate pair."""

MAX_DEPTH: Final = 100
"""Levels of nested objects and lists: AWS Config's items have far fewer, and recursion fails far beyond."""


def well_formed(text: str) -> str:
    """Replace halves of surrogate pairs, which JSON may hold and UTF-8, thus every call of AWS, does not.

    Two that belong together become their character.

    Returns
    -------
    str
        The text, which UTF-8 can encode.
    """
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def decoded(text: str, place: str, error: type[ComplianceError]) -> JsonValue:
    """Read the value of a JSON text, without halves of surrogate pairs.

    They are replaced and not refused: a resource would else keep its last verdict by holding one.

    Returns
    -------
    JsonValue
        The value, at most ``MAX_DEPTH`` deep.

    Raises
    ------
    ComplianceError
        The given ``error``, which names ``place``, when the text is not JSON, or nested too deeply.
    """
    text = well_formed(text)
    try:
        value: JsonValue = json.loads(text)
    except RecursionError as cause:
        raise error(f"{place} is nested more than {MAX_DEPTH} deep.") from cause
    except ValueError as cause:
        raise error(f"{place} is not valid JSON: {cause}.") from cause
    if is_too_deep(value):
        raise error(f"{place} is nested more than {MAX_DEPTH} deep.")
    if any(begin in text for begin in _ESCAPED_HALVES):
        value = json.loads(well_formed(json.dumps(value, ensure_ascii=False)))
    return value


def is_too_deep(value: JsonValue) -> bool:
    """Return whether objects and lists are nested deeper than :data:`MAX_DEPTH`."""
    containers = [value] if isinstance(value, dict | list) else []
    for _ in range(MAX_DEPTH):
        if not containers:
            return False
        containers = [
            inner
            for one in containers
            for inner in (one.values() if isinstance(one, dict) else one)
            if isinstance(inner, dict | list)
        ]
    return bool(containers)


def is_word(text: str | None, *words: str) -> bool:
    """Return whether a text is one of the words of an AWS API, in whatever case; None is none of them."""
    return text is not None and text.casefold() in {word.casefold() for word in words}


@dataclass(frozen=True)
class JsonObject:
    """A JSON object with its place, for error messages.

    Parameters
    ----------
    values
        The members.
    place
        Its name in messages, such as ``invokingEvent.configurationItem``.
    error
        The class of errors for a member that is missing or of the wrong type.
    """

    values: Mapping[str, object]
    place: str
    error: type[ComplianceError]

    @classmethod
    def of(cls, value: object, place: str, error: type[ComplianceError]) -> JsonObject:
        """Take ``value`` as an object.

        Returns
        -------
        JsonObject
            The object, whose readers raise ``error`` and name the place of a member below ``place``.

        Raises
        ------
        ComplianceError
            The given ``error``, when it is not an object.
        """
        if not isinstance(value, Mapping):
            raise error(f"{place} must be a JSON object, not {_type_name(value)}.")
        return cls(value, place, error)

    def text(self, name: str) -> str:
        """Read a required text that is not empty."""
        value = self.values.get(name)
        if not isinstance(value, str) or not value:
            raise self._wrong(name, "a text that is not empty", value)
        return value

    def optional_text(self, name: str) -> str | None:
        """Read a text; None where it is absent, null or empty."""
        value = self.values.get(name)
        if value is not None and not isinstance(value, str):
            raise self._wrong(name, "a text", value)
        return value or None

    def is_word(self, name: str, *words: str) -> bool:
        """Compare a required text with words of an AWS API, in whatever case.

        AWS Config records the responses of services, and writes the same word as ``SUCCESS`` and as ``Success``.

        Returns
        -------
        bool
            Whether it is one of them.
        """
        return is_word(self.text(name), *words)

    def member(self, name: str) -> JsonObject:
        """Read a required object."""
        return JsonObject.of(self.values.get(name), f"{self.place}.{name}", self.error)

    def optional_member(self, name: str) -> JsonObject | None:
        """Read an object; None where it is absent or null."""
        return None if self.values.get(name) is None else self.member(name)

    def member_in_text(self, name: str) -> JsonObject:
        """Read an object that is encoded in a text, as AWS Config nests them."""
        place = f"{self.place}.{name}"
        return JsonObject.of(decoded(self.text(name), place, self.error), place, self.error)

    def texts(self, name: str) -> tuple[str, ...]:
        """Read a list of texts; absent or null means empty."""
        value = self.values.get(name)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(element, str) for element in value):
            raise self._wrong(name, "a list of texts", value)
        return tuple(value)

    def objects(self, name: str) -> tuple[JsonObject, ...]:
        """Read a list of objects; absent or null means empty."""
        value = self.values.get(name)
        if value is None:
            return ()
        if not isinstance(value, list):
            raise self._wrong(name, "a list of objects", value)
        return tuple(
            JsonObject.of(element, f"{self.place}.{name}[{index}]", self.error) for index, element in enumerate(value)
        )

    def flag(self, name: str) -> bool:
        """Read a required boolean."""
        value = self.values.get(name)
        if not isinstance(value, bool):
            raise self._wrong(name, "true or false", value)
        return value

    def optional_flag(self, name: str) -> bool:
        """Read a boolean; false where it is absent or null."""
        return self.values.get(name) is not None and self.flag(name)

    def number(self, name: str) -> int:
        """Read a required integer."""
        value = self.values.get(name)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self._wrong(name, "a whole number", value)
        return value

    def optional_number(self, name: str) -> int | None:
        """Read an integer; None where it is absent or null."""
        return None if self.values.get(name) is None else self.number(name)

    def time(self, name: str) -> datetime:
        """Read a time with its offset: ISO 8601 in events, datetime in boto3's responses. Always in UTC."""
        value = self.values.get(name)
        if isinstance(value, str):
            try:
                value = datetime.fromisoformat(value)
            except ValueError:
                raise self._wrong(name, "an ISO 8601 time", value) from None
        if not isinstance(value, datetime) or value.tzinfo is None:
            raise self._wrong(name, "a time with an offset", value)
        try:
            return value.astimezone(UTC)
        except OverflowError:
            raise self._wrong(name, "a time between the years 1 and 9999", value) from None

    def _wrong(self, name: str, expected: str, value: object) -> ComplianceError:
        found = "missing" if value is None else f"{_type_name(value)} {value!r:.80}"
        return self.error(f"{self.place}.{name} must be {expected}; it is {found}.")


def _type_name(value: object) -> str:
    return "null" if value is None else type(value).__name__
