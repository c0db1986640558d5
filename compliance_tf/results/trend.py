"""The trend of counts: as a line of blocks, and as the difference from an earlier day."""

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
"""The ages in days that the present is compared with."""

_GRACE: Final = 3
"""Days by which a comparison may be older than the requested day: none may have run on that day."""

READ_DAYS: Final = max(BACK) + _GRACE + 1
"""Days to read, today included."""

_BLOCKS: Final = "▁▂▃▄▅▆▇█"
_NOTHING: Final = "·"


@dataclass(frozen=True)
class Trend:
    """The counts of results on the days of comparisons with AWS Config.

    Parameters
    ----------
    today
        The last day, in UTC.
    days
        The counts by day.
    """

    today: date
    days: Mapping[date, Counts]

    @classmethod
    def of(cls, today: date, counts: Iterable[DailyCounts]) -> Trend:
        """Add up the counts of rules by day."""
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
        """The open violations of the last days as one character each, the oldest first.

        The lowest block is 0 and the highest the most of them; a dot is a day without a comparison.
        """
        first = self.today - timedelta(days=SHOWN_DAYS - 1)
        shown = [self.days.get(first + timedelta(days=number)) for number in range(SHOWN_DAYS)]
        maximum = max((counts.non_compliant for counts in shown if counts), default=0)
        return "".join(_NOTHING if counts is None else _block(counts.non_compliant, maximum) for counts in shown)


def _block(value: int, maximum: int) -> str:
    # Rounded up, so that only zero looks like zero.
    step = -(-value * (len(_BLOCKS) - 1) // maximum) if maximum else 0
    return _BLOCKS[step]
