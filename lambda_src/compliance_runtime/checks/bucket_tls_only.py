"""Buckets refuse requests that come without TLS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compliance_runtime.check import ChangeCheck, Severity, Verdict
from compliance_runtime.parameters import NoParameters
from compliance_runtime.policy.conditions import Truth
from compliance_runtime.resources.bucket_access import bucket_policy

if TYPE_CHECKING:
    from compliance_runtime.evaluation.configuration_item import ConfigurationItem
    from compliance_runtime.policy.document import Statement

WITHOUT_TLS = {"aws:securetransport": "false"}


def evaluate(item: ConfigurationItem, _: NoParameters) -> Verdict:
    """Return compliant if the policy denies everyone everything without TLS, to the bucket and all its objects."""
    denials = [statement for statement in bucket_policy(item).denying if _denies_plain(statement)]
    # A key has at least one character.
    parts = {"the bucket": "", "its objects": "/?*"}
    open_parts = [part for part, end in parts.items() if not any(_covers(one, _arn(item) + end) for one in denials)]
    if open_parts:
        return Verdict.non_compliant(
            f"The bucket policy does not deny requests without TLS to {' and '.join(open_parts)}: "
            "deny s3:* to all principals when aws:SecureTransport is false."
        )
    return Verdict.compliant("The bucket policy denies all requests without TLS.")


def _arn(item: ConfigurationItem) -> str:
    return item.arn or f"arn:aws:s3:::{item.resource_id}"


def _denies_plain(statement: Statement) -> bool:
    """Return whether a denial covers every request without TLS: any other condition would weaken it."""
    return (
        statement.principals is not None
        and statement.principals.everyone_without_exception
        and statement.actions.covers("s3:*")
        and statement.holds(WITHOUT_TLS) is Truth.ALWAYS
    )


def _covers(statement: Statement, arn: str) -> bool:
    # A denial with NotResource is not counted: which requests it covers is not obvious.
    resources = statement.resources
    return resources is not None and not resources.negated and resources.covers(arn)


CHECK = ChangeCheck(
    id="bucket-tls-only",
    title="Buckets only by TLS",
    description="Bucket policies must deny every request without TLS, to the bucket and to all its objects.",
    remediation=(
        "Add a statement to the bucket policy that denies s3:* to everyone, on the bucket and its objects, where "
        "aws:SecureTransport is false."
    ),
    severity=Severity.MEDIUM,
    resource_types=("AWS::S3::Bucket",),
    parameters=NoParameters,
    evaluate=evaluate,
)
