from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lambda_src.check import Compliance
from lambda_src.checks.required_tags import Parameters, evaluate
from lambda_src.errors import ParameterError
from tests.unit.lambda_src.builders import configuration_item

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
