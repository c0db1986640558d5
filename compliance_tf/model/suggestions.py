"""Suggestions in messages about unknown names."""

from __future__ import annotations


def did_you_mean(match: str | None) -> str:
    """End a sentence about an unknown name: with a question for the match, or with a full stop."""
    return f", did you mean {match!r}?" if match else "."
