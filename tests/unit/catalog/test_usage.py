from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from compliance_tf.catalog.usage import validate_use
from compliance_tf.errors import RuleUseError
from tests.unit.catalog.builders import change_rule, periodic_rule

if TYPE_CHECKING:
    from compliance_tf.catalog.managed_rules import ManagedRuleFacts

EITHER_WAY = change_rule(periodic=True)


def problems(facts: ManagedRuleFacts, region: str = "eu-west-1", **use: Any) -> tuple[str, ...]:
    with pytest.raises(RuleUseError) as raised:
        validate_use(facts, region=region, **use)
    return raised.value.problems


@pytest.mark.parametrize(
    ("facts", "use"),
    [
        (change_rule(), {}),
        (change_rule(), {"scope_types": ["AWS::S3::Bucket"]}),
        (change_rule(), {"scoped_by_tag": True}),
        (periodic_rule(), {}),
        (periodic_rule(), {"frequency": "One_Hour"}),
        (EITHER_WAY, {"frequency": "TwentyFour_Hours", "scope_types": ["AWS::S3::Bucket"]}),
    ],
)
def test_a_use_that_aws_config_accepts_passes(facts: ManagedRuleFacts, use: dict[str, Any]) -> None:
    validate_use(facts, region="eu-west-1", **use)


def test_a_scope_is_refused_for_a_purely_periodic_rule() -> None:
    assert problems(periodic_rule(), scope_types=["AWS::S3::Bucket"]) == (
        (
            "scope AWS::S3::Bucket is not allowed: the rule is periodic and lists its resources itself. "
            "Leave the scope out."
        ),
    )


def test_a_scope_of_a_tag_is_refused_for_a_purely_periodic_rule_as_well() -> None:
    (problem,) = problems(periodic_rule(), scoped_by_tag=True)

    assert problem.startswith("scope by tag is not allowed")


def test_a_scope_of_a_type_that_the_rule_does_not_evaluate_is_refused_with_those_that_it_does() -> None:
    assert problems(change_rule(), scope_types=["AWS::S3::Bucket", "AWS::S3::Buckets"]) == (
        (
            "scope type 'AWS::S3::Buckets' is not evaluated by the rule. Did you mean AWS::S3::Bucket? "
            "Allowed: AWS::S3::Bucket, AWS::S3::AccessPoint."
        ),
    )


def test_a_frequency_is_refused_for_a_rule_that_only_changes_trigger() -> None:
    assert problems(change_rule(), frequency="One_Hour") == (
        (
            "frequency 'One_Hour' is not allowed: only changes trigger the rule, each when it happens. "
            "Leave the frequency out."
        ),
    )


def test_an_unknown_frequency_is_answered_with_the_nearest_one() -> None:
    assert problems(periodic_rule(), frequency="Three_Hour") == (
        (
            "frequency 'Three_Hour' is not known. Did you mean Three_Hours? "
            "Allowed: One_Hour, Three_Hours, Six_Hours, Twelve_Hours, TwentyFour_Hours."
        ),
    )


def test_an_excluded_region_is_refused_with_the_regions_that_are_not_allowed() -> None:
    facts = change_rule(excluded_regions=("cn-north-1", "cn-northwest-1"))

    assert problems(facts, region="cn-north-1") == (
        (
            "region 'cn-north-1' does not have the rule. Allowed are all regions except cn-north-1, cn-northwest-1. "
            "To leave it out there, give skip_unavailable=True."
        ),
    )


def test_a_region_beside_the_only_ones_is_refused_with_those() -> None:
    assert problems(change_rule(only_regions=("us-east-1",)), region="eu-west-1") == (
        (
            "region 'eu-west-1' does not have the rule. Allowed: us-east-1. To leave it out there, give "
            "skip_unavailable=True."
        ),
    )


def test_all_problems_of_a_use_are_reported_at_once_under_the_rules_identifier() -> None:
    facts = periodic_rule(only_regions=("us-east-1",))

    with pytest.raises(RuleUseError) as raised:
        validate_use(facts, region="eu-west-1", frequency="One_Hour", scope_types=["AWS::S3::Bucket"])

    lines = str(raised.value).splitlines()
    assert lines[0] == "managed rule BUCKET_RULE:"
    assert [line.split()[1] for line in lines[1:]] == ["region", "scope"]
