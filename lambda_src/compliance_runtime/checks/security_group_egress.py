"""Security groups restrict traffic to the internet to few ports."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from compliance_runtime.check import ChangeCheck, Severity, Verdict
from compliance_runtime.errors import ParameterError
from compliance_runtime.resources.opening_parameters import OpeningParameters
from compliance_runtime.resources.openings import openings
from compliance_runtime.resources.security_group import ALL_PORTS, permissions_of
from compliance_runtime.resources.tags import exempting_tag

if TYPE_CHECKING:
    from compliance_runtime.evaluation.configuration_item import ConfigurationItem


@dataclass(frozen=True)
class Parameters(OpeningParameters):
    """Allowed traffic and destinations.

    Raises
    ------
    ParameterError
        As ``OpeningParameters`` does, and when ``max_ports`` is out of its bounds.
    """

    max_ports: int = field(
        default=100,
        metadata={
            "doc": "Most ports of TCP or UDP that one rule may open to the internet without being allowed, 0 to "
            "65535. Other protocols have no ports: they are always too wide."
        },
    )

    def __post_init__(self) -> None:
        """Refuse what is no number of ports."""
        super().__post_init__()
        if not 0 <= self.max_ports < ALL_PORTS.stop:
            raise ParameterError(f"Parameter max_ports is {self.max_ports}; it must be 0 to {ALL_PORTS.stop - 1}.")


def evaluate(item: ConfigurationItem, parameters: Parameters) -> Verdict:
    """Return compliant if no rule opens more than some ports to anyone but the allowed."""
    permissions = permissions_of(item, "ipPermissionsEgress")
    exempt = exempting_tag(item.tags, parameters.exempt_tags)
    if exempt:
        return Verdict.not_applicable(f"Exempt by the tag {exempt}.")
    wide = [permission for permission in permissions if permission.width > parameters.max_ports]
    found = openings(wide, parameters)
    if found:
        return Verdict.non_compliant(f"Outbound: {'; '.join(found)}")
    return Verdict.compliant("No unrestricted egress to the internet.")


CHECK = ChangeCheck(
    id="security-group-egress",
    title="No unrestricted egress",
    description=(
        "Security groups must not let all traffic or many ports out to the internet, but for what is allowed: it is "
        "how data leaves and how malware calls home. EC2 gives every new group such a rule."
    ),
    remediation="Replace the rule by the ports and destinations that are used.",
    severity=Severity.LOW,
    resource_types=("AWS::EC2::SecurityGroup",),
    parameters=Parameters,
    evaluate=evaluate,
)
