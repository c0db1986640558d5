"""Values of a planned resource, which say themselves when somebody reads what is not known.

A check knows nothing of plans: it reads an object, a list or a text as AWS Config would have recorded it. Whatever it
reads that the plan does not show, or that the translation does not have, raises :class:`UndecidedError` and is
remembered, so that no verdict can come from it even where a check catches the error.
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
    """What stands where a value is not known.

    Parameters
    ----------
    reason
        Which attribute of which resource, and why it is not known: a sentence without its full stop.
    """

    reason: str


@dataclass(frozen=True)
class Assumed:
    """A value that holds unless the configuration has what the plan does not show.

    Parameters
    ----------
    value
        The value.
    reason
        What the plan does not show: a sentence without its full stop.
    """

    value: object
    reason: str


@dataclass(frozen=True)
class Complete:
    """A map of which all keys are known, such as tags: what it does not have is not there."""

    members: Mapping[str, object]


@dataclass
class Reads:
    """What a check has read that was not known.

    Parameters
    ----------
    unknown
        Why what was read is not known.
    assumed
        On what the values that were read depend.
    """

    unknown: dict[str, None] = field(default_factory=dict)
    assumed: dict[str, None] = field(default_factory=dict)

    def clear(self) -> None:
        """Forget what was read, for the next check."""
        self.unknown.clear()
        self.assumed.clear()

    def refuse(self, reason: str) -> NoReturn:
        """Remember that something unknown was read, and give no value."""
        self.unknown[reason] = None
        raise UndecidedError(f"{reason}.")

    def value(self, stored: object) -> Any:  # noqa: ANN401 (whatever JSON can hold)
        """Return a stored value, and note that it was read.

        Raises
        ------
        UndecidedError
            When it is not known.
        """
        if isinstance(stored, Unknown):
            self.refuse(stored.reason)
        if isinstance(stored, Assumed):
            self.assumed[stored.reason] = None
            return stored.value
        return stored


class PlannedObject(dict[str, Any]):
    """An object of JSON, of which a member may be unknown.

    Parameters
    ----------
    members
        The members that the translation has; None stands for what AWS Config does not record.
    place
        Its name in messages.
    reads
        Where reading is remembered.
    complete
        Whether what is no member does not exist; else it is not known.
    unknown
        Why no member is known at all; empty where some are.
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
    """A list of JSON, of which an element may be unknown."""

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
    """Make a value, at any depth, one that says when somebody reads what is not known."""
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
    """Put :class:`Unknown` wherever a value of a plan is hidden, at any depth, with the place and the reason."""
    if isinstance(value, Hidden):
        return Unknown(f"{place} {_WHY[value]}")
    if isinstance(value, Mapping):
        return {key: revealed(member, f"{place}.{key}") for key, member in value.items()}
    if isinstance(value, list):
        return [revealed(element, f"{place}[{index}]") for index, element in enumerate(value)]
    return value
