"""Counts of a reconciliation."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Counts:
    """The counts of a reconciliation.

    Parameters
    ----------
    checked
        Compared results.
    written
        Results that were written because AWS Config or the deployment differs from the table.
    closed
        Results that were closed: AWS Config does not have them any more, or the rule was removed.
    repaired
        Results whose compliance differed, because their event was lost or is not delivered yet.
    unsure
        Violations that kept their waiver, because it could not be looked up.
    unknown
        Results with an unknown compliance type: they stay as the table has them.
    left
        Rules that remain for the next run.
    """

    checked: int = 0
    written: int = 0
    closed: int = 0
    repaired: int = 0
    unsure: int = 0
    unknown: int = 0
    left: int = 0

    def __add__(self, other: Counts) -> Counts:
        """Return the counts of both."""
        return Counts(
            self.checked + other.checked,
            self.written + other.written,
            self.closed + other.closed,
            self.repaired + other.repaired,
            self.unsure + other.unsure,
            self.unknown + other.unknown,
            self.left + other.left,
        )


@dataclass
class Tally:
    """The results that AWS Config has listed of a rule.

    Parameters
    ----------
    compliant
        The number of compliant resources.
    non_compliant
        The number of violations that are not waived.
    waived
        The number of waived violations.
    """

    compliant: int = 0
    non_compliant: int = 0
    waived: int = 0
