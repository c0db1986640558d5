"""Key policies allow only the account and trusted principals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from compliance_runtime.check import ChangeCheck, Severity, Verdict
from compliance_runtime.errors import EventError
from compliance_runtime.json_object import is_word
from compliance_runtime.policy.document import PolicyDocument
from compliance_runtime.resources.resource_access import TrustParameters, access_verdict

if TYPE_CHECKING:
    from compliance_runtime.evaluation.configuration_item import ConfigurationItem

# https://docs.aws.amazon.com/kms/latest/APIReference/API_KeyMetadata.html
PENDING_DELETION = ("PendingDeletion", "PendingReplicaDeletion")


@dataclass(frozen=True)
class Parameters(TrustParameters):
    """Trusted principals."""


def evaluate(item: ConfigurationItem, parameters: Parameters) -> Verdict:
    """Return compliant if the key policy lets in nobody but the trusted.

    Services of AWS may come in, unless a condition has them act for somebody else. Grants are not recorded.

    Returns
    -------
    Verdict
        NON_COMPLIANT with all others that it lets in; NOT_APPLICABLE for a key of AWS, or one that is about to be
        deleted.

    Raises
    ------
    EventError
        When the policy was not recorded, or is not valid in IAM.
    """
    if item.members.is_word("keyManager", "AWS"):
        return Verdict.not_applicable("AWS manages the key and its policy.")
    state = item.members.text("keyState")
    if is_word(state, *PENDING_DELETION):
        return Verdict.not_applicable(f"The key is about to be deleted: {state}.")
    place = f"{item.label}: Policy"
    document = PolicyDocument.read(item.supplementary.get("Policy"), place)
    if not document.statements:
        # Every key has a policy, but one that keeps AWS Config out cannot be read.
        raise EventError(f"{place} is missing: let AWS Config's role call kms:GetKeyPolicy.")
    return access_verdict(document, parameters.trusted(item.account), policy="The key policy")


CHECK = ChangeCheck(
    id="kms-key-policy",
    title="Key policies for trusted principals",
    description=(
        "Policies of KMS keys must let in nobody but the key's own account and the listed accounts, organizations and "
        "principals: who may use the key can read what it encrypts."
    ),
    remediation=(
        "Remove the principal from the key policy, or bound its statement with kms:CallerAccount, kms:ViaService "
        "or aws:PrincipalOrgID."
    ),
    severity=Severity.HIGH,
    resource_types=("AWS::KMS::Key",),
    parameters=Parameters,
    evaluate=evaluate,
)
