"""Small builders of what the table holds."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from compliance_runtime.check import Compliance, Severity
from compliance_runtime.recording.daily_counts import DailyCounts
from compliance_runtime.recording.results import Result
from compliance_runtime.recording.rule_directory import RuleEntry
from compliance_runtime.recording.table_schema import Resource
from compliance_runtime.waivers.waiver import WaiverNote

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
ACCOUNT = "111122223333"
REGION = "eu-central-1"
BUCKET = "AWS::S3::Bucket"


def bucket(name: str = "logs") -> Resource:
    return Resource(ACCOUNT, REGION, BUCKET, name)


def result(
    rule: str = "tls",
    resource: Resource | None = None,
    compliance: Compliance = Compliance.NON_COMPLIANT,
    *,
    severity: Severity = Severity.HIGH,
    days: int = 3,
    reason: str | None = None,
    waiver: WaiverNote | None = None,
) -> Result:
    """A result that has been so for some days."""
    since = NOW - timedelta(days=days)
    return Result(
        resource=resource or bucket(),
        rule_name=f"acme-dev-{rule}",
        severity=severity,
        compliance=compliance,
        annotation=reason,
        time=since,
        since=since,
        waiver=waiver,
    )


def waiver(expires: date = date.max) -> WaiverNote:
    return WaiverNote("SEC-214", "team-data", "Gone in spring.", "id logs", expires)


def rule(
    name: str = "tls", severity: Severity = Severity.HIGH, *packs: str, identifier: str | None = None
) -> RuleEntry:
    return RuleEntry(f"acme-dev-{name}", severity, packs, identifier)


def counts(
    days_ago: int, non_compliant: int, *, rule: str = "tls", severity: Severity = Severity.HIGH, compliant: int = 0
) -> DailyCounts:
    """The counts of a rule on a day, compared at the time of day that it is now."""
    at = NOW - timedelta(days=days_ago)
    return DailyCounts(at.date(), f"acme-dev-{rule}", severity, (), compliant, non_compliant, 0, at)
