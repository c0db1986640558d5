"""What each rule costs, and what less would save."""

from __future__ import annotations

from typing import Any

import pytest

from compliance_tf.errors import SettingError
from compliance_tf.preflight.assumptions import Assumptions
from compliance_tf.preflight.cost import evaluations_by_rule
from compliance_tf.preflight.findings import Verdict
from compliance_tf.preflight.preflight import paid_twice
from compliance_tf.preflight.prices import prices
from compliance_tf.preflight.rule_costs import Pricing, RuleCost, StackCost, stack_cost
from compliance_tf.results.frameworks.equivalents import equivalent_identifiers
from tests.unit.preflight.builders import function, rule, stack

COUNTS = {"AWS::S3::Bucket": 1000, "AWS::IAM::User": 50}


def costs(
    *rules: Any,
    pricing: Pricing | None = None,
    elsewhere: Any = None,
    others: float = 0.0,
    at_home: Any = (),
    **more: Any,
) -> StackCost:
    return stack_cost(
        stack(rules=rules, functions=(function(),), **more),
        COUNTS,
        assumptions=Assumptions(10),
        pricing=pricing or Pricing(0.001),
        asks=equivalent_identifiers,
        elsewhere=elsewhere or {},
        others=others,
        at_home=at_home,
    )


def only(*rules: Any, **more: Any) -> RuleCost:
    (cost,) = costs(*rules, **more).rules
    return cost


def test_a_rule_costs_its_share_of_all_evaluations_by_aws_tiers() -> None:
    big, small = costs(rule("acme-dev-big", every_hours=1), rule("acme-dev-small"), pricing=Pricing()).rules
    assert (big.rule, big.evaluations, small.evaluations) == ("big", 730_000, 10_000)
    assert big.cost + small.cost == pytest.approx(prices().of_evaluations(740_000))
    assert big.cost / small.cost == pytest.approx(73)


def test_a_slower_schedule_saves_all_but_one_evaluation_a_day() -> None:
    hourly = only(rule(change_triggered=False, every_hours=1))
    assert hourly.savings == {"evaluate it once a day": pytest.approx(1000 * 690 * 0.001)}
    assert only(rule(change_triggered=False, every_hours=24)).savings == {}
    assert only(rule(every_hours=1)).savings == {}


def test_what_is_global_is_paid_for_twice_where_another_region_has_it() -> None:
    keys = rule("acme-dev-keys", resource_types=("AWS::IAM::User",), identifier="ACCESS_KEYS_ROTATED")
    elsewhere = {"keys": ["eu-central-1", "eu-west-1"], "buckets": ["eu-central-1", "eu-west-1"]}
    (how,) = only(keys, elsewhere=elsewhere).savings
    assert "paid for in each region" in how
    assert only(keys, elsewhere=elsewhere, region="eu-central-1").savings == {}
    assert only(rule(), elsewhere=elsewhere).savings == {}
    root = rule("acme-dev-root", resource_types=(), identifier="ROOT_ACCOUNT_MFA_ENABLED")
    assert only(root, elsewhere={"root": ["ap-south-1", "eu-west-1"]}).savings


def test_a_preflight_warns_of_what_is_paid_for_in_several_regions() -> None:
    keys = rule("acme-dev-keys", resource_types=("AWS::IAM::User",), identifier="ACCESS_KEYS_ROTATED")
    here, there = stack(rules=(keys, rule())), stack(rules=(keys, rule()), region="us-east-1")
    (finding,) = paid_twice([here, there])
    assert (finding.verdict, finding.blocks) == (Verdict.WARNING, False)
    assert "acme-dev-keys (eu-west-1, us-east-1)" in finding.figure
    assert list(paid_twice([here])) == []


def test_of_two_rules_that_ask_the_same_one_is_spared() -> None:
    check = rule("acme-dev-tls", identifier="bucket-tls-only", runs_function=True)
    managed = rule("acme-dev-ssl", identifier="S3_BUCKET_SSL_REQUESTS_ONLY")
    found = {one.rule: one.savings for one in costs(check, managed).rules}
    assert found["ssl"] == {"leave it to tls, which asks the same unless its parameters differ": pytest.approx(10.0)}
    assert found["tls"] == {}
    assert costs(check, rule("acme-dev-other", identifier="S3_BUCKET_VERSIONING_ENABLED")).rules[0].savings == {}


def test_deployments_of_one_account_and_region_share_the_tiers() -> None:
    alone = costs(rule(change_triggered=False, every_hours=24), pricing=Pricing())
    (shared,) = costs(rule(change_triggered=False, every_hours=24), pricing=Pricing(), others=270_000.0).rules
    assert alone.rules[0].cost == pytest.approx(30.0)
    assert shared.cost == pytest.approx(260.0 / 10)  # a tenth of 100,000 at 0.001 $ and 200,000 at 0.0008 $


def test_what_is_left_to_a_home_region_is_spared_elsewhere() -> None:
    keys = rule("acme-dev-keys", resource_types=("AWS::IAM::User",), identifier="ACCESS_KEYS_ROTATED")
    assert costs(rule(), at_home=(keys, rule("acme-dev-more"))).spared == pytest.approx(50 * 10 * 0.001)
    assert costs(rule(), keys, at_home=(keys, rule())).spared == 0


def test_a_number_of_resources_can_be_assumed_of_every_rule() -> None:
    two_types = rule("acme-dev-two", resource_types=("AWS::S3::Bucket", "AWS::IAM::User"))
    account = rule("acme-dev-one", resource_types=("AWS::::Account",))
    estimated = evaluations_by_rule(stack(rules=(two_types, account)), 5000, Assumptions(10))
    assert [monthly for _, monthly in estimated.values()] == [50_000, 10]


def test_prices_that_are_not_known_are_asked_for() -> None:
    with pytest.raises(SettingError, match="us-gov-west-1 is not known here: look it up, and give it with --eval"):
        costs(rule(), pricing=Pricing(), region="us-gov-west-1")
    assert costs(rule(), pricing=Pricing(0.002), region="us-gov-west-1").rules[0].cost == pytest.approx(20)
    assert costs(rule(), region="us-gov-west-1").beside is None
    assert costs(rule(), pricing=Pricing(0.001, 1.0), region="us-gov-west-1").beside


def test_cells_add_up() -> None:
    total = RuleCost("buckets")
    for _ in range(3):
        total.add(only(rule(change_triggered=False, every_hours=1)))
    assert (total.cells, total.evaluations) == (3, 3 * 720_000)
    assert total.savings == {"evaluate it once a day": pytest.approx(3 * 690.0)}
