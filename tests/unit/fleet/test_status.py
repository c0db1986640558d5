"""The time of the last comparison with AWS Config, as the status of a cell has it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from compliance_tf.fleet.status import comparison_problem

NOW = datetime(2026, 11, 27, 18, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        (None, "not compared with AWS Config yet: that comes an hour after a deployment"),
        (timedelta(days=2, seconds=1), "not compared with AWS Config within two days"),
        (timedelta(days=2), None),
    ],
)
def test_a_new_deployment_is_told_apart_from_one_whose_comparison_stopped(
    age: timedelta | None, expected: str | None
) -> None:
    assert comparison_problem(NOW - age if age is not None else None, NOW) == expected
