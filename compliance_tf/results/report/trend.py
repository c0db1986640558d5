"""The trend of violations and the score: charts, and a table."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from compliance_tf.results.counts import Counts
from compliance_tf.results.row import WORST_FIRST

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from compliance_runtime.check import Severity
    from compliance_runtime.recording.daily_counts import DailyCounts

Specification: TypeAlias = dict[str, Any]
"""A Vega-Lite specification, which is JSON: https://vega.github.io/vega-lite/docs/spec.html."""

_WIDTH, _HEIGHT = 520, 190
"""The size of the picture, which scales to the page's width."""


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
class Charts:
    """The charts as SVG."""

    violations: str
    score: str


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


def draw(days: Sequence[TrendDay]) -> Charts:
    """Draw the trend; the colours are CSS variables of the page, so that they follow its theme."""
    import vl_convert

    return Charts(
        violations=vl_convert.vegalite_to_svg(_violations(days), allowed_base_urls=[]),
        score=vl_convert.vegalite_to_svg(_score(days), allowed_base_urls=[]),
    )


def _violations(days: Sequence[TrendDay]) -> Specification:
    values = [
        {"day": day.day.isoformat(), "severity": severity.value, "order": order, "open": day.violations[severity]}
        for day in days
        for order, severity in enumerate(reversed(WORST_FIRST))
    ]
    names = [severity.value for severity in WORST_FIRST]
    return _chart(values) | {
        "mark": {"type": "area", "line": {"strokeWidth": 1.5}, "fillOpacity": 0.28}
        if len(days) > 1
        else {"type": "bar"},
        "encoding": {
            "x": _day_axis(days),
            "y": {"field": "open", "type": "quantitative", "title": None, "axis": _value_axis(tickMinStep=1)},
            "color": {
                "field": "severity",
                "type": "nominal",
                "legend": None,
                "scale": {"domain": names, "range": [f"var(--{name.lower()})" for name in names]},
            },
            "order": {"field": "order"},
        },
    }


def _score(days: Sequence[TrendDay]) -> Specification:
    values = [{"day": day.day.isoformat(), "score": day.counts.score} for day in days if day.counts.score is not None]
    return _chart(values) | {
        "mark": {"type": "line", "color": "var(--accent)", "strokeWidth": 2, "point": _point(days)},
        "encoding": {
            "x": _day_axis(days),
            "y": {
                "field": "score",
                "type": "quantitative",
                "title": None,
                "scale": {"zero": False, "domainMax": 1, "nice": True},
                "axis": _value_axis(format=".0%"),
            },
        },
    }


def _chart(values: Sequence[Mapping[str, object]]) -> Specification:
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "width": _WIDTH,
        "height": _HEIGHT,
        "background": None,
        "data": {"values": values},
        # The page has the same data in words and in a table.
        "config": {"aria": False, "font": "system-ui, sans-serif", "view": {"stroke": None}},
    }


def _day_axis(days: Sequence[TrendDay]) -> Specification:
    axis = {
        "format": "%d %b",
        "grid": False,
        "tickCount": min(len(days), 6),
        "labelColor": "var(--muted)",
        "labelFontSize": 12,
        "labelPadding": 6,
        "labelFlush": True,
        "domainColor": "var(--line)",
        "tickColor": "var(--line)",
    }
    # The machine's time zone may differ: the days are in UTC.
    scale = {"type": "utc"}
    return {
        "field": "day",
        "type": "temporal",
        "timeUnit": "utcyearmonthdate",
        "title": None,
        "axis": axis,
        "scale": scale,
    }


def _value_axis(**more: object) -> Specification:
    return {
        "tickCount": 4,
        "domain": False,
        "ticks": False,
        "labelColor": "var(--muted)",
        "labelFontSize": 12,
        "labelPadding": 8,
        "gridColor": "var(--line)",
        **more,
    }


def _point(days: Sequence[TrendDay]) -> Specification | bool:
    return {"color": "var(--accent)", "size": 40} if len(days) == 1 else False
