"""The trend of violations and the score, as the page draws it and has it in a table."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import accumulate
from math import ceil, floor, log10
from typing import TYPE_CHECKING, Final

from compliance_tf.results.counts import Counts
from compliance_tf.results.row import WORST_FIRST

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from compliance_runtime.check import Severity
    from compliance_runtime.recording.daily_counts import DailyCounts

WIDTH, HEIGHT = 520, 190
"""The size of what a chart draws in, in units of its picture, which scales to the page's width."""

_VALUE_TICKS: Final = 5
_DAY_TICKS: Final = 6
_BAR: Final = WIDTH / 3
"""The width of a chart of one day."""


@dataclass(frozen=True)
class TrendDay:
    """All rules on one day.

    Parameters
    ----------
    day
        The day, in UTC.
    counts
        The counts of all severities.
    violations
        The open violations by severity.
    """

    day: date
    counts: Counts
    violations: dict[Severity, int]


@dataclass(frozen=True)
class Tick:
    """A labelled place on an axis, in units of the picture."""

    at: float
    label: str


@dataclass(frozen=True)
class Line:
    """A line of a chart.

    Parameters
    ----------
    name
        Its CSS variable.
    top
        The points of it, as SVG writes them; one alone is drawn as a dot.
    area
        The points around what is between it and the line below; none for a line without an area.
    """

    name: str
    top: str
    area: str = ""


@dataclass(frozen=True)
class Chart:
    """A chart by day: its lines, and the ticks of both axes."""

    lines: tuple[Line, ...]
    values: tuple[Tick, ...]
    days: tuple[Tick, ...]


def trend(days: Iterable[DailyCounts]) -> list[TrendDay]:
    """Add up the rules of each day, the first day first."""
    by_day: defaultdict[date, list[DailyCounts]] = defaultdict(list)
    for entry in days:
        by_day[entry.day].append(entry)
    return [_added_up(day, entries) for day, entries in sorted(by_day.items())]


def _added_up(day: date, entries: Iterable[DailyCounts]) -> TrendDay:
    counts, violations = Counts(), dict.fromkeys(WORST_FIRST, 0)
    for entry in entries:
        counts += Counts.of_day(entry)
        violations[entry.severity] += entry.non_compliant
    return TrendDay(day, counts, violations)


def violations_chart(days: Sequence[TrendDay]) -> Chart:
    """Stack the open violations of each severity, the worst on top, by day."""
    lowest_first = tuple(reversed(WORST_FIRST))
    stacks = [[0, *accumulate(day.violations[one] for one in lowest_first)] for day in days]
    scale = _Scale.of([0, *(stack[-1] for stack in stacks)], whole=True)
    places = _places(days)
    if len(days) == 1:
        # A bar.
        stacks, places = stacks * 2, [(WIDTH - _BAR) / 2, (WIDTH + _BAR) / 2]
    levels = [[(x, scale.y(stack[level])) for x, stack in zip(places, stacks, strict=True)] for level in range(5)]
    lines = tuple(
        Line(severity.value.lower(), _points(top), _points([*top, *reversed(below)]))
        for severity, below, top in zip(lowest_first, levels, levels[1:], strict=False)
    )
    return Chart(lines, scale.ticks("{:,.0f}"), _day_ticks(days))


def score_chart(days: Sequence[TrendDay]) -> Chart:
    """Draw the score by day, without days that have none."""
    scores = [(x, day.counts.score) for x, day in zip(_places(days), days, strict=True)]
    known = [(x, score) for x, score in scores if score is not None]
    scale = _Scale.of([*(score for _, score in known), 1])
    line = Line("accent", _points([(x, scale.y(score)) for x, score in known]))
    return Chart((line,) if known else (), scale.ticks("{:.0%}"), _day_ticks(days))


@dataclass(frozen=True)
class _Scale:
    """A scale of values whose ends and ticks are round numbers."""

    low: float
    high: float
    step: float

    @classmethod
    def of(cls, values: Sequence[float], *, whole: bool = False) -> _Scale:
        """Find the scale that has all values, with ticks at whole numbers alone if asked."""
        low, high = min(values), max(values)
        rough = max((high - low) / (_VALUE_TICKS - 1), 1 if whole else 0.01)
        power = 10 ** floor(log10(rough))
        step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * 0.999)
        bottom = floor(low / step + 0.001) * step
        return cls(bottom, max(ceil(high / step - 0.001) * step, bottom + step), step)

    def y(self, value: float) -> float:
        return HEIGHT * (1 - (value - self.low) / (self.high - self.low))

    def ticks(self, form: str) -> tuple[Tick, ...]:
        number = round((self.high - self.low) / self.step)
        values = [self.low + self.step * one for one in range(number + 1)]
        return tuple(Tick(self.y(value), form.format(value)) for value in values)


def _places(days: Sequence[TrendDay]) -> list[float]:
    """Return where the days are, in proportion: one that was not compared is a gap."""
    first = days[0].day
    spread = (days[-1].day - first).days
    return [WIDTH * (day.day - first).days / spread if spread else WIDTH / 2 for day in days]


def _day_ticks(days: Sequence[TrendDay]) -> tuple[Tick, ...]:
    last = len(days) - 1
    number = min(last, _DAY_TICKS - 1)
    chosen = sorted({round(last * one / number) for one in range(number + 1)}) if number else [0]
    places = _places(days)
    return tuple(Tick(places[one], f"{days[one].day:%d %b}") for one in chosen)


def _points(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
