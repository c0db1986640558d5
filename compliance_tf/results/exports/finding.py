"""What several formats say of a result in the same words."""

from __future__ import annotations

import hashlib
from datetime import UTC
from typing import TYPE_CHECKING, Final

from compliance_tf.catalog.managed_rules import managed_rules
from compliance_tf.output.sanitize import visible

if TYPE_CHECKING:
    from datetime import datetime

    from compliance_runtime.recording.results import Result
    from compliance_runtime.recording.rule_directory import RuleEntry

    from compliance_tf.results.row import Row

PRODUCT: Final = "compliance-tf"


def finding_id(result: Result) -> str:
    """Make an id that a resource and rule keep, whatever becomes of the result: 177 characters at most.

    It holds a hash, since the id of a resource may be longer than what the formats take for a whole id.
    """
    key = f"{result.rule_name}\n{result.resource.key}".encode(errors="surrogatepass")
    return f"{PRODUCT}/{result.rule_name}/{hashlib.sha256(key).hexdigest()[:32]}"


def title(row: Row) -> str:
    """Say in a line what it is about."""
    resource = row.result.resource
    return visible(f"{row.rule.name}: {resource.type} {resource.id}")


def reason(row: Row) -> str:
    """Say why, by the rule's own words where there are some: never blank."""
    said = visible((row.result.annotation or "").strip())
    return said or f"{row.result.compliance.value} by the rule {row.rule.name}, which gives no reason."


def waiver_text(row: Row) -> str:
    """Say who accepts the violation, until when and why; empty without a waiver."""
    waiver = row.result.waiver
    if waiver is None:
        return ""
    return visible(f"{waiver.ticket} of {waiver.owner}, until {waiver.expires.isoformat()}: {waiver.reason}")


def rule_url(rule: RuleEntry) -> str | None:
    """Give the page that describes a rule: AWS's for a managed rule, None for others."""
    facts = managed_rules().rules.get(rule.identifier or "")
    return facts.documentation_url if facts else None


def timestamp(time: datetime) -> str:
    """Write a time in ISO 8601, in UTC, with milliseconds and ``Z``."""
    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
