"""Buckets encrypt new objects with approved keys."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from compliance_runtime.check import ChangeCheck, Severity, Verdict
from compliance_runtime.json_object import is_word
from compliance_runtime.resources.kms_keys import is_approved, refuse_other_than_keys

if TYPE_CHECKING:
    from compliance_runtime.evaluation.configuration_item import ConfigurationItem
    from compliance_runtime.json_object import JsonObject

S3_KEYS = "AES256"
KMS = "aws:kms"
# DSSE encrypts twice and has no bucket keys: https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingDSSEncryption.html
DOUBLE_KMS = "aws:kms:dsse"


@dataclass(frozen=True)
class Parameters:
    """Approved keys.

    Raises
    ------
    ParameterError
        When a text is neither a key id nor a key ARN.
    """

    require_kms: bool = field(
        default=True, metadata={"doc": "Ask for a KMS key (SSE-KMS or DSSE-KMS); false lets S3's own keys (SSE-S3) be."}
    )
    approved_keys: tuple[str, ...] = field(
        default=(),
        metadata={
            "doc": "KMS keys that are approved, by key id or key ARN; without any, every key is. A bucket that names "
            "its key by an alias violates the rule then, since the key behind it is not recorded."
        },
    )
    require_bucket_key: bool = field(
        default=False, metadata={"doc": "Ask for the S3 bucket key with SSE-KMS, which saves calls to KMS."}
    )

    def __post_init__(self) -> None:
        """Refuse what is no key."""
        refuse_other_than_keys("approved_keys", self.approved_keys)


def evaluate(item: ConfigurationItem, parameters: Parameters) -> Verdict:
    """Return compliant if the default encryption is by KMS with an approved key, as far as the parameters ask for it.

    Only the default is looked at: who puts an object may still choose something else, which a bucket policy can deny.

    Returns
    -------
    Verdict
        NON_COMPLIANT with each problem once, in the order of the rules that were recorded.
    """
    recorded = item.supplement("ServerSideEncryptionConfiguration")
    rules = recorded.objects("rules") if recorded else ()
    # Since January 2023 S3 encrypts with its own keys wherever nothing else is set.
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/default-encryption-faq.html
    problems = [_problems(rule, parameters) for rule in rules] or [_of_s3_keys(parameters)]
    found = list(dict.fromkeys(problem for one in problems for problem in one))
    if found:
        return Verdict.non_compliant(f"{' '.join(found)} Set the bucket's default encryption.")
    return Verdict.compliant("The default encryption is as the rule asks for.")


def _problems(rule: JsonObject, parameters: Parameters) -> list[str]:
    default = rule.optional_member("applyServerSideEncryptionByDefault")
    algorithm = default.text("sseAlgorithm") if default else S3_KEYS
    if is_word(algorithm, S3_KEYS):
        return _of_s3_keys(parameters)
    if not is_word(algorithm, KMS, DOUBLE_KMS):
        return [f"The default encryption is {algorithm}, not KMS."] if parameters.require_kms else []
    problems = []
    if parameters.approved_keys:
        key = default.optional_text("kmsMasterKeyID") if default else None
        if key is None or not is_approved(key, parameters.approved_keys):
            name = key or "the AWS managed key aws/s3"
            problems.append(f"The default encryption is with {name}, not an approved key.")
    if parameters.require_bucket_key and is_word(algorithm, KMS) and not rule.optional_flag("bucketKeyEnabled"):
        problems.append("The bucket key is off.")
    return problems


def _of_s3_keys(parameters: Parameters) -> list[str]:
    return ["The default encryption is with S3's own keys (SSE-S3), not KMS."] if parameters.require_kms else []


CHECK = ChangeCheck(
    id="bucket-encryption",
    title="Buckets encrypted with approved keys",
    description=(
        "The default encryption of buckets must be by KMS, with an approved key where keys are listed, so that reading "
        "an object also takes the permission to use the key."
    ),
    remediation=(
        "Set the bucket's default encryption to SSE-KMS with an approved key. Objects that are there keep theirs "
        "until they are copied onto themselves."
    ),
    severity=Severity.MEDIUM,
    resource_types=("AWS::S3::Bucket",),
    parameters=Parameters,
    evaluate=evaluate,
)
