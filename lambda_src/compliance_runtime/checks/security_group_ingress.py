"""Security groups allow traffic from the internet on allowed ports only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from compliance_runtime.check import ChangeCheck, Severity, Verdict
from compliance_runtime.resources.opening_parameters import OpeningParameters
from compliance_runtime.resources.openings import openings
from compliance_runtime.resources.security_group import permissions_of
from compliance_runtime.resources.tags import exempting_tag

if TYPE_CHECKING:
    from compliance_runtime.evaluation.configuration_item import ConfigurationItem


@dataclass(frozen=True)
class Parameters(OpeningParameters):
    """Allowed traffic and sources."""


def evaluate(item: ConfigurationItem, parameters: Parameters) -> Verdict:
    """Return compliant if nothing but what is allowed is open to anyone but the allowed."""
    permissions = permissions_of(item, "ipPermissions")
    exempt = exempting_tag(item.tags, parameters.exempt_tags)
    if exempt:
        return Verdict.not_applicable(f"Exempt by the tag {exempt}.")
    found = openings(permissions, parameters)
    if found:
        return Verdict.non_compliant("; ".join(found))
    return Verdict.compliant("No ingress from the internet but on the allowed ports.")


CHECK = ChangeCheck(
    id="security-group-ingress",
    title="No ingress from the internet",
    description=(
        "Security groups must not be open to the internet, but for the allowed ports, protocols, address ranges, "
        "prefix lists and exempt tags: whatever is open is found and tried within minutes."
    ),
    remediation=(
        "Remove the rule, or limit it to known address ranges; reach servers through Session Manager or a VPN."
    ),
    severity=Severity.HIGH,
    resource_types=("AWS::EC2::SecurityGroup",),
    parameters=Parameters,
    evaluate=evaluate,
)
