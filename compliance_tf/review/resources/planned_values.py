"""Values of a planned resource that record reads of unknown parts.

A check is unaware of plans: it reads an object, a list or a text as AWS Config would have recorded it. Reading a value
that the plan does not show, or that the translation does not have, raises :class:`UndecidedError` and is recorded, so
that there is no verdict even where a check catches the error.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn

from compliance_tf.errors import UndecidedError
from compliance_tf.review.plan.values import Hidden

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Unknown:
    """The placeholder of an unknown value.

    Parameters
    ----------
    reason
        The attribute, the resource and the reason: a sentence without its full stop.
    """

    reason: str


@dataclass(frozen=True)
class Assumed:
    """A value that holds unless the configuration has something that the plan does not show.

    Parameters
    ----------
    value
        The value.
    reason
        The part that the plan does not show: a sentence without its full stop.
    """

    value: object
    reason: str


@dataclass(frozen=True)
class Complete:
    """A map whose keys are all known, such as tags: others do not exist."""

    members: Mapping[str, object]


@dataclass
class Reads:
    """A record of reads of unknown values.

    Parameters
    ----------
    unknown
        The reasons of unknown values that were read.
    assumed
        The reasons of assumed values that were read.
    """

    unknown: dict[str, None] = field(default_factory=dict)
    assumed: dict[str, None] = field(default_factory=dict)

    def clear(self) -> None:
        """Clear the record, for the next check."""
        self.unknown.clear()
        self.assumed.clear()

    def refuse(self, reason: str) -> NoReturn:
        """Record a read of an unknown value, and raise."""
        self.unknown[reason] = None
        raise UndecidedError(f"{reason}.")

    def value(self, stored: object) -> Any:  # noqa: ANN401 (whatever JSON can hold)
        """Return a stored value, and note that it was read.

        Returns
        -------
        Any
            The value as it is stored; of an assumed one the assumption.

        Raises
        ------
        UndecidedError
            When it is unknown.
        """
        if isinstance(stored, Unknown):
            self.refuse(stored.reason)
        if isinstance(stored, Assumed):
            self.assumed[stored.reason] = None
            return stored.value
        return stored


class PlannedObject(dict[str, Any]):
    """A JSON object, any member of which may be unknown.

    Parameters
    ----------
    members
        The translated members; None for what AWS Config does not record.
    place
        Its name in messages.
    reads
        The record of reads.
    complete
        Whether other members do not exist; else they are unknown.
    unknown
        The reason why no member is known; empty where some are.
    """

    def __init__(
        self, members: Mapping[str, object], place: str, reads: Reads, *, complete: bool, unknown: str = ""
    ) -> None:
        super().__init__(members)
        self._place, self._reads, self._complete, self._unknown = place, reads, complete, unknown

    def __getitem__(self, key: str) -> Any:  # noqa: ANN401
        if not super().__contains__(key) and not self._complete:
            self._reads.refuse(self._unknown or f"{self._place}.{key} is not among what is translated from a plan")
        return self._reads.value(super().__getitem__(key))

    def __contains__(self, key: object) -> bool:
        return self.get(str(key)) is not None or (self._complete and super().__contains__(key))

    def __iter__(self) -> Iterator[str]:
        if not self._complete:
            self._reads.refuse(self._unknown or f"not all members of {self._place} are translated from a plan")
        return super().__iter__()

    def __len__(self) -> int:
        if not self._complete:
            self._reads.refuse(self._unknown or f"not all members of {self._place} are translated from a plan")
        return super().__len__()

    def __bool__(self) -> bool:
        return bool(super().__len__() if not self._unknown else len(self))

    def __eq__(self, other: object) -> bool:
        return dict(self.items()) == other

    __hash__ = None

    def __or__(self, other: Any) -> Any:  # noqa: ANN401
        return self.copy() | other

    def get(self, key: str, default: Any = None) -> Any:  # noqa: ANN401
        """Read a member; the default where it does not exist."""
        if self._complete and not super().__contains__(key):
            return default
        return self[key]

    def items(self) -> Any:  # noqa: ANN401 (a view in name only)
        """Read all members."""
        return [(key, self[key]) for key in self]

    def values(self) -> Any:  # noqa: ANN401
        """Read the values of all members."""
        return [self[key] for key in self]

    def keys(self) -> Any:  # noqa: ANN401
        """Read the names of all members."""
        return list(self)

    def copy(self) -> Any:  # noqa: ANN401
        """Read all members into a plain object."""
        return dict(self.items())


class PlannedList(list[Any]):
    """A JSON list, any element of which may be unknown."""

    def __init__(self, elements: Sequence[object], reads: Reads) -> None:
        super().__init__(elements)
        self._reads = reads

    def __iter__(self) -> Iterator[Any]:
        for element in super().__iter__():
            yield self._reads.value(element)

    def __getitem__(self, index: Any) -> Any:  # noqa: ANN401
        found = super().__getitem__(index)
        return [self._reads.value(one) for one in found] if isinstance(index, slice) else self._reads.value(found)

    def __contains__(self, value: object) -> bool:
        return value in list(iter(self))

    def __eq__(self, other: object) -> bool:
        return list(iter(self)) == other

    def __add__(self, other: Any) -> Any:  # noqa: ANN401
        return list(iter(self)) + other

    __hash__ = None


def wrapped(value: object, place: str, reads: Reads) -> object:
    """Wrap a value, at any depth, so that reads of unknown parts are recorded."""
    match value:
        case Assumed(inner, reason):
            return Assumed(wrapped(inner, place, reads), reason)
        case Complete(members):
            return _object(members, place, reads, complete=True)
        case Mapping():
            return _object(value, place, reads, complete=False)
        case list() | tuple():
            elements = [wrapped(element, f"{place}[{index}]", reads) for index, element in enumerate(value)]
            return PlannedList(elements, reads)
        case _:
            return value


def _object(members: Mapping[str, object], place: str, reads: Reads, *, complete: bool) -> PlannedObject:
    inner = {key: wrapped(member, f"{place}.{key}", reads) for key, member in members.items()}
    return PlannedObject(inner, place, reads, complete=complete)


_WHY = {
    Hidden.UNKNOWN: "is known only after the apply",
    Hidden.SENSITIVE: "is sensitive, so the plan does not show it",
}


def revealed(value: object, place: str) -> object:
    """Replace hidden values of a plan by :class:`Unknown`, at any depth, with the place and the reason."""
    if isinstance(value, Hidden):
        return Unknown(f"{place} {_WHY[value]}")
    if isinstance(value, Mapping):
        return {key: revealed(member, f"{place}.{key}") for key, member in value.items()}
    if isinstance(value, list):
        return [revealed(element, f"{place}[{index}]") for index, element in enumerate(value)]
    return value
