"""Suggestions of the nearest name."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def nearest(value: str, candidates: Iterable[str]) -> str | None:
    """Return the candidate most similar to a misspelt value, ignoring case; None if none is similar."""
    import difflib  # only errors need it, and a cold start should not wait for it

    by_folded = {candidate.casefold(): candidate for candidate in candidates}
    matches = difflib.get_close_matches(value.casefold(), by_folded, n=1)
    return by_folded[matches[0]] if matches else None


def hint(value: str, candidates: Iterable[str]) -> str:
    """Return a question for the nearest candidate, to follow a sentence about an unknown name; empty without one."""
    match = nearest(value, candidates)
    return f" Did you mean {match}?" if match else ""
