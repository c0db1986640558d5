"""Occasional faults between AWS Config and functions, injected by tests at a rate."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from compliance_tf.local.api.api_error import ApiError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from compliance_tf.local.api.json_api import Call

_OF_FUNCTIONS = frozenset({"PutEvaluations", "GetResourceConfigHistory"})
"""The operations that functions call while they evaluate."""


@dataclass
class Faults:
    """Faults at a rate; 0 for none.

    Parameters
    ----------
    rate
        The share of calls that are throttled, of evaluations that fail, and of events that are delivered twice, or
        late and thus after a newer one: 0 to less than 1.
    """

    rate: float
    _random: random.Random = field(default_factory=lambda: random.Random(1))  # noqa: S311 no secret
    _late: list[Callable[[], None]] = field(default_factory=list)

    def throttle(self, call: Call) -> None:
        """Throttle some calls.

        Raises
        ------
        ApiError
            ThrottlingException.
        """
        if call.operation in _OF_FUNCTIONS and self._strikes():
            raise ApiError("ThrottlingException", "Rate exceeded")

    def not_taken(self, evaluations: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """Choose the evaluations that AWS Config fails to store."""
        return [evaluation for evaluation in evaluations if self._strikes()]

    def deliver(self, invoke: Callable[[], None]) -> None:
        """Deliver an event: now, later, or both."""
        late, twice = self._strikes(), self._strikes()
        if late or twice:
            self._late.append(invoke)
        if not late or twice:
            invoke()

    def deliver_late(self) -> None:
        """Deliver the delayed events."""
        late, self._late = self._late, []
        for invoke in late:
            invoke()

    def _strikes(self) -> bool:
        return self.rate > 0 and self._random.random() < self.rate
