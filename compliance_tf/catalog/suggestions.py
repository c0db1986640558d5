"""The name that was probably meant."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def nearest(value: str, candidates: Iterable[str]) -> str | None:
    """Find the candidate most like a misspelt value, whatever its case; None if none is like it."""
    by_folded = {candidate.casefold(): candidate for candidate in candidates}
    matches = difflib.get_close_matches(value.casefold(), by_folded, n=1)
    return by_folded[matches[0]] if matches else None


def did_you_mean(match: str | None) -> str:
    """End a sentence about something unknown: with a question for the match, or with a full stop."""
    return f", did you mean {match!r}?" if match else "."
