"""Limits of StartConfigRulesEvaluation.

https://docs.aws.amazon.com/config/latest/APIReference/API_StartConfigRulesEvaluation.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from compliance_tf.local.api.api_error import ApiError

if TYPE_CHECKING:
    from collections.abc import Collection


class OnDemandEvaluations:
    """The evaluations that were started on demand in an account and region.

    Parameters
    ----------
    interval
        Minimum seconds between two calls.
    duration
        Seconds that an evaluation takes.
    """

    def __init__(self, interval: float, duration: float) -> None:
        self._interval = interval
        self._duration = duration
        self._last: float | None = None
        self._ends: dict[str, float] = {}

    def start(self, names: Collection[str], moment: float) -> None:
        """Start the evaluations of some rules, all or none.

        Parameters
        ----------
        names
            The names of the rules.
        moment
            The present, in seconds since 1970.

        Raises
        ------
        ApiError
            LimitExceededException, less than the interval after the last call, and while one of the rules is evaluated.
        """
        too_soon = self._last is not None and moment - self._last < self._interval
        if too_soon or any(self._ends.get(name, 0.0) > moment for name in names):
            raise ApiError(
                "LimitExceededException",
                "An evaluation is in progress, or StartConfigRulesEvaluation was called more than once per minute.",
            )
        self._last = moment
        self._ends |= dict.fromkeys(names, moment + self._duration)
