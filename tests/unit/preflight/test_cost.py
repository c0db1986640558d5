"""What a month is estimated to cost."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from compliance_tf.errors import SettingError
from compliance_tf.preflight.assumptions import Assumptions
from compliance_tf.preflight.cost import CostPreflight, discovered_counts, estimated, hours_between
from compliance_tf.preflight.findings import Finding, Verdict
from compliance_tf.preflight.prices import prices
from tests.unit.preflight.builders import function, rule, stack, stubbed

if TYPE_CHECKING:
    from compliance_tf.preflight.planned import PlannedStack

COUNTS = {"AWS::S3::Bucket": 100, "AWS::EC2::Volume": 50}


def monthly(planned: PlannedStack, changes: float = 4) -> float:
    return estimated(planned, COUNTS, Assumptions(changes)).monthly


def test_a_change_triggered_rule_is_evaluated_as_often_as_its_resources_change() -> None:
    assert monthly(stack(rules=(rule(),)), changes=4) == 400


def test_a_periodic_rule_is_evaluated_for_each_of_its_resources_every_time() -> None:
    daily = rule(change_triggered=False, every_hours=24)
    assert monthly(stack(rules=(daily,))) == 100 * 30
    assert monthly(stack(rules=(replace(daily, every_hours=1),))) == 100 * 720


def test_a_rule_that_is_both_is_counted_as_both() -> None:
    assert monthly(stack(rules=(rule(every_hours=24),)), changes=4) == 400 + 3000


@pytest.mark.parametrize("narrow", [{"single": True}, {"resource_types": ()}, {"resource_types": ("AWS::::Account",)}])
def test_a_rule_that_looks_at_one_thing_is_evaluated_for_one(narrow: dict[str, object]) -> None:
    assert monthly(stack(rules=(replace(rule(), **narrow),)), changes=4) == 4  # type: ignore[arg-type]  # both kinds


def test_a_change_triggered_rule_for_any_type_looks_at_every_recorded_resource() -> None:
    assert monthly(stack(rules=(rule(resource_types=None),)), changes=1) == 150


def test_evaluating_everything_again_is_counted_for_every_rule() -> None:
    weekly = stack(rules=(rule(), rule("acme-dev-2")), reevaluation="rate(15 days)")
    assert monthly(weekly, changes=0) == 2 * 2 * 100


def test_rules_are_evaluated_once_when_they_are_made() -> None:
    assert estimated(stack(rules=(rule(), rule("acme-dev-2"))), COUNTS, Assumptions()).first == 200


@pytest.mark.parametrize(
    ("expression", "hours"),
    [("rate(7 days)", 168.0), ("rate(1 hour)", 1.0), ("rate(30 minutes)", 0.5), ("cron(0 6 * * ? *)", None)],
)
def test_only_a_rate_says_how_often_it_comes(expression: str, hours: float | None) -> None:
    assert hours_between(expression) == hours


@pytest.mark.parametrize(
    ("evaluations", "price"), [(1_000, 1.0), (100_000, 100.0), (300_000, 260.0), (500_000, 420.0), (1_500_000, 920.0)]
)
def test_more_evaluations_are_cheaper_each(evaluations: int, price: float) -> None:
    assert prices().of_evaluations(evaluations) == pytest.approx(price)


def ask(planned: PlannedStack) -> Finding:
    region, stubbers = stubbed(config="config")
    counts = [{"resourceType": type_, "count": count} for type_, count in COUNTS.items()]
    stubbers["config"].add_response("get_discovered_resource_counts", {"resourceCounts": counts})
    return CostPreflight(planned, region, Assumptions(10)).finding()


def test_the_estimate_names_its_parts_and_what_it_assumes() -> None:
    finding = ask(stack(rules=(rule(runs_function=True),), functions=(function(),)))
    assert finding.verdict is Verdict.OK
    # 1,000 evaluations at 0.001; 6 write units each at 0.705 a million; two invocations each.
    assert finding.figure.startswith("At most 1.01 USD: 1,000 evaluations 1.00, table writes 0.01, functions 0.00.")
    assert finding.figure.endswith("Once, when all rules are new, 0.10 for 100 more.")
    assert "10 changes of a resource a month" in finding.advice


def test_writes_and_invocations_are_priced() -> None:
    many = stack(rules=tuple(rule(f"acme-dev-{number}", runs_function=True) for number in range(1000)))
    finding = ask(replace(many, functions=(function(),)))
    # A million evaluations: 420 and 500,000 at 0.0005; 8 million write units; two million invocations of 0.5 s.
    assert "evaluations 670.00, table writes 5.64, functions 4.57." in finding.figure
    cheaper = ask(replace(many, functions=(replace(function(), architecture="arm64"),)))
    assert "evaluations 670.00, table writes 5.64, functions 3.73." in cheaper.figure


@pytest.mark.parametrize(
    ("planned", "left_out"),
    [
        (stack(rules=(rule(change_triggered=False, every_hours=24, resource_types=None),)), "acme-dev-buckets"),
        (stack(rules=(rule(),), reevaluation="cron(0 6 * * ? *)"), "evaluating everything at cron(0 6 * * ? *)"),
        (stack(region="ap-south-1"), "Prices of ap-south-1 are not known here"),
    ],
)
def test_what_is_not_counted_is_a_warning_that_says_so(planned: PlannedStack, left_out: str) -> None:
    finding = ask(planned)
    assert finding.verdict is Verdict.WARNING
    assert left_out in finding.advice


def test_resources_are_counted_over_all_pages() -> None:
    region, stubbers = stubbed(config="config")
    for token, (type_, count) in zip(("more", ""), COUNTS.items(), strict=True):
        page = {"resourceCounts": [{"resourceType": type_, "count": count}], "nextToken": token}
        stubbers["config"].add_response(
            "get_discovered_resource_counts", page, {"limit": 100} | ({} if token else {"nextToken": "more"})
        )
    assert discovered_counts(region.config) == COUNTS


def test_without_counts_the_cost_is_unknown() -> None:
    region, stubbers = stubbed(config="config")
    stubbers["config"].add_client_error("get_discovered_resource_counts", "AccessDeniedException")
    assert CostPreflight(stack(), region, Assumptions()).finding().verdict is Verdict.UNKNOWN


def test_fewer_changes_than_none_are_refused() -> None:
    with pytest.raises(SettingError, match="--changes-per-month -1 must be at least 0"):
        Assumptions(-1)
