"""The name that was probably meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def nearest(value: str, candidates: Iterable[str]) -> str | None:
    """Find the candidate most like a misspelt value, whatever its case; None if none is like it."""
    import difflib  # only what went wrong needs it, and a function's start should not wait for it

    by_folded = {candidate.casefold(): candidate for candidate in candidates}
    matches = difflib.get_close_matches(value.casefold(), by_folded, n=1)
    return by_folded[matches[0]] if matches else None


def hint(value: str, candidates: Iterable[str]) -> str:
    """Ask, after a sentence about something unknown, whether the nearest candidate was meant; empty without one."""
    match = nearest(value, candidates)
    return f" Did you mean {match}?" if match else ""
