"""The table's results of one rule, in 17 bytes each, and which of them AWS Config lists too.

AWS Config does not guarantee an order of a rule's results, so the two sides cannot be merged as they arrive, and one
of them in memory would take a kilobyte a result. Of each result of the table only two hashes are kept: of its key, and
of all compared attributes. They show whether a listed result is the same, different, or new, in any order.

Both hashes have 64 bits. Of a million results two have the same hash in one of 37 million comparisons. Then one of
them may be read again needlessly, or stay open until the next comparison, which has another salt.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING

from compliance_runtime.recording.results import COMPARED
from compliance_runtime.recording.table_schema import PARTITION_KEY

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from compliance_runtime.recording.results import Result
    from compliance_runtime.recording.table_schema import Resource

PARTS = 16
"""Results per part; each part is sorted on its own, so that sorting needs little memory."""


@dataclass(frozen=True)
class _Part:
    """A part of the results, sorted by the hash of their key."""

    keys: array[int]
    contents: array[int]
    listed: bytearray

    @classmethod
    def of(cls, numbers: array[int]) -> _Part:
        """Build a part from alternating hashes of keys and contents; of a duplicate key the last one counts."""
        pairs = sorted(dict(zip(numbers[::2], numbers[1::2], strict=True)).items())
        return cls(array("Q", (key for key, _ in pairs)), array("Q", (one for _, one in pairs)), bytearray(len(pairs)))

    def position(self, key: int) -> int | None:
        """Find a key."""
        position = bisect_left(self.keys, key)
        return position if position < len(self.keys) and self.keys[position] == key else None


class KnownResults:
    """The table's results of a rule.

    Parameters
    ----------
    texts
        The compared attributes of the present results.
    salt
        The salt, which differs between comparisons and rules.
    """

    def __init__(self, texts: Iterable[Mapping[str, str]], salt: str) -> None:
        self._salt = blake2b(salt.encode()).digest()
        numbers = [array("Q") for _ in range(PARTS)]
        for one in texts:
            key = self._number(one[PARTITION_KEY])
            numbers[key % PARTS].extend((key, self._content(one)))
        self._parts: list[_Part] = []
        while numbers:
            self._parts.append(_Part.of(numbers.pop(0)))
        self._new: set[int] = set()

    def list(self, result: Result) -> tuple[bool, bool]:
        """Note that AWS Config lists a result.

        Returns
        -------
        tuple[bool, bool]
            Whether it is listed for the first time, and whether the table has the same result.
        """
        key = self._number(result.resource.key)
        first = self._mark(key)
        part = self._parts[key % PARTS]
        position = part.position(key)
        return first, position is not None and part.contents[position] == self._content(result.compared_texts)

    def keep(self, resource: Resource) -> bool:
        """Note that AWS Config lists a resource, whatever the result; return whether it is the first time."""
        return self._mark(self._number(resource.key))

    def is_listed(self, resource: Resource) -> bool:
        """Return whether AWS Config lists a resource."""
        key = self._number(resource.key)
        part = self._parts[key % PARTS]
        position = part.position(key)
        return key in self._new if position is None else bool(part.listed[position])

    @property
    def unlisted(self) -> int:
        """The number of results of the table that AWS Config did not list."""
        return sum(part.listed.count(0) for part in self._parts)

    def listed_keys(self) -> array[int]:
        """Return the hashes of listed keys, for a later :meth:`restore` in another process."""
        keys = array("Q", self._new)
        for part in self._parts:
            keys.extend(key for key, listed in zip(part.keys, part.listed, strict=True) if listed)
        return keys

    def restore(self, keys: Iterable[int]) -> None:
        """Mark the keys of :meth:`listed_keys` as listed."""
        for key in keys:
            self._mark(key)

    def _mark(self, key: int) -> bool:
        part = self._parts[key % PARTS]
        position = part.position(key)
        if position is None:
            before = len(self._new)
            self._new.add(key)
            return len(self._new) > before
        first = not part.listed[position]
        part.listed[position] = 1
        return first

    def _content(self, texts: Mapping[str, str]) -> int:
        return self._number("\0".join(texts.get(name, "") for name in COMPARED))

    def _number(self, text: str) -> int:
        return int.from_bytes(blake2b(text.encode(), digest_size=8, key=self._salt).digest(), "big")
