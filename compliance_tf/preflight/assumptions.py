"""What an estimate of the cost rests on."""

from __future__ import annotations

from dataclasses import dataclass

from compliance_tf.errors import SettingError

USUAL_CHANGES = 10.0
"""How often a resource is assumed to change in a month."""


@dataclass(frozen=True)
class Assumptions:
    """What is not known of an account.

    Parameters
    ----------
    changes_per_month
        How often a resource changes in a month; 0 or more.

    Raises
    ------
    SettingError
        When it is less than 0.
    """

    changes_per_month: float = USUAL_CHANGES

    def __post_init__(self) -> None:
        if self.changes_per_month < 0:
            raise SettingError(f"--changes-per-month {self.changes_per_month:g} is less than none: give 0 or more.")
