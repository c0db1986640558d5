from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from botocore.stub import Stubber

from compliance_runtime.check import Compliance, Finding, Verdict
from compliance_runtime.checks.unattached_volumes import CHECK, Parameters, verdict
from compliance_runtime.errors import EventError, ParameterError
from compliance_runtime.json_object import JsonObject
from compliance_tf.testing import CAPTURED_TIME, account_with
from tests.unit.compliance_runtime.builders import client


def volume(state: str = "available", days: float = 31, *, id_: str = "vol-1", **tags: str) -> dict[str, Any]:
    return {
        "VolumeId": id_,
        "State": state,
        "CreateTime": CAPTURED_TIME - timedelta(days=days),
        "Size": 100,
        "VolumeType": "gp3",
        "Tags": [{"Key": key, "Value": value} for key, value in tags.items()],
    }


def judged(described: dict[str, Any], parameters: Parameters | None = None) -> Verdict:
    return verdict(JsonObject.of(described, "volume", EventError), parameters or Parameters(), CAPTURED_TIME)


def findings(*pages: list[dict[str, Any]]) -> list[Finding]:
    ec2 = client("ec2")
    with Stubber(ec2) as stub:
        for number, page in enumerate(pages):
            asked = {"MaxResults": 500} | ({"NextToken": f"page-{number}"} if number else {})
            more = {"NextToken": f"page-{number + 1}"} if number + 1 < len(pages) else {}
            stub.add_response("describe_volumes", {"Volumes": page} | more, asked)
        found = list(CHECK.evaluate(account_with(ec2=ec2), Parameters()))
        stub.assert_no_pending_responses()
    return found


def test_every_volume_of_every_page_is_judged() -> None:
    found = findings(
        [volume(id_="vol-1"), volume("in-use", id_="vol-2")],
        [],
        [volume("creating", id_="vol-3"), volume(days=1, id_="vol-4")],
    )

    assert {finding.resource_type for finding in found} == {"AWS::EC2::Volume"}
    assert [(finding.resource_id, finding.verdict.compliance) for finding in found] == [
        ("vol-1", Compliance.NON_COMPLIANT),
        ("vol-2", Compliance.COMPLIANT),
        ("vol-3", Compliance.NOT_APPLICABLE),
        ("vol-4", Compliance.COMPLIANT),
    ]


def test_a_region_without_volumes_has_no_findings() -> None:
    assert findings([]) == []


def test_volumes_are_given_before_the_next_page_is_asked_for() -> None:
    ec2 = client("ec2")
    with Stubber(ec2) as stub:
        stub.add_response("describe_volumes", {"Volumes": [volume()], "NextToken": "page-1"})

        first = next(CHECK.evaluate(account_with(ec2=ec2), Parameters()))

    assert first.resource_id == "vol-1"


def test_the_reason_names_size_type_and_age() -> None:
    assert judged(volume(days=45)).reason == (
        "100 GiB of gp3, 45 days old, attached to nothing (allowed for 30 days): snapshot and delete it, or tag it."
    )


@pytest.mark.parametrize(
    ("days", "age", "compliance"),
    [
        (30, 30, Compliance.COMPLIANT),
        (30, 30.9, Compliance.COMPLIANT),
        (30, 31, Compliance.NON_COMPLIANT),
        (0, 0.5, Compliance.COMPLIANT),
        (0, 1, Compliance.NON_COMPLIANT),
    ],
)
def test_a_volume_may_be_unattached_for_some_days(days: int, age: float, compliance: Compliance) -> None:
    assert judged(volume(days=age), Parameters(days=days)).compliance is compliance


@pytest.mark.parametrize("state", ["creating", "deleting", "deleted", "error"])
def test_a_volume_in_another_state_is_not_judged(state: str) -> None:
    result = judged(volume(state))

    assert result.compliance is Compliance.NOT_APPLICABLE
    assert state in result.reason


@pytest.mark.parametrize(
    ("tags", "compliance"),
    [
        ({"keep": "yes"}, Compliance.NOT_APPLICABLE),
        ({"keep": "until-2027"}, Compliance.NOT_APPLICABLE),
        ({"keep": "no"}, Compliance.NON_COMPLIANT),
        ({"Keep": "yes"}, Compliance.NON_COMPLIANT),
        ({}, Compliance.NON_COMPLIANT),
    ],
)
def test_a_tag_exempts_a_volume(tags: dict[str, Any], compliance: Compliance) -> None:
    result = judged(volume(**tags), Parameters(exempt_tags={"keep": ("yes", "until-*")}))

    assert result.compliance is compliance
    assert (f"keep={tags.get('keep')}" in result.reason) is (compliance is Compliance.NOT_APPLICABLE)


@pytest.mark.parametrize("missing", ["State", "CreateTime", "Size", "VolumeType"])
def test_an_answer_that_does_not_say_is_no_verdict(missing: str) -> None:
    described = volume()
    del described[missing]

    with pytest.raises(EventError, match=missing):
        judged(described)


def test_negative_days_are_refused() -> None:
    with pytest.raises(ParameterError, match="days is -1"):
        Parameters(days=-1)


def test_exempting_tags_that_no_volume_can_have_are_refused() -> None:
    with pytest.raises(ParameterError, match="exempt_tags"):
        Parameters(exempt_tags={"keep": ("x" * 257,)})
