from __future__ import annotations

from typing import Any

import pytest
from botocore.stub import Stubber

from compliance_runtime.check import Compliance, Verdict
from compliance_runtime.checks.lambda_subnets import CHECK, Parameters
from compliance_runtime.errors import EventError, ParameterError
from compliance_tf.testing import account_with, event_item
from compliance_tf.testing import verdict as judged
from tests.unit.compliance_runtime.builders import client


def function(*subnets: str, **configuration: Any) -> dict[str, Any]:
    vpc = {"vpcConfig": {"subnetIds": list(subnets), "securityGroupIds": ["sg-1"]}} if subnets else {}
    return event_item("AWS::Lambda::Function", "orders", configuration={"functionName": "orders"} | vpc | configuration)


def verdict(item: dict[str, Any], **parameters: Any) -> Verdict:
    return judged(CHECK, item, Parameters(**parameters), account_with())


@pytest.mark.parametrize(
    "item",
    [
        function(),
        function(vpcConfig=None),
        function(vpcConfig={}),
        function(vpcConfig={"subnetIds": [], "securityGroupIds": []}),
    ],
)
@pytest.mark.parametrize("parameters", [{}, {"allowed_subnets": ("subnet-1",)}, {"allowed_vpcs": ("vpc-1",)}])
def test_a_function_outside_of_any_vpc_violates(item: dict[str, Any], parameters: dict[str, Any]) -> None:
    outside = verdict(item, **parameters)

    assert outside.compliance is Compliance.NON_COMPLIANT
    assert "not in a VPC" in outside.reason


def test_any_vpc_will_do_when_nothing_is_listed() -> None:
    assert verdict(function("subnet-9")).compliance is Compliance.COMPLIANT


def test_all_subnets_must_be_allowed() -> None:
    allowed = {"allowed_subnets": ("subnet-1", "subnet-2", "subnet-3")}

    assert verdict(function("subnet-2", "subnet-1"), **allowed).compliance is Compliance.COMPLIANT
    partly = verdict(function("subnet-9", "subnet-1", "subnet-7", "subnet-8", "subnet-6"), **allowed)
    assert partly.compliance is Compliance.NON_COMPLIANT
    assert partly.reason.endswith("not allowed: subnet-6, subnet-7, subnet-8, subnet-9.")


def in_vpcs(item: dict[str, Any], asked: list[str], found: list[str], **parameters: Any) -> Verdict:
    """What is said when EC2 finds some of the subnets that it is asked for in the VPC."""
    ec2 = client("ec2")
    filters = [{"Name": "subnet-id", "Values": asked}, {"Name": "vpc-id", "Values": list(parameters["allowed_vpcs"])}]
    with Stubber(ec2) as stub:
        for _ in range(2):
            stub.add_response(
                "describe_subnets", {"Subnets": [{"SubnetId": name} for name in found]}, {"Filters": filters}
            )
        return judged(CHECK, item, Parameters(**parameters), account_with(ec2=ec2))


def test_a_vpc_allows_all_of_its_subnets() -> None:
    both = function("subnet-1", "subnet-2")

    inside = in_vpcs(both, ["subnet-1", "subnet-2"], ["subnet-1", "subnet-2"], allowed_vpcs=("vpc-1", "vpc-2"))
    assert inside.compliance is Compliance.COMPLIANT
    partly = in_vpcs(both, ["subnet-1", "subnet-2"], ["subnet-1"], allowed_vpcs=("vpc-1",))
    assert partly.compliance is Compliance.NON_COMPLIANT
    assert partly.reason.endswith("not allowed: subnet-2.")


def test_subnets_and_vpcs_may_both_be_allowed() -> None:
    parameters: dict[str, Any] = {"allowed_subnets": ("subnet-1",), "allowed_vpcs": ("vpc-1",)}

    mixed = in_vpcs(function("subnet-1", "subnet-2"), ["subnet-2"], ["subnet-2"], **parameters)
    assert mixed.compliance is Compliance.COMPLIANT
    # Nothing is asked, since account_with() has no client.
    assert verdict(function("subnet-1"), **parameters).compliance is Compliance.COMPLIANT


def test_exempt_functions_may_run_anywhere() -> None:
    assert verdict(function(), exempt_functions=("edge-*", "orders")).compliance is Compliance.NOT_APPLICABLE
    assert verdict(function(), exempt_functions=("edge-*", "order")).compliance is Compliance.NON_COMPLIANT


@pytest.mark.parametrize("vpc_config", ["none", {"subnetIds": "subnet-1"}, {"subnetIds": [1]}])
def test_a_malformed_item_is_no_verdict(vpc_config: object) -> None:
    with pytest.raises(EventError, match="vpcConfig"):
        verdict(function(vpcConfig=vpc_config))


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"allowed_subnets": ("vpc-1",)}, "allowed_subnets has 'vpc-1'; ids begin with subnet-"),
        ({"allowed_vpcs": ("subnet-1",)}, "allowed_vpcs has 'subnet-1'; ids begin with vpc-"),
    ],
)
def test_ids_of_another_kind_are_refused(parameters: dict[str, Any], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        Parameters(**parameters)
