from __future__ import annotations

from typing import Any

import pytest

from compliance_runtime.check import Compliance, Verdict
from compliance_runtime.checks.ec2_imdsv2 import CHECK, Parameters
from compliance_runtime.errors import EventError, ParameterError
from compliance_tf.testing import event_item, verdict


def instance(state: object = "running", **options: Any) -> dict[str, Any]:
    metadata = {
        "state": "applied",
        "httpTokens": "required",
        "httpPutResponseHopLimit": 2,
        "httpEndpoint": "enabled",
    } | options
    configuration = {"instanceId": "i-1", "state": {"code": 16, "name": state}, "metadataOptions": metadata}
    return event_item("AWS::EC2::Instance", "i-1", configuration=configuration)


@pytest.mark.parametrize("state", ["pending", "running", "stopping", "stopped"])
def test_required_tokens_are_compliant(state: str) -> None:
    assert verdict(CHECK, instance(state)).compliance is Compliance.COMPLIANT


@pytest.mark.parametrize("state", ["running", "stopped"])
def test_optional_tokens_violate_and_the_reason_says_what_to_set(state: str) -> None:
    result = verdict(CHECK, instance(state, httpTokens="optional"))

    assert result.compliance is Compliance.NON_COMPLIANT
    assert "set HttpTokens to required" in result.reason


def test_words_count_in_any_case() -> None:
    assert verdict(CHECK, instance(httpTokens="Required")).compliance is Compliance.COMPLIANT
    assert verdict(CHECK, instance(httpTokens="Optional")).compliance is Compliance.NON_COMPLIANT
    assert verdict(CHECK, instance(httpTokens="optional", httpEndpoint="DISABLED")).compliance is Compliance.COMPLIANT
    assert verdict(CHECK, instance("Terminated")).compliance is Compliance.NOT_APPLICABLE


def test_what_is_switched_off_needs_no_tokens() -> None:
    off = instance(httpTokens="optional", httpEndpoint="disabled", httpPutResponseHopLimit=None)

    assert verdict(CHECK, off) == Verdict.compliant("The metadata service is switched off.")


@pytest.mark.parametrize("state", ["shutting-down", "terminated"])
def test_an_instance_that_has_ended_is_not_judged(state: str) -> None:
    assert verdict(CHECK, instance(state, httpTokens="optional")) == Verdict.not_applicable(f"The instance is {state}.")


@pytest.mark.parametrize(
    ("hops", "limit", "compliance"),
    [
        (1, 1, Compliance.COMPLIANT),
        (2, 1, Compliance.NON_COMPLIANT),
        (2, 2, Compliance.COMPLIANT),
        (64, 64, Compliance.COMPLIANT),
    ],
)
def test_tokens_may_travel_no_further_than_allowed(hops: int, limit: int, compliance: Compliance) -> None:
    result = verdict(CHECK, instance(httpPutResponseHopLimit=hops), Parameters(max_hop_limit=limit))

    assert result.compliance is compliance


def test_the_reason_names_the_hops_and_the_limit() -> None:
    result = verdict(CHECK, instance(httpPutResponseHopLimit=3), Parameters(max_hop_limit=1))

    assert result.reason == "Metadata tokens travel 3 hops: set HttpPutResponseHopLimit to at most 1."


@pytest.mark.parametrize("limit", [0, 65])
def test_a_limit_that_ec2_does_not_know_is_refused(limit: int) -> None:
    with pytest.raises(ParameterError, match=f"max_hop_limit is {limit}"):
        Parameters(max_hop_limit=limit)


@pytest.mark.parametrize(
    "options",
    [
        {"httpTokens": None},
        {"httpTokens": True},
        {"httpEndpoint": None},
        {"httpPutResponseHopLimit": None},
        {"httpPutResponseHopLimit": "2"},
    ],
)
def test_options_that_are_malformed_are_no_verdict(options: dict[str, Any]) -> None:
    with pytest.raises(EventError, match=next(iter(options))):
        verdict(CHECK, instance(**options))


def test_an_item_without_a_state_is_no_verdict() -> None:
    item = instance()
    del item["configuration"]["state"]

    with pytest.raises(EventError, match="state"):
        verdict(CHECK, item)


@pytest.mark.parametrize("recorded", [{}, {"metadataOptions": None}])
def test_an_item_from_before_there_were_metadata_options_violates(recorded: dict[str, Any]) -> None:
    item = instance()
    del item["configuration"]["metadataOptions"]
    item["configuration"] |= recorded

    found = verdict(CHECK, item)

    assert found.compliance is Compliance.NON_COMPLIANT
    assert "HttpTokens" in found.reason
