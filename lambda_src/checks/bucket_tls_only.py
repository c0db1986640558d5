"""Buckets refuse requests that come without TLS."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from lambda_src.check import ChangeCheck, Severity, Verdict
from lambda_src.parameters import NoParameters

if TYPE_CHECKING:
    from lambda_src.configuration_item import ConfigurationItem
    from lambda_src.json_object import JsonValue


def evaluate(item: ConfigurationItem, _: NoParameters) -> Verdict:
    """Call it compliant if the policy denies everyone everything without TLS, to the bucket and all its objects."""
    statements = _statements(item.supplementary.get("BucketPolicy"))
    denials = [statement for statement in statements if _denies_plain(statement)]
    resources = [text for statement in denials for text in _texts(statement.get("Resource"))]
    bucket = item.arn or f"arn:aws:s3:::{item.resource_id}"
    parts = {
        "the bucket": _covers_bucket(resources, bucket),
        "its objects": _covers_objects(resources, bucket),
    }
    open_parts = [part for part, covered in parts.items() if not covered]
    if open_parts:
        return Verdict.non_compliant(
            f"The bucket policy does not deny requests without TLS to {' and '.join(open_parts)}: "
            "deny s3:* to all principals when aws:SecureTransport is false."
        )
    return Verdict.compliant("The bucket policy denies all requests without TLS.")


def _statements(policy: JsonValue) -> list[Mapping[str, object]]:
    """Read the statements of the recorded policy; a bucket without one has a null text."""
    text = policy.get("policyText") if isinstance(policy, dict) else None
    document = json.loads(text) if isinstance(text, str) else {}
    statements = document.get("Statement", [])
    return [statements] if isinstance(statements, Mapping) else list(statements)


def _denies_plain(statement: Mapping[str, object]) -> bool:
    return (
        statement.get("Effect") == "Deny"
        and _everyone(statement.get("Principal"))
        and any(action.lower() in {"*", "s3:*"} for action in _texts(statement.get("Action")))
        and _holds_without_tls(statement.get("Condition"))
    )


def _everyone(principal: object) -> bool:
    accounts = principal.get("AWS") if isinstance(principal, Mapping) else principal
    return "*" in _texts(accounts)


def _holds_without_tls(condition: object) -> bool:
    """Tell whether a denial meets every request without TLS: any other condition beside that would weaken it."""
    if not condition:
        return True
    if not isinstance(condition, Mapping) or len(condition) != 1:
        return False
    operator, keys = next(iter(condition.items()))
    if operator not in {"Bool", "BoolIfExists"} or not isinstance(keys, Mapping) or len(keys) != 1:
        return False
    key, values = next(iter(keys.items()))
    return key.lower() == "aws:securetransport" and "false" in {value.lower() for value in _texts(values)}


def _covers_bucket(resources: Iterable[str], bucket: str) -> bool:
    return any(_matches(pattern, bucket) for pattern in resources)


def _covers_objects(resources: Iterable[str], bucket: str) -> bool:
    # Only wildcards match a key of one character that no policy can spell; the last `*` takes longer keys.
    return any(pattern.endswith("*") and _matches(pattern, f"{bucket}/\0") for pattern in resources)


def _matches(pattern: str, arn: str) -> bool:
    expression = "".join({"*": ".*", "?": "."}.get(character, re.escape(character)) for character in pattern)
    return re.fullmatch(expression, arn, re.DOTALL) is not None


def _texts(value: object) -> list[str]:
    """Read one value or a list of them; true and false may also be JSON's own."""
    values = value if isinstance(value, list) else [] if value is None else [value]
    return [element if isinstance(element, str) else json.dumps(element) for element in values]


CHECK = ChangeCheck(
    id="bucket-tls-only",
    title="Buckets only by TLS",
    description="Bucket policies must deny every request without TLS, to the bucket and to all its objects.",
    severity=Severity.MEDIUM,
    resource_types=("AWS::S3::Bucket",),
    parameters=NoParameters,
    evaluate=evaluate,
)
