"""Pauses between retries of throttled writes, within the remaining time.

A new on-demand table accepts about 4,000 write units a second, a transaction costs double, and the table scales only
while it is throttled: the first evaluation of a large account exceeds that for minutes.
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
"""Maximum seconds of pauses for one write: waiting functions use the account's concurrency."""

RESERVE_SECONDS = 5.0
"""Seconds that are reserved to log a failure."""


@dataclass(frozen=True)
class Retries:
    """The retries of a write.

    Parameters
    ----------
    remaining_seconds
        Returns the seconds until the function is ended.
    """

    remaining_seconds: Callable[[], float] = lambda: MAX_SECONDS

    def pause(self, attempt: int, began: float) -> bool:
        """Wait before another attempt, each time up to twice as long as before.

        Parameters
        ----------
        attempt
            The number of failed attempts before this one: 0 or more.
        began
            The start of the first attempt, from ``time.monotonic``.

        Returns
        -------
        bool
            False, without a pause, when there is no time for it.
        """
        longest = min(MAX_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2 ** min(attempt, 10))
        # Full jitter, so that functions that were throttled together do not retry together.
        seconds = random.uniform(0, longest)  # noqa: S311 no secret
        left = min(self.remaining_seconds() - RESERVE_SECONDS, began + MAX_SECONDS - time.monotonic())
        if seconds >= left:
            return False
        time.sleep(seconds)
        return True
