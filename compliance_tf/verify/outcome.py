"""Outcomes of probes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Verdict(Enum):
    """The verdict on an assumption."""

    HOLDS = "holds"
    DOES_NOT_HOLD = "does not hold"
    NOT_CHECKED = "not checked"
    """The probe did not run, or its result is inconclusive."""


@dataclass(frozen=True)
class Outcome:
    """The outcome of a probe.

    Parameters
    ----------
    verdict
        Whether the assumption holds.
    seen
        The observation, in a sentence.
    """

    verdict: Verdict
    seen: str

    @classmethod
    def holds(cls, seen: str) -> Outcome:
        """Build the outcome that the assumption holds."""
        return cls(Verdict.HOLDS, seen)

    @classmethod
    def fails(cls, seen: str) -> Outcome:
        """Build the outcome that the assumption does not hold."""
        return cls(Verdict.DOES_NOT_HOLD, seen)

    @classmethod
    def open(cls, seen: str) -> Outcome:
        """Build the inconclusive outcome, with the reason."""
        return cls(Verdict.NOT_CHECKED, seen)
