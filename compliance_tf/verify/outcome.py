"""What became of an assumption when AWS was asked."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Verdict(Enum):
    """Whether an assumption holds."""

    HOLDS = "holds"
    DOES_NOT_HOLD = "does not hold"
    NOT_CHECKED = "not checked"
    """AWS was not asked, or what it answered decides nothing."""


@dataclass(frozen=True)
class Outcome:
    """What a probe found.

    Parameters
    ----------
    verdict
        Whether the assumption holds.
    seen
        What AWS answered, in a sentence.
    """

    verdict: Verdict
    seen: str

    @classmethod
    def holds(cls, seen: str) -> Outcome:
        """Say that it holds."""
        return cls(Verdict.HOLDS, seen)

    @classmethod
    def fails(cls, seen: str) -> Outcome:
        """Say that it does not hold."""
        return cls(Verdict.DOES_NOT_HOLD, seen)

    @classmethod
    def open(cls, seen: str) -> Outcome:
        """Say that it could not be found out, and why."""
        return cls(Verdict.NOT_CHECKED, seen)
