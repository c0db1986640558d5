from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance_runtime.check import Compliance
from compliance_runtime.checks.required_tags import CHECK, Parameters, evaluate
from compliance_runtime.errors import ParameterError
from compliance_tf.testing import event_item, verdict
from tests.unit.compliance_runtime.builders import configuration_item

if TYPE_CHECKING:
    from collections.abc import Mapping


@pytest.mark.parametrize(
    ("tags", "compliance", "reason"),
    [
        ({"Owner": "ops", "Stage": "dev"}, Compliance.COMPLIANT, "All required tags"),
        ({"Owner": "", "Stage": "prod"}, Compliance.COMPLIANT, "All required tags"),
        ({"Stage": "dev"}, Compliance.NON_COMPLIANT, "Missing: Owner."),
        ({}, Compliance.NON_COMPLIANT, "Missing: Owner, Stage."),
        ({"owner": "ops", "Stage": "dev"}, Compliance.NON_COMPLIANT, "Missing: Owner."),
        ({"Owner": "ops", "Stage": "DEV"}, Compliance.NON_COMPLIANT, "Stage is 'DEV', allowed: dev, prod."),
        ({"Stage": "x"}, Compliance.NON_COMPLIANT, "Missing: Owner. Stage is 'x', allowed: dev, prod."),
    ],
)
def test_every_tag_must_be_there_with_an_allowed_value(
    tags: dict[str, str], compliance: Compliance, reason: str
) -> None:
    verdict = evaluate(configuration_item(tags=tags), Parameters({"Stage": ("dev", "prod"), "Owner": ()}))

    assert verdict.compliance is compliance
    assert verdict.reason.startswith(reason)


def test_any_type_of_resource_is_judged_by_its_own_kind_of_tags() -> None:
    queue = configuration_item("AWS::SQS::Queue", configuration={"Tags": [{"Key": "Owner", "Value": "ops"}]})

    assert evaluate(queue, Parameters({"Owner": ("ops",)})).compliance is Compliance.COMPLIANT


@pytest.mark.parametrize(
    "tags",
    [
        {},
        {"": ()},
        {"x" * 129: ()},
        {"Owner": ("x" * 257,)},
        {f"tag{number}": () for number in range(51)},
    ],
)
def test_tags_that_no_resource_can_have_are_refused(tags: Mapping[str, tuple[str, ...]]) -> None:
    with pytest.raises(ParameterError, match="Parameter tags"):
        Parameters(tags)


def test_the_most_and_longest_that_aws_allows_are_accepted() -> None:
    Parameters({f"{'x' * 126}{number:02}": ("v" * 256,) for number in range(50)})


@pytest.mark.parametrize(
    ("allowed", "value", "compliance"),
    [
        (("cc-????",), "cc-1234", Compliance.COMPLIANT),
        (("cc-????",), "cc-123", Compliance.NON_COMPLIANT),
        (("cc-????",), "cc-12345", Compliance.NON_COMPLIANT),
        (("cc-????",), "CC-1234", Compliance.NON_COMPLIANT),
        (("*@example.com",), "ops@example.com", Compliance.COMPLIANT),
        (("*@example.com",), "@example.com", Compliance.COMPLIANT),
        (("*@example.com",), "ops@example.com.org", Compliance.NON_COMPLIANT),
        (("*@example.com",), "ops@exampleXcom", Compliance.NON_COMPLIANT),
        (("none", "team-*"), "none", Compliance.COMPLIANT),
        (("none", "team-*"), "team-", Compliance.COMPLIANT),
        (("none", "team-*"), "nonesuch", Compliance.NON_COMPLIANT),
        (("?*",), "", Compliance.NON_COMPLIANT),
        (("[a-z]",), "a", Compliance.NON_COMPLIANT),
        (("[a-z]",), "[a-z]", Compliance.COMPLIANT),
        (("*",), "two\nlines", Compliance.COMPLIANT),
    ],
)
def test_a_value_with_a_star_or_a_question_mark_is_a_pattern(
    allowed: tuple[str, ...], value: str, compliance: Compliance
) -> None:
    item = event_item(tags={"Owner": value})

    assert verdict(CHECK, item, Parameters({"Owner": allowed})).compliance is compliance


def test_the_reason_shows_the_patterns() -> None:
    result = verdict(CHECK, event_item(tags={"CostCenter": "12"}), Parameters({"CostCenter": ("cc-????", "none")}))

    assert result.reason == "CostCenter is '12', allowed: cc-????, none."


def test_a_pattern_made_to_be_slow_is_not() -> None:
    # With a backtracking expression, this would not come to an end.
    item = event_item(tags={"Owner": "a" * 256})

    assert verdict(CHECK, item, Parameters({"Owner": ("*a" * 127 + "b",)})).compliance is Compliance.NON_COMPLIANT


@given(st.text(max_size=20), st.lists(st.text(max_size=20), min_size=1, max_size=4))
def test_values_without_wildcards_are_compared_as_they_are(value: str, texts: list[str]) -> None:
    allowed = tuple(text.replace("*", "").replace("?", "") for text in texts)

    result = verdict(CHECK, event_item(tags={"Owner": value}), Parameters({"Owner": allowed}))

    assert (result.compliance is Compliance.COMPLIANT) is (value in allowed)


@pytest.mark.parametrize(
    "item",
    [
        event_item("AWS::IAM::Group", "AGPA1"),
        event_item("AWS::IAM::Policy", "ANPA1", arn="arn:aws:iam::aws:policy/ReadOnlyAccess"),
        event_item("AWS::IAM::Policy", "ANPA1", arn="arn:aws-cn:iam::aws:policy/ReadOnlyAccess"),
        event_item("AWS::KMS::Key", "1", configuration={"keyManager": "AWS"}),
        event_item("AWS::KMS::Alias", "alias/app"),
        event_item("AWS::EC2::NetworkInterface", "eni-1", configuration={"requesterManaged": True}),
        event_item("AWS::Config::ResourceCompliance", "AWS::S3::Bucket/logs"),
        event_item("AWS::Config::ConformancePackCompliance", "pack"),
        event_item("AWS::AutoScaling::LaunchConfiguration", "web"),
        event_item("AWS::SSM::ManagedInstanceInventory", "i-1"),
    ],
)
def test_what_cannot_carry_tags_is_left_out(item: dict[str, object]) -> None:
    assert verdict(CHECK, item, Parameters({"Owner": ()})).compliance is Compliance.NOT_APPLICABLE


@pytest.mark.parametrize(
    "item",
    [
        event_item("AWS::IAM::Policy", "ANPA1", arn="arn:aws:iam::123456789012:policy/deploy"),
        event_item("AWS::KMS::Key", "1", configuration={"keyManager": "CUSTOMER"}),
        event_item("AWS::EC2::NetworkInterface", "eni-1", configuration={"requesterManaged": False}),
        event_item("AWS::IAM::InstanceProfile", "AIPA1"),
        event_item("AWS::IAM::Role", "AROA1", configuration={"path": "/aws-service-role/x/"}),
        event_item("AWS::S3::Bucket", "logs", configuration=[]),
    ],
)
def test_what_can_carry_tags_must(item: dict[str, object]) -> None:
    assert verdict(CHECK, item, Parameters({"Owner": ()})).compliance is Compliance.NON_COMPLIANT
