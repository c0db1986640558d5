"""Differences as the lines of a diff."""

from __future__ import annotations

from difflib import unified_diff
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compliance_tf.review.changes.differences import Difference

_CONTEXT: Final = 2
"""Lines around each difference inside a long value."""


def diff(differences: tuple[Difference, ...]) -> tuple[str, ...]:
    """Format differences as lines that begin with ``+``, ``-``, ``@@`` or a space."""
    return tuple(line for difference in differences for line in _lines(difference))


def _lines(difference: Difference) -> Iterator[str]:
    before, after = (_split(text) for text in (difference.before, difference.after))
    if len(before) <= 1 and len(after) <= 1:
        yield from (f"- {difference.attribute} = {line}" for line in before)
        yield from (f"+ {difference.attribute} = {line}" for line in after)
        return
    for number, line in enumerate(list(unified_diff(before, after, n=_CONTEXT, lineterm=""))[2:]):
        if line.startswith("@@"):
            yield f"@@ {difference.attribute} @@" if number == 0 else "@@ … @@"
        else:
            yield f"{line[0]} {line[1:]}"


def _split(text: str | None) -> list[str]:
    return [] if text is None else text.split("\n")
