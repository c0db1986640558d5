"""What a comparison of the table with AWS Config counts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Counts:
    """What a comparison came to.

    Parameters
    ----------
    checked
        Results that were compared.
    written
        Those of them that were written: AWS Config, or the deployment, says something else than the table did.
    closed
        Those that were closed: AWS Config has them no more, or the rule is gone.
    repaired
        Those whose compliance was another than the table had, as their event was lost, or is still on its way.
    unsure
        Violations that kept their waiver, as it could not be looked up.
    unknown
        Those whose compliance is a word that is not known: they stay as the table has them.
    left
        Rules that are left for the next run.
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
    """What AWS Config listed of a rule.

    Parameters
    ----------
    compliant
        How many resources comply.
    non_compliant
        How many do not, and are not waived.
    waived
        How many do not, and are waived.
    """

    compliant: int = 0
    non_compliant: int = 0
    waived: int = 0
