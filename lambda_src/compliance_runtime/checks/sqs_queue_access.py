"""Queue policies allow only the account and trusted principals."""

from __future__ import annotations

from dataclasses import dataclass

from compliance_runtime.check import ChangeCheck, Severity
from compliance_runtime.resources.messaging_access import MessagingParameters, messaging_verdict


@dataclass(frozen=True)
class Parameters(MessagingParameters):
    """Trusted principals, and whether services of AWS need a source."""


CHECK = ChangeCheck(
    id="sqs-queue-access",
    title="Queues for trusted principals",
    description=(
        "Policies of queues must let in nobody but the queue's own account and the listed accounts, organizations and "
        "principals, so that nobody else reads or sends messages."
    ),
    remediation=(
        "Remove the principal from the queue's policy, or bound its statement with aws:SourceAccount, "
        "aws:SourceArn or aws:PrincipalOrgID."
    ),
    severity=Severity.HIGH,
    resource_types=("AWS::SQS::Queue",),
    parameters=Parameters,
    evaluate=messaging_verdict,
)
