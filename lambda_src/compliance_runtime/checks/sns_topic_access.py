"""Topic policies allow only the account and trusted principals."""

from __future__ import annotations

from dataclasses import dataclass

from compliance_runtime.check import ChangeCheck, Severity
from compliance_runtime.resources.messaging_access import MessagingParameters, messaging_verdict


@dataclass(frozen=True)
class Parameters(MessagingParameters):
    """Trusted principals, and whether services of AWS need a source."""


CHECK = ChangeCheck(
    id="sns-topic-access",
    title="Topics for trusted principals",
    description=(
        "Policies of topics must let in nobody but the topic's own account and the listed accounts, organizations and "
        "principals, so that nobody else publishes or subscribes."
    ),
    remediation=(
        "Remove the principal from the topic's policy, or bound its statement with aws:SourceAccount, "
        "aws:SourceArn or aws:PrincipalOrgID."
    ),
    severity=Severity.HIGH,
    resource_types=("AWS::SNS::Topic",),
    parameters=Parameters,
    evaluate=messaging_verdict,
)
