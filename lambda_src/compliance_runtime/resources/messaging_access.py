"""Access to queues and topics by their policies."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from compliance_runtime.policy.document import PolicyDocument
from compliance_runtime.policy.exposure import unsourced_services
from compliance_runtime.resources.resource_access import TrustParameters, access_verdict

if TYPE_CHECKING:
    from compliance_runtime.check import Verdict
    from compliance_runtime.evaluation.configuration_item import ConfigurationItem


@dataclass(frozen=True)
class MessagingParameters(TrustParameters):
    """Trusted principals, and whether services of AWS need a source."""

    require_source: bool = field(
        default=False,
        metadata={
            "doc": "Also refuse services of AWS that come in without a condition on aws:SourceArn, aws:SourceAccount "
            "or aws:SourceOrgID: anyone who uses the service can have it send (the confused deputy)."
        },
    )


def messaging_verdict(item: ConfigurationItem, parameters: MessagingParameters) -> Verdict:
    """Return compliant if the policy of the queue or topic lets in nobody but the trusted.

    Services of AWS may come in, unless a condition has them act for somebody else.

    Returns
    -------
    Verdict
        NON_COMPLIANT with all others that it lets in, and the services that it lets in for anyone where that is asked
        for.
    """
    # A JSON text, missing or null where there is no policy.
    document = PolicyDocument.read(item.members.optional_text("Policy"), f"{item.label}: configuration.Policy")
    others = unsourced_problems(document, parameters)
    return access_verdict(document, parameters.trusted(item.account), policy="The policy", others=others)


def unsourced_problems(document: PolicyDocument, parameters: MessagingParameters) -> tuple[str, ...]:
    """List the services of AWS that a policy allows without a source, if the parameters require one."""
    services = unsourced_services(document) if parameters.require_source else ()
    return (
        (f"No source is asked of {', '.join(services)}: add aws:SourceArn or aws:SourceAccount.",) if services else ()
    )
