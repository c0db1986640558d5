"""Instances require a session token for their metadata."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from compliance_runtime.check import ChangeCheck, Severity, Verdict
from compliance_runtime.errors import ParameterError
from compliance_runtime.resources.ec2_instances import ended_state

if TYPE_CHECKING:
    from compliance_runtime.evaluation.configuration_item import ConfigurationItem

# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceMetadataOptionsRequest.html
HOP_LIMITS = range(1, 65)


@dataclass(frozen=True)
class Parameters:
    """The hop limit of tokens.

    Raises
    ------
    ParameterError
        When the limit is out of its bounds.
    """

    max_hop_limit: int = field(
        default=HOP_LIMITS[-1],
        metadata={"doc": "Most network hops that a token may travel, 1 to 64; 1 keeps it from containers."},
    )

    def __post_init__(self) -> None:
        """Refuse a limit that EC2 does not accept."""
        if self.max_hop_limit not in HOP_LIMITS:
            raise ParameterError(f"Parameter max_hop_limit is {self.max_hop_limit}; EC2 allows 1 to {HOP_LIMITS[-1]}.")


def evaluate(item: ConfigurationItem, parameters: Parameters) -> Verdict:
    """Return compliant if metadata takes a token that travels no further than allowed, or cannot be asked at all."""
    ended = ended_state(item.members)
    if ended:
        return Verdict.not_applicable(f"The instance is {ended}.")
    options = item.members.optional_member("metadataOptions")
    if options is None:
        # An item from before EC2 had these options: the instance accepts requests of both versions.
        return Verdict.non_compliant("No metadata options are recorded (IMDSv1): set HttpTokens to required.")
    if options.is_word("httpEndpoint", "disabled"):
        return Verdict.compliant("The metadata service is switched off.")
    if not options.is_word("httpTokens", "required"):
        return Verdict.non_compliant(
            "The metadata service answers requests without a token (IMDSv1): set HttpTokens to required."
        )
    hops = options.number("httpPutResponseHopLimit")
    if hops > parameters.max_hop_limit:
        return Verdict.non_compliant(
            f"Metadata tokens travel {hops} hops: set HttpPutResponseHopLimit to at most {parameters.max_hop_limit}."
        )
    return Verdict.compliant("The metadata service asks for a token (IMDSv2).")


CHECK = ChangeCheck(
    id="ec2-imdsv2",
    title="Metadata by IMDSv2",
    description=(
        "Instances must require session tokens for their metadata (IMDSv2): without them, a request that an "
        "application is tricked into making reads the credentials of the instance's role."
    ),
    remediation=(
        "Set HttpTokens to required, for the instance and in its launch template, after its software uses session "
        "tokens."
    ),
    severity=Severity.HIGH,
    resource_types=("AWS::EC2::Instance",),
    parameters=Parameters,
    evaluate=evaluate,
)
