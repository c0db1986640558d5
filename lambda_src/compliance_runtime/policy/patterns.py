"""IAM's wildcards: ``*`` for any characters, also none, and ``?`` for exactly one.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html

Patterns are untrusted, so the work is bounded: a segment between two stars is searched once, from left to right, and
with question marks at all positions at once, as bits of one number. So it takes as many steps as the text is long, of
some machine words each.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_WILDCARD = re.compile(r"[*?]")
_RUN_OF_WILDCARDS = re.compile(r"[*?]*\*[*?]*")


def matches(pattern: str, text: str) -> bool:
    """Match a pattern with a text, whose own ``*`` and ``?`` only the pattern's wildcards match.

    Actions compare without case: pass both in lower case.

    Returns
    -------
    bool
        Whether it matches the whole text.
    """
    return _match(_segments(pattern), text, star=None)


def covers(outer: str, inner: str) -> bool:
    """Compare two patterns: ``s3:*`` covers ``s3:Get*``.

    A question mark in ``outer`` against a star counts as not covering, though it may, as in ``?*`` and ``*a``.

    Returns
    -------
    bool
        Whether ``outer`` matches every text that ``inner`` matches. True is certain, False is not.
    """
    return _match(_segments(outer), _normal(inner), star="*")


def longest_literals(patterns: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Find the longest text without wildcards in each pattern that has some.

    Texts that match such a pattern contain that text, which is a much faster test.

    Returns
    -------
    tuple[tuple[str, str], ...]
        That text, which may be empty, and the pattern.
    """
    wild = (pattern for pattern in patterns if _WILDCARD.search(pattern))
    return tuple((max(_WILDCARD.split(pattern), key=len), pattern) for pattern in wild)


def any_matches(patterns: Iterable[str], text: str) -> bool:
    """Return whether one of the patterns matches a text."""
    return any(matches(pattern, text) for pattern in patterns)


def overlap(one: str, other: str) -> bool:
    """Return whether some text is matched by both patterns: ``s3:Get*`` and ``*:*Object`` share ``s3:GetObject``."""
    one, other = _normal(one), _normal(other)
    places = _places(other)
    stars = places.get("*", 0) << 1
    any_one = places.get("?", 0) << 1
    everywhere = (2 << len(other)) - 1
    # Bit n: whether the consumed part of `one` shares a text with the first n characters of `other`.
    shares = 1 | (1 << 1 & stars)
    for mine in one:
        if mine == "*":
            # A star matches any continuation of `other`: everything from the first shared position on.
            shares = everywhere & -(shares & -shares)
            continue
        fits = everywhere & ~stars if mine == "?" else any_one | places.get(mine, 0) << 1
        moved = shares << 1 & fits
        # A star of `other` takes the character, or nothing after what moved.
        shares = moved | (shares | moved << 1) & stars
        if not shares:
            return False
    return bool(shares >> len(other) & 1)


@lru_cache(maxsize=1024)
def _normal(pattern: str) -> str:
    """Normalize a run of wildcards: its question marks, then one star."""
    return _RUN_OF_WILDCARDS.sub(lambda run: "?" * run.group().count("?") + "*", pattern)


@lru_cache(maxsize=1024)
def _segments(pattern: str) -> tuple[str, ...]:
    """Split a pattern at its stars."""
    return tuple(_normal(pattern).split("*"))


def _match(segments: tuple[str, ...], text: str, *, star: str | None) -> bool:
    """Match the first segment at the beginning, the last at the end, and each other as early as it can be.

    ``star`` is the character of ``text`` that means any characters, which thus only a star of the pattern matches.

    Returns
    -------
    bool
        Whether the segments match all of ``text``.
    """
    first, *middle, last = segments if len(segments) > 1 else (segments[0], "")
    if len(segments) == 1:
        return len(first) == len(text) and _is_at(first, text, 0, star)
    end = len(text) - len(last)
    if end < len(first) or not _is_at(first, text, 0, star) or not _is_at(last, text, end, star):
        return False
    position = len(first)
    for segment in middle:
        position = _end_of(segment, text, position, end, star)
        if position < 0:
            return False
    return True


def _is_at(segment: str, text: str, position: int, star: str | None) -> bool:
    """Return whether a text has a segment at a position, which must be inside it."""
    if "?" not in segment:
        return text.startswith(segment, position)
    there = text[position : position + len(segment)]
    return all(mine == theirs or (mine == "?" and theirs != star) for mine, theirs in zip(segment, there, strict=True))


def _end_of(segment: str, text: str, start: int, end: int, star: str | None) -> int:
    """Return the end of the earliest occurrence of a segment between two positions; -1 where there is none."""
    if "?" not in segment:
        found = text.find(segment, start, end)
        return found if found < 0 else found + len(segment)
    places = _places(segment)
    any_one, whole = places["?"], 1 << len(segment) - 1
    # Bit n: whether the first n + 1 characters of the segment end here.
    begun = 0
    for position in range(start, end):
        character = text[position]
        fits = 0 if character == star else any_one | places.get(character, 0)
        begun = (begun << 1 | 1) & fits
        if begun & whole:
            return position + 1
    return -1


@lru_cache(maxsize=64)
def _places(text: str) -> dict[str, int]:
    """Return the positions of each character, as bits of a number."""
    places: dict[str, list[int]] = {}
    for position, character in enumerate(text):
        places.setdefault(character, []).append(position)
    return {character: _bits(positions, len(text)) for character, positions in places.items()}


def _bits(positions: list[int], length: int) -> int:
    bits = bytearray(length // 8 + 1)
    for position in positions:
        bits[position // 8] |= 1 << position % 8
    return int.from_bytes(bits, "little")
