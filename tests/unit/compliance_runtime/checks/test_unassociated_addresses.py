from __future__ import annotations

from typing import Any

import pytest

from compliance_runtime.check import Compliance, Verdict
from compliance_runtime.checks.unassociated_addresses import CHECK, Parameters
from compliance_runtime.errors import EventError, ParameterError
from compliance_tf.testing import event_item, verdict


def address(tags: dict[str, str] | None = None, **members: Any) -> dict[str, Any]:
    """An address as AWS Config records it: with nulls where it is associated with nothing."""
    configuration = {
        "instanceId": None,
        "publicIp": "203.0.113.7",
        "allocationId": "eipalloc-1",
        "associationId": None,
        "domain": "vpc",
        "networkInterfaceId": None,
    } | members
    return event_item("AWS::EC2::EIP", "eipalloc-1", configuration=configuration, tags=tags)


@pytest.mark.parametrize(
    ("members", "holder"),
    [
        ({"associationId": "eipassoc-1", "networkInterfaceId": "eni-1", "instanceId": "i-1"}, "i-1"),
        ({"associationId": "eipassoc-1", "networkInterfaceId": "eni-1"}, "eni-1"),
        ({"associationId": "eipassoc-1"}, "eipassoc-1"),
        ({"instanceId": "i-1"}, "i-1"),
    ],
)
def test_an_associated_address_is_compliant(members: dict[str, Any], holder: str) -> None:
    assert verdict(CHECK, address(**members)) == Verdict.compliant(f"203.0.113.7 is associated with {holder}.")


@pytest.mark.parametrize("nothing", [None, ""])
def test_an_address_that_nothing_uses_violates_and_is_named(nothing: object) -> None:
    result = verdict(CHECK, address(instanceId=nothing, networkInterfaceId=nothing, associationId=nothing))

    assert result == Verdict.non_compliant("203.0.113.7 is associated with nothing and costs money: release it.")


def test_an_address_without_a_public_ip_is_named_by_its_id() -> None:
    assert verdict(CHECK, address(publicIp=None)).reason.startswith("eipalloc-1 is associated with nothing")


@pytest.mark.parametrize(
    ("tags", "compliance"),
    [
        ({"reserved": "partner"}, Compliance.NOT_APPLICABLE),
        ({"reserved": ""}, Compliance.NOT_APPLICABLE),
        ({"Reserved": "partner"}, Compliance.NON_COMPLIANT),
        ({}, Compliance.NON_COMPLIANT),
    ],
)
def test_a_tag_exempts_an_address(tags: dict[str, str], compliance: Compliance) -> None:
    assert verdict(CHECK, address(tags), Parameters(exempt_tags={"reserved": ()})).compliance is compliance


def test_exempting_tags_that_no_address_can_have_are_refused() -> None:
    with pytest.raises(ParameterError, match="exempt_tags"):
        Parameters(exempt_tags={"x" * 129: ()})


@pytest.mark.parametrize("member", ["instanceId", "networkInterfaceId", "associationId", "publicIp"])
def test_a_malformed_item_is_no_verdict(member: str) -> None:
    malformed: dict[str, Any] = {member: 7}

    with pytest.raises(EventError, match=member):
        verdict(CHECK, address(**malformed))
