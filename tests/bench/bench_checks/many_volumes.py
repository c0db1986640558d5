"""Finds as many volumes as a parameter says, without asking for them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from compliance_runtime.check import Finding, PeriodicCheck, Severity, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compliance_runtime.account import Account


@dataclass(frozen=True)
class Parameters:
    volumes: int = field(default=0, metadata={"doc": "The number of volumes."})


def evaluate(_: Account, parameters: Parameters) -> Iterator[Finding]:
    for number in range(parameters.volumes):
        verdict = Verdict.non_compliant(f"Volume vol-{number:017x} has been attached to nothing for 30 days.")
        yield Finding("AWS::EC2::Volume", f"vol-{number:017x}", verdict)


CHECK = PeriodicCheck(
    id="many-volumes",
    title="Many volumes",
    description="Finds volumes.",
    severity=Severity.LOW,
    resource_types=("AWS::EC2::Volume",),
    parameters=Parameters,
    evaluate=evaluate,
    actions=("ec2:DescribeVolumes",),
)
