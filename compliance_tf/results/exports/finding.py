"""Texts about a result that several formats share."""

from __future__ import annotations

import hashlib
from datetime import UTC
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

from compliance_tf.output.sanitize import visible
from compliance_tf.results.rule_text import description, remediation, rule_url

if TYPE_CHECKING:
    from datetime import datetime

    from compliance_runtime.recording.results import Result
    from compliance_tf.results.row import Row

PRODUCT: Final = "compliance-tf"
PRODUCT_VERSION: Final = version(PRODUCT)


def finding_id(result: Result) -> str:
    """Build an id that a resource and rule keep, whatever the result.

    It contains a hash, because the id of a resource may be longer than an id in the formats.

    Returns
    -------
    str
        The product, the rule's name and 32 hexadecimal digits: 177 characters at most.
    """
    key = f"{result.rule_name}\n{result.resource.key}".encode(errors="surrogatepass")
    return f"{PRODUCT}/{result.rule_name}/{hashlib.sha256(key).hexdigest()[:32]}"


def title(row: Row) -> str:
    """Return a title of one line."""
    resource = row.result.resource
    called = f"{row.resource_name} ({resource.id})" if row.resource_name else resource.id
    return visible(f"{row.rule.name}: {resource.type} {called}")


def reason(row: Row) -> str:
    """Explain a result.

    Most AWS managed rules give no reason.

    Returns
    -------
    str
        The rule's own reason if there is one, else a description of the rule: never blank, and on one line.
    """
    said = visible((row.result.annotation or "").strip())
    if said:
        return said
    page = rule_url(row.rule)
    more = f" What it asks for: {page}" if page else ""
    about = f"{row.rule.name}, which gives no reason. {description(row.rule)}{more}"
    return visible(f"{row.result.compliance.value} by {about}")


def fix(row: Row) -> str:
    """Return the remediation, and the page of the rule."""
    page = rule_url(row.rule)
    return f"{remediation(row.rule)} {page}" if page else remediation(row.rule)


def waiver_text(row: Row) -> str:
    """Return the waiver's owner, expiry and reason; empty without a waiver."""
    waiver = row.result.waiver
    if waiver is None:
        return ""
    return visible(f"{waiver.ticket} of {waiver.owner}, until {waiver.expires.isoformat()}: {waiver.reason}")


def timestamp(time: datetime) -> str:
    """Format a time in ISO 8601, in UTC, with milliseconds and ``Z``."""
    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
