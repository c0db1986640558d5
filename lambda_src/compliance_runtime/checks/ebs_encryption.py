"""EBS volumes are encrypted, with an approved key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from compliance_runtime.check import ChangeCheck, Severity, Verdict
from compliance_runtime.resources.encryption import ApprovedKeys, encryption_verdict

if TYPE_CHECKING:
    from compliance_runtime.evaluation.configuration_item import ConfigurationItem


@dataclass(frozen=True)
class Parameters(ApprovedKeys):
    """Approved keys."""


def evaluate(item: ConfigurationItem, parameters: Parameters) -> Verdict:
    """Return compliant if the volume is encrypted with an approved key."""
    remedy = "copy a snapshot of it with encryption and make the volume anew from the copy"
    return encryption_verdict(item.members, "encrypted", parameters, remedy=remedy)


CHECK = ChangeCheck(
    id="ebs-encryption",
    title="Encrypted volumes",
    description=(
        "EBS volumes must be encrypted, with an approved KMS key where keys are listed, so that the data, its "
        "snapshots and the traffic to the instance cannot be read without the key."
    ),
    remediation=(
        "Copy a snapshot of the volume with encryption, and replace the volume by one that is made of it. Switch "
        "encryption by default on."
    ),
    severity=Severity.MEDIUM,
    resource_types=("AWS::EC2::Volume",),
    parameters=Parameters,
    evaluate=evaluate,
)
