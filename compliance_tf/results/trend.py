"""How counts went from day to day: as a line of blocks, and as the difference from a day in the past."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from compliance_tf.results.counts import Counts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from compliance_runtime.recording.daily_counts import DailyCounts

SHOWN_DAYS: Final = 30

BACK: Final = (7, 30)
"""The days in the past that the present is compared with."""

_GRACE: Final = 3
"""Days by which a comparison may be older than the day that is asked for: none may have run on that day."""

READ_DAYS: Final = max(BACK) + _GRACE + 1
"""Days to read, today included."""

_BLOCKS: Final = "▁▂▃▄▅▆▇█"
_NOTHING: Final = "·"


@dataclass(frozen=True)
class Trend:
    """The counts of some results on the days on which they were compared with AWS Config.

    Parameters
    ----------
    today
        The day in UTC up to which it goes.
    days
        The counts by day.
    """

    today: date
    days: Mapping[date, Counts]

    @classmethod
    def of(cls, today: date, counts: Iterable[DailyCounts]) -> Trend:
        """Add up the counts of rules, day by day."""
        days: defaultdict[date, Counts] = defaultdict(Counts)
        for one in counts:
            days[one.day] += Counts.of_day(one)
        return cls(today, dict(days))

    def before(self, days: int) -> Counts | None:
        """Return the counts of that many days ago, or of the last comparison in the days before; None without one."""
        at = (self.today - timedelta(days=days + more) for more in range(_GRACE + 1))
        return next((self.days[day] for day in at if day in self.days), None)

    @property
    def line(self) -> str:
        """Draw the violations that are not waived, one character for each of the last days, the oldest first.

        The lowest block is 0 and the highest the most of them; a dot is a day without a comparison.
        """
        first = self.today - timedelta(days=SHOWN_DAYS - 1)
        shown = [self.days.get(first + timedelta(days=number)) for number in range(SHOWN_DAYS)]
        most = max((counts.non_compliant for counts in shown if counts), default=0)
        return "".join(_NOTHING if counts is None else _block(counts.non_compliant, most) for counts in shown)


def _block(value: int, most: int) -> str:
    # Rounded up, so that only nothing looks like nothing.
    step = -(-value * (len(_BLOCKS) - 1) // most) if most else 0
    return _BLOCKS[step]
