"""IAM's wildcards: ``*`` for any characters, also none, and ``?`` for exactly one.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_RUN_OF_WILDCARDS = re.compile(r"[*?]*\*[*?]*")


def matches(pattern: str, text: str) -> bool:
    """Tell whether a pattern matches a text, whose own ``*`` and ``?`` only the pattern's wildcards match.

    Actions compare without case: pass both in lower case. It takes at most as many steps as both lengths multiplied.
    """
    return _match(_normal(pattern), text, star=None)


def covers(outer: str, inner: str) -> bool:
    """Tell whether ``outer`` matches every text that ``inner`` matches: ``s3:*`` covers ``s3:Get*``.

    It is sure if it does. A question mark in ``outer`` that meets a star is taken not to cover it, though it may, as in
    ``?*`` and ``*a``. It takes at most as many steps as both lengths multiplied.
    """
    return _match(_normal(outer), _normal(inner), star="*")


def any_matches(patterns: Iterable[str], text: str) -> bool:
    """Tell whether one of the patterns matches a text."""
    return any(matches(pattern, text) for pattern in patterns)


def overlap(one: str, other: str) -> bool:
    """Tell whether some text is matched by both patterns: ``s3:Get*`` and ``*:*Object`` share ``s3:GetObject``.

    It takes as many steps as both lengths multiplied.
    """
    leading_stars = len(other) - len(other.lstrip("*"))
    # Whether what was read of `one` shares a text with each beginning of `other`.
    shares = [length <= leading_stars for length in range(len(other) + 1)]
    for mine in one:
        before = shares
        shares = [mine == "*" and before[0]]
        for length, theirs in enumerate(other, start=1):
            if "*" in {mine, theirs}:
                shares.append(before[length] or shares[length - 1])
            else:
                shares.append(before[length - 1] and (mine == theirs or "?" in {mine, theirs}))
    return shares[-1]


@lru_cache(maxsize=1024)
def _normal(pattern: str) -> str:
    """Write a run of wildcards in one way only: its question marks, then one star."""
    return _RUN_OF_WILDCARDS.sub(lambda run: "?" * run.group().count("?") + "*", pattern)


def _match(pattern: str, text: str, *, star: str | None) -> bool:
    """Match from left to right, and let the last star take one character more whenever that fails.

    ``star`` is the character of ``text`` that stands for any characters, which thus only a star of the pattern takes.
    """
    position = index = 0
    last_star, resumed = -1, 0
    while index < len(text):
        wanted = pattern[position] if position < len(pattern) else None
        if wanted == "*":
            last_star, resumed = position, index
            position += 1
        elif wanted is not None and text[index] != star and wanted in {"?", text[index]}:
            position += 1
            index += 1
        elif last_star >= 0:
            resumed += 1
            position, index = last_star + 1, resumed
        else:
            return False
    return all(left == "*" for left in pattern[position:])
