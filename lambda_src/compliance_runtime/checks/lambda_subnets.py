"""Functions run in the allowed subnets."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from compliance_runtime.check import LookupCheck, Severity, Verdict
from compliance_runtime.errors import ParameterError
from compliance_runtime.policy.patterns import any_matches

if TYPE_CHECKING:
    from compliance_runtime.account import Account
    from compliance_runtime.evaluation.configuration_item import ConfigurationItem


@dataclass(frozen=True)
class Parameters:
    """Allowed subnets and VPCs, and exemptions. Without any, every VPC is allowed.

    Raises
    ------
    ParameterError
        When an id is not one of a subnet or a VPC.
    """

    allowed_subnets: tuple[str, ...] = field(default=(), metadata={"doc": "Ids of subnets, as subnet-0a1b2c3d."})
    allowed_vpcs: tuple[str, ...] = field(
        default=(), metadata={"doc": "Ids of VPCs with all of their subnets, as vpc-0a1b2c3d."}
    )
    exempt_functions: tuple[str, ...] = field(
        default=(), metadata={"doc": "Names of functions that may run anywhere, as edge-*; case-sensitive."}
    )

    def __post_init__(self) -> None:
        """Refuse ids of other kinds."""
        _must_begin("allowed_subnets", self.allowed_subnets, "subnet-")
        _must_begin("allowed_vpcs", self.allowed_vpcs, "vpc-")


def _must_begin(name: str, ids: tuple[str, ...], prefix: str) -> None:
    for resource_id in ids:
        if not resource_id.startswith(prefix):
            raise ParameterError(f"Parameter {name} has {resource_id!r:.80}; ids begin with {prefix}.")


def evaluate(item: ConfigurationItem, parameters: Parameters, account: Account) -> Verdict:
    """Return compliant if all subnets of the function are allowed, by themselves or by their VPC."""
    if any_matches(parameters.exempt_functions, item.resource_id):
        return Verdict.not_applicable("The function is exempt.")
    vpc_config = item.members.optional_member("vpcConfig")
    # A missing configuration and one without subnets both mean a function outside of any VPC.
    subnets = vpc_config.texts("subnetIds") if vpc_config else ()
    if not subnets:
        return Verdict.non_compliant("The function is not in a VPC: put it into the allowed subnets.")
    if not parameters.allowed_subnets and not parameters.allowed_vpcs:
        return Verdict.compliant("The function is in a VPC.")
    others = sorted(set(subnets) - set(parameters.allowed_subnets))
    if others and parameters.allowed_vpcs:
        others = sorted(set(others) - _subnets_of(parameters.allowed_vpcs, others, account))
    if others:
        return Verdict.non_compliant(f"The function is in subnets that are not allowed: {', '.join(others)}.")
    return Verdict.compliant("All subnets of the function are allowed.")


def _subnets_of(vpcs: tuple[str, ...], subnets: list[str], account: Account) -> set[str]:
    """Ask which of the subnets belong to the VPCs, which AWS Config does not record with a function."""
    # A filter, unlike a list of ids, does not fail on a deleted subnet. It applies page by page: any may be empty.
    pages = (
        account.client("ec2")
        .get_paginator("describe_subnets")
        .paginate(Filters=[{"Name": "subnet-id", "Values": subnets}, {"Name": "vpc-id", "Values": list(vpcs)}])
    )
    return {subnet["SubnetId"] for page in pages for subnet in page["Subnets"]}


CHECK = LookupCheck(
    id="lambda-subnets",
    title="Functions in allowed subnets",
    description="Functions must run in a VPC, in the allowed subnets or VPCs only, so that their traffic passes the "
    "network's controls.",
    remediation=(
        "Set the function's subnets to allowed ones, with the VPC endpoints or the NAT gateway that it needs."
    ),
    severity=Severity.MEDIUM,
    resource_types=("AWS::Lambda::Function",),
    parameters=Parameters,
    evaluate=evaluate,
    actions=("ec2:DescribeSubnets",),
)
