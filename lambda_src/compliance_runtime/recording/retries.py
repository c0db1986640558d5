"""Pauses between attempts at what DynamoDB refuses for the moment, within the time that is left.

A new on-demand table takes about 4,000 write units a second, a transaction costs double, and it grows only while it is
throttled: the first evaluation of a large account exceeds that for minutes.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html
"""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

FIRST_PAUSE_SECONDS = 0.1
MAX_PAUSE_SECONDS = 5.0

MAX_SECONDS = 120.0
"""Of pauses for one write, whatever time is left: functions that wait take from the account's concurrency."""

RESERVE_SECONDS = 5.0
"""Left to log what failed."""


@dataclass(frozen=True)
class Retries:
    """How long to go on trying.

    Parameters
    ----------
    remaining_seconds
        How long the function may still run.
    """

    remaining_seconds: Callable[[], float] = lambda: MAX_SECONDS

    def pause(self, attempt: int, began: float) -> bool:
        """Wait before another attempt, each time up to twice as long as before.

        Parameters
        ----------
        attempt
            How many attempts failed before this one: 0 or more.
        began
            When the first attempt began, as ``time.monotonic`` has it.

        Returns
        -------
        bool
            False, without a pause, when there is no time for it.
        """
        longest = min(MAX_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2 ** min(attempt, 10))
        # Jitter over the whole pause, so that functions that were refused together do not come back together.
        seconds = random.uniform(0, longest)  # noqa: S311 no secret
        left = min(self.remaining_seconds() - RESERVE_SECONDS, began + MAX_SECONDS - time.monotonic())
        if seconds >= left:
            return False
        time.sleep(seconds)
        return True
