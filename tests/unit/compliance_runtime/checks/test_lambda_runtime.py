from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from botocore.stub import Stubber

from compliance_runtime.check import Compliance, Finding, Verdict
from compliance_runtime.checks.lambda_runtime import CHECK, Parameters, judge
from compliance_runtime.errors import ParameterError
from compliance_runtime.resources.lambda_runtimes import AS_OF, DEPRECATION_DATES
from compliance_tf.testing import CAPTURED_TIME, account_with
from tests.unit.compliance_runtime.builders import client

TODAY = CAPTURED_TIME.date()  # 2026-03-01
PYTHON39_DEPRECATED = date(2025, 12, 15)


def verdict(runtime: str | None, today: date = TODAY, **parameters: Any) -> Verdict:
    return judge(runtime, today, Parameters(**parameters))


def test_a_runtime_is_deprecated_from_its_day_on() -> None:
    before = verdict("python3.9", PYTHON39_DEPRECATED - timedelta(days=1))
    on_the_day = verdict("python3.9", PYTHON39_DEPRECATED)

    assert before.compliance is Compliance.COMPLIANT
    assert "until 2025-12-15" in before.reason
    assert on_the_day.compliance is Compliance.NON_COMPLIANT
    assert "python3.9 is deprecated since 2025-12-15" in on_the_day.reason


def test_a_runtime_may_be_refused_days_ahead() -> None:
    today = PYTHON39_DEPRECATED - timedelta(days=30)

    assert verdict("python3.9", today, days_ahead=29).compliance is Compliance.COMPLIANT
    early = verdict("python3.9", today, days_ahead=30)
    assert early.compliance is Compliance.NON_COMPLIANT
    assert "will be deprecated on 2025-12-15" in early.reason


def test_a_runtime_that_is_newer_than_the_table_is_compliant_and_says_so() -> None:
    unknown = verdict("python9.9")

    assert unknown.compliance is Compliance.COMPLIANT
    assert f"python9.9 is not in the table of {AS_OF.isoformat()}" in unknown.reason


def test_a_container_image_and_an_exempt_runtime_are_left_out() -> None:
    assert verdict(None).compliance is Compliance.NOT_APPLICABLE
    assert verdict("python2.7", exempt_runtimes=("python2.7",)).compliance is Compliance.NOT_APPLICABLE
    assert verdict("python3.6", exempt_runtimes=("python2.7",)).compliance is Compliance.NON_COMPLIANT


def test_all_functions_of_all_pages_are_judged_by_name_on_the_day_of_the_evaluation() -> None:
    lambda_client = client("lambda")
    pages: list[dict[str, Any]] = [
        {"Functions": [{"FunctionName": "old", "Runtime": "nodejs18.x"}], "NextMarker": "next"},
        {"Functions": [{"FunctionName": "new", "Runtime": "nodejs24.x"}, {"FunctionName": "image"}]},
    ]
    with Stubber(lambda_client) as stub:
        stub.add_response("list_functions", pages[0], {})
        stub.add_response("list_functions", pages[1], {"Marker": "next"})
        findings = list(CHECK.evaluate(account_with(**{"lambda": lambda_client}), Parameters()))

    assert [(found.resource_id, found.verdict.compliance) for found in findings] == [
        ("old", Compliance.NON_COMPLIANT),
        ("new", Compliance.COMPLIANT),
        ("image", Compliance.NOT_APPLICABLE),
    ]
    assert {found.resource_type for found in findings} == {"AWS::Lambda::Function"}


def test_a_function_is_reported_before_the_next_page_is_asked_for() -> None:
    lambda_client = client("lambda")
    with Stubber(lambda_client) as stub:
        stub.add_response(
            "list_functions", {"Functions": [{"FunctionName": "old", "Runtime": "ruby2.7"}], "NextMarker": "next"}
        )
        first = next(CHECK.evaluate(account_with(**{"lambda": lambda_client}), Parameters()))

    assert isinstance(first, Finding)
    assert first.resource_id == "old"


@pytest.mark.parametrize("days", [-1, 731])
def test_days_out_of_bounds_are_refused(days: int) -> None:
    with pytest.raises(ParameterError, match=f"days_ahead is {days}; it must be 0 to 730"):
        Parameters(days_ahead=days)


@pytest.mark.parametrize("days", [0, 730])
def test_days_at_the_bounds_are_accepted(days: int) -> None:
    Parameters(days_ahead=days)


def test_the_table_has_the_runtimes_of_every_language_and_plausible_days() -> None:
    families = {runtime.rstrip("0123456789.x") for runtime in DEPRECATION_DATES}

    assert {"nodejs", "python", "java", "ruby", "dotnet", "go", "provided"} <= families
    assert all(date(2016, 1, 1) < day < AS_OF.replace(year=AS_OF.year + 5) for day in DEPRECATION_DATES.values())
    assert not any(isinstance(day, datetime) for day in DEPRECATION_DATES.values())
