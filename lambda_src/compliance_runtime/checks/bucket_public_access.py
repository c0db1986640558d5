"""Buckets are not open to the public."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from compliance_runtime.check import LookupCheck, Severity, Verdict
from compliance_runtime.errors import EventError, ParameterError
from compliance_runtime.json_object import JsonObject
from compliance_runtime.policy.exposure import public_statements
from compliance_runtime.policy.patterns import any_matches
from compliance_runtime.resources.bucket_access import bucket_policy, public_grants

if TYPE_CHECKING:
    from compliance_runtime.account import Account
    from compliance_runtime.evaluation.configuration_item import ConfigurationItem


MAX_NAME = 255
"""Characters of a bucket's name: 63, but 255 for old ones in us-east-1."""


@dataclass(frozen=True)
class Parameters:
    """Buckets that may be public.

    Raises
    ------
    ParameterError
        When a text can match no bucket's name.
    """

    public_buckets: tuple[str, ...] = field(
        default=(),
        metadata={"doc": "Names of buckets that may be public, as acme-website-*: * for any characters, ? for one."},
    )

    def __post_init__(self) -> None:
        """Refuse what is no name."""
        for name in self.public_buckets:
            if not 1 <= len(name) <= MAX_NAME or any(character in name for character in "/: "):
                raise ParameterError(
                    f"Parameter public_buckets: {name!r:.80} must be a bucket's name, not an ARN or a path, of 1 to "
                    f"{MAX_NAME} characters; * stands for any characters, ? for one."
                )


@dataclass(frozen=True)
class Opening:
    """A grant to anyone, and the API name of the public access block setting that would stop it."""

    words: str
    stopped_by: str


def evaluate(item: ConfigurationItem, parameters: Parameters, account: Account) -> Verdict:
    """Return compliant if neither policy nor ACL let anyone in that no public access block stops.

    ACLs of single objects and policies of access points are not recorded with the bucket, and thus not seen.

    Returns
    -------
    Verdict
        NON_COMPLIANT with the statements and grants that make it public. The account is asked for its block only where
        the bucket's own stops less than all of them.
    """
    if parameters.public_buckets and any_matches(parameters.public_buckets, item.resource_id):
        return Verdict.compliant("The bucket may be public: it is listed in the rule's public_buckets.")
    statements = public_statements(bucket_policy(item))
    found = [
        *(Opening(f"its policy ({statement.name})", "RestrictPublicBuckets") for statement in statements),
        *(Opening(f"its ACL ({grant})", "IgnorePublicAcls") for grant in public_grants(item)),
    ]
    block = item.supplement("PublicAccessBlockConfiguration")
    openings = [one for one in found if block is None or not block.optional_flag(_recorded_name(one.stopped_by))]
    if not openings:
        return Verdict.compliant("Neither the bucket's policy nor its ACL opens it to anyone.")
    account_block = _account_block(account)
    effective = [
        one.words for one in openings if account_block is None or not account_block.optional_flag(one.stopped_by)
    ]
    if not effective:
        return Verdict.compliant("The account's public access block stops what the bucket would open to anyone.")
    return Verdict.non_compliant(
        f"The bucket is public by {', '.join(effective)}: close that, or turn on the bucket's public access block."
    )


def _recorded_name(setting: str) -> str:
    return setting[0].lower() + setting[1:]


def _account_block(account: Account) -> JsonObject | None:
    s3control = account.client("s3control")
    try:
        answer = s3control.get_public_access_block(AccountId=account.id)
    except s3control.exceptions.NoSuchPublicAccessBlockConfiguration:
        return None
    return JsonObject.of(answer, "GetPublicAccessBlock", EventError).member("PublicAccessBlockConfiguration")


CHECK = LookupCheck(
    id="bucket-public-access",
    title="No public buckets",
    description=(
        "Buckets must not be open to anyone by policy or ACL, unless the public access block of the bucket or of the "
        "account stops it, or the bucket is listed as a public one."
    ),
    remediation=(
        "Switch all four settings of the bucket's public access block on, and serve public content through "
        "CloudFront with origin access control."
    ),
    severity=Severity.CRITICAL,
    resource_types=("AWS::S3::Bucket",),
    parameters=Parameters,
    evaluate=evaluate,
    actions=("s3:GetAccountPublicAccessBlock",),
)
