"""EBS volumes are encrypted, with an approved key."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lambda_src.check import ChangeCheck, Severity, Verdict
from lambda_src.resources.encryption import encryption_verdict
from lambda_src.resources.kms_keys import KEYS_DOC, refuse_other_than_keys

if TYPE_CHECKING:
    from lambda_src.configuration_item import ConfigurationItem


@dataclass(frozen=True)
class Parameters:
    """With which keys.

    Raises
    ------
    ParameterError
        When a text is neither a key id nor a key ARN.
    """

    approved_keys: tuple[str, ...] = field(default=(), metadata={"doc": KEYS_DOC})

    def __post_init__(self) -> None:
        """Refuse what is no key."""
        refuse_other_than_keys("approved_keys", self.approved_keys)


def evaluate(item: ConfigurationItem, parameters: Parameters) -> Verdict:
    """Call it compliant if the volume is encrypted with an approved key."""
    remedy = "copy a snapshot of it with encryption and make the volume anew from the copy"
    return encryption_verdict(item.members, "encrypted", parameters.approved_keys, remedy=remedy)


CHECK = ChangeCheck(
    id="ebs-encryption",
    title="Encrypted volumes",
    description=(
        "EBS volumes must be encrypted, with an approved KMS key where keys are listed, so that the data, its "
        "snapshots and the traffic to the instance cannot be read without the key."
    ),
    severity=Severity.MEDIUM,
    resource_types=("AWS::EC2::Volume",),
    parameters=Parameters,
    evaluate=evaluate,
)
