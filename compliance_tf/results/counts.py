"""Counts of results by status."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from compliance_tf.results.row import Status

if TYPE_CHECKING:
    from compliance_runtime.recording.daily_counts import DailyCounts


@dataclass(frozen=True)
class Counts:
    """The numbers of results by status; closed ones are not counted."""

    compliant: int = 0
    non_compliant: int = 0
    waived: int = 0

    def __add__(self, other: Counts) -> Counts:
        """Return the counts of both."""
        return Counts(
            self.compliant + other.compliant,
            self.non_compliant + other.non_compliant,
            self.waived + other.waived,
        )

    def __mul__(self, number: int) -> Counts:
        """Return the counts of so many alike."""
        return Counts(self.compliant * number, self.non_compliant * number, self.waived * number)

    @classmethod
    def of(cls, status: Status) -> Counts:
        """Count one result."""
        return _ONE[status]

    @classmethod
    def of_day(cls, day: DailyCounts) -> Counts:
        """Return the counts of one rule on one day."""
        return cls(day.compliant, day.non_compliant, day.waived)

    @property
    def total(self) -> int:
        """The number of all results."""
        return self.compliant + self.non_compliant + self.waived

    @property
    def score(self) -> float | None:
        """The share of compliant results, 0 to 1, among compliant ones and violations; None when there are none.

        Waived violations are left out: they affect the score in no direction.
        """
        decided = self.compliant + self.non_compliant
        return self.compliant / decided if decided else None

    @property
    def percent(self) -> float | None:
        """The score in percent with one decimal, rounded down: only what complies wholly has 100.0."""
        share = self._share(1000)
        return None if share is None else share / 10

    @property
    def rounded_score(self) -> float | None:
        """The score with four decimals, rounded down."""
        share = self._share(10_000)
        return None if share is None else share / 10_000

    def _share(self, parts: int) -> int | None:
        """Count how many of equal parts comply; of floats 57 of 100 would be 569 of 1,000."""
        decided = self.compliant + self.non_compliant
        return self.compliant * parts // decided if decided else None


_ONE = {
    Status.COMPLIANT: Counts(compliant=1),
    Status.NON_COMPLIANT: Counts(non_compliant=1),
    Status.WAIVED: Counts(waived=1),
    Status.CLOSED: Counts(),
}
