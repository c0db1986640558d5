"""Databases have no public address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compliance_runtime.check import ChangeCheck, Severity, Verdict
from compliance_runtime.parameters import NoParameters

if TYPE_CHECKING:
    from compliance_runtime.evaluation.configuration_item import ConfigurationItem


def evaluate(item: ConfigurationItem, _: NoParameters) -> Verdict:
    """Return compliant if the instance is not publicly accessible."""
    if item.members.flag("publiclyAccessible"):
        return Verdict.non_compliant(
            "The database is publicly accessible, its name leads to a public address: switch public access off."
        )
    return Verdict.compliant("The database has no public address.")


CHECK = ChangeCheck(
    id="rds-not-public",
    title="No public databases",
    description=(
        "RDS instances must not be publicly accessible: with a public address, only their security groups keep the "
        "internet from trying passwords."
    ),
    remediation="Set PubliclyAccessible to false, and let clients in through the VPC.",
    severity=Severity.HIGH,
    resource_types=("AWS::RDS::DBInstance",),
    parameters=NoParameters,
    evaluate=evaluate,
)
