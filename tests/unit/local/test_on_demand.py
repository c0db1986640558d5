from __future__ import annotations

import pytest

from compliance_tf.local.api.api_error import ApiError
from compliance_tf.local.config.on_demand import OnDemandEvaluations


def test_a_second_call_within_a_minute_is_refused() -> None:
    evaluations = OnDemandEvaluations(interval=60, duration=0)
    evaluations.start(["a"], 1000)
    with pytest.raises(ApiError, match="once per minute") as refused:
        evaluations.start(["b"], 1059)
    assert refused.value.code == "LimitExceededException"
    evaluations.start(["b"], 1060)


def test_a_rule_that_is_being_evaluated_keeps_all_of_a_call_from_being_started() -> None:
    evaluations = OnDemandEvaluations(interval=60, duration=300)
    evaluations.start(["slow"], 1000)
    with pytest.raises(ApiError, match="in progress"):
        evaluations.start(["other", "slow"], 1299)
    evaluations.start(["other"], 1299)
    evaluations.start(["slow"], 1360)
