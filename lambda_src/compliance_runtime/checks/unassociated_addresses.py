"""Elastic IP addresses are associated with something."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from compliance_runtime.check import ChangeCheck, Severity, Verdict
from compliance_runtime.evaluation.configuration_item import ConfigurationItem
from compliance_runtime.resources.tags import EXEMPT_TAGS_DOC, exempting_tag, refuse_impossible_tags


@dataclass(frozen=True)
class Parameters:
    """Exemptions.

    Raises
    ------
    ParameterError
        When a tag cannot exist.
    """

    exempt_tags: Mapping[str, tuple[str, ...]] = field(default_factory=dict, metadata={"doc": EXEMPT_TAGS_DOC})

    def __post_init__(self) -> None:
        """Refuse tags that AWS could never hold."""
        refuse_impossible_tags("exempt_tags", self.exempt_tags)


def evaluate(item: ConfigurationItem, parameters: Parameters) -> Verdict:
    """Return compliant if the address belongs to an instance or a network interface."""
    members = item.members
    address = members.optional_text("publicIp") or item.resource_id
    holder = (
        members.optional_text("instanceId")
        or members.optional_text("networkInterfaceId")
        or members.optional_text("associationId")
    )
    if holder:
        return Verdict.compliant(f"{address} is associated with {holder}.")
    exempt = exempting_tag(item.tags, parameters.exempt_tags)
    if exempt:
        return Verdict.not_applicable(f"Exempt by the tag {exempt}.")
    return Verdict.non_compliant(f"{address} is associated with nothing and costs money: release it.")


CHECK = ChangeCheck(
    id="unassociated-addresses",
    title="Unassociated addresses",
    description=(
        "Elastic IP addresses must be associated with an instance or a network interface: unused ones cost money, and "
        "names that still lead to them may soon lead to somebody else."
    ),
    remediation="Release the address, after no DNS record leads to it; or associate it.",
    severity=Severity.LOW,
    resource_types=("AWS::EC2::EIP",),
    parameters=Parameters,
    evaluate=evaluate,
)
