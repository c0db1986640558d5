"""Bucket policies allow only the account and trusted principals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from compliance_runtime.check import ChangeCheck, Severity, Verdict
from compliance_runtime.resources.bucket_access import bucket_policy
from compliance_runtime.resources.log_delivery import LOG_DELIVERY_ACCOUNTS
from compliance_runtime.resources.resource_access import TrustParameters, access_verdict

if TYPE_CHECKING:
    from compliance_runtime.evaluation.configuration_item import ConfigurationItem


@dataclass(frozen=True)
class Parameters(TrustParameters):
    """Trusted principals."""


def evaluate(item: ConfigurationItem, parameters: Parameters) -> Verdict:
    """Return compliant if the policy lets in nobody but the trusted.

    Services of AWS may come in, unless a condition has them act for somebody else; so may the accounts by which AWS
    delivers logs. The public access block is not
    looked at: it stops the public, not other accounts.

    Returns
    -------
    Verdict
        NON_COMPLIANT with all others that it lets in; a bucket without a policy is compliant.
    """
    owner = item.members.optional_member("owner")
    canonical_id = owner.optional_text("id") if owner else None
    trusted = parameters.trusted(item.account, *LOG_DELIVERY_ACCOUNTS, *([canonical_id] if canonical_id else []))
    return access_verdict(bucket_policy(item), trusted, policy="The bucket policy")


CHECK = ChangeCheck(
    id="bucket-policy-principals",
    title="Bucket policies for trusted principals",
    description=(
        "Bucket policies must let in nobody but the bucket's own account and the listed accounts, organizations and "
        "principals, so that data does not leave by a forgotten or mistaken grant."
    ),
    remediation=(
        "Remove the principal from the bucket policy, or bound its statement with aws:PrincipalOrgID, "
        "aws:PrincipalAccount or aws:SourceAccount."
    ),
    severity=Severity.HIGH,
    resource_types=("AWS::S3::Bucket",),
    parameters=Parameters,
    evaluate=evaluate,
)
