"""Trends: what is drawn and compared of the counts of days."""

from __future__ import annotations

from datetime import timedelta

import pytest

from compliance_tf.results.counts import Counts
from compliance_tf.results.trend import Trend
from compliance_tf.results.wording import difference, percent
from tests.runtime.results.builders import NOW, counts

TODAY = NOW.date()


def trend(**non_compliant_by_days_ago: int) -> Trend:
    days = {int(name.removeprefix("d")): value for name, value in non_compliant_by_days_ago.items()}
    return Trend.of(TODAY, [counts(back, value) for back, value in days.items()])


def test_the_line_has_thirty_days_the_oldest_first_with_a_dot_for_each_without_a_comparison() -> None:
    line = trend(d0=0, d1=1, d2=100, d29=50, d30=999).line

    assert len(line) == 30
    assert (line[0], line[-4], line[-3], line[-2], line[-1]) == ("▅", "·", "█", "▂", "▁")


def test_without_any_violation_the_line_lies_on_the_ground() -> None:
    assert trend(d0=0, d1=0).line.lstrip("·") == "▁▁"


def test_the_rules_of_a_day_are_added_up() -> None:
    added = Trend.of(TODAY, [counts(0, 2, rule="a", compliant=5), counts(0, 3, rule="b"), counts(1, 4)])

    assert added.days == {TODAY: Counts(5, 5, 0), TODAY - timedelta(days=1): Counts(0, 4, 0)}


@pytest.mark.parametrize(
    ("days", "found"),
    [({"d7": 1, "d8": 2}, 1), ({"d8": 2, "d6": 9}, 2), ({"d10": 3}, 3), ({"d11": 4, "d6": 9}, None), ({}, None)],
)
def test_the_past_is_the_day_that_is_asked_for_or_up_to_three_days_before(
    days: dict[str, int], found: int | None
) -> None:
    before = trend(**days).before(7)

    assert (before.non_compliant if before else None) == found


@pytest.mark.parametrize(
    ("counted", "score", "written"),
    [
        (Counts(), None, "-"),
        (Counts(3, 1, 100), 0.75, "75.0 %"),
        (Counts(0, 0, 5), None, "-"),
        (Counts(10), 1.0, "100 %"),
        # One violation in a million is not all.
        (Counts(999_999, 1), 0.999999, "99.9 %"),
        (Counts(0, 4), 0.0, "0.0 %"),
    ],
)
def test_a_score_is_the_share_that_complies_of_what_is_not_waived(
    counted: Counts, score: float | None, written: str
) -> None:
    assert (counted.score, percent(counted)) == (score, written)


def test_a_difference_has_its_sign() -> None:
    assert [difference(1200, before) for before in (Counts(0, 0), Counts(0, 1200), Counts(0, 1201), None)] == [
        "+1,200",
        "±0",
        "-1",
        "-",
    ]
