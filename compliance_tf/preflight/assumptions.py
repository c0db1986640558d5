"""Assumptions of the cost estimate."""

from __future__ import annotations

from dataclasses import dataclass

from compliance_tf.errors import SettingError

USUAL_CHANGES = 10.0
"""Assumed changes of a resource in a month."""


@dataclass(frozen=True)
class Assumptions:
    """Assumptions about an account that cannot be read from it.

    Parameters
    ----------
    changes_per_month
        Changes of a resource in a month: at least 0.

    Raises
    ------
    SettingError
        When it is less than 0.
    """

    changes_per_month: float = USUAL_CHANGES

    def __post_init__(self) -> None:
        if self.changes_per_month < 0:
            raise SettingError(f"--changes-per-month {self.changes_per_month:g} must be at least 0.")
