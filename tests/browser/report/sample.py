"""An account as it might be, the same every time: for tests, and for the pictures of the docs."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

from compliance_runtime.check import Compliance, Severity
from compliance_runtime.recording.daily_counts import DailyCounts
from compliance_runtime.recording.results import Result
from compliance_runtime.recording.rule_directory import RuleEntry
from compliance_runtime.recording.table_schema import Resource
from compliance_runtime.waivers.waiver import WaiverNote
from compliance_tf.results.report import About
from compliance_tf.results.row import NO_NAMES, Names, Row, Status, status

if TYPE_CHECKING:
    from collections.abc import Iterator

TAKEN_AT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
ABOUT = About("acme", "prod", TAKEN_AT)
ACCOUNT = "111122223333"

CIS, PCI, HOUSE = "cis-v1.4", "pci-dss", "house-rules"


@dataclass(frozen=True)
class _Rule:
    purpose: str
    severity: Severity
    packs: tuple[str, ...]
    kind: str
    share: float
    reason: str = ""

    @property
    def entry(self) -> RuleEntry:
        return RuleEntry(f"acme-prod-{self.purpose}", self.severity, tuple(sorted(self.packs)), self.purpose)


_CRITICAL, _HIGH, _MEDIUM, _LOW = reversed(Severity)
_RULES = (
    _Rule("root-account-mfa", _CRITICAL, (CIS, PCI), "AWS::::Account", 0.0),
    _Rule(
        "security-group-ingress",
        _CRITICAL,
        (CIS, HOUSE),
        "AWS::EC2::SecurityGroup",
        0.08,
        "port 22 is open to 0.0.0.0/0",
    ),
    _Rule(
        "bucket-public-access", _CRITICAL, (CIS, PCI, HOUSE), "AWS::S3::Bucket", 0.03, "the ACL grants READ to AllUsers"
    ),
    _Rule("rds-not-public", _CRITICAL, (PCI,), "AWS::RDS::DBInstance", 0.05, "the instance has a public address"),
    _Rule("iam-policy-admin", _HIGH, (CIS, PCI), "AWS::IAM::Policy", 0.08, "statement 2 allows * on *"),
    _Rule("bucket-encryption", _HIGH, (PCI, HOUSE), "AWS::S3::Bucket", 0.14, "encrypted with SSE-S3, not with SSE-KMS"),
    _Rule("ebs-encryption", _HIGH, (PCI,), "AWS::EC2::Volume", 0.16, "the volume is not encrypted"),
    _Rule("rds-encryption", _HIGH, (PCI, CIS), "AWS::RDS::DBInstance", 0.2, "the storage is not encrypted"),
    _Rule("kms-key-rotation", _MEDIUM, (CIS,), "AWS::KMS::Key", 0.42, "automatic rotation is off"),
    _Rule("ec2-imdsv2", _MEDIUM, (HOUSE,), "AWS::EC2::Instance", 0.3, "IMDSv1 answers: HttpTokens is optional"),
    _Rule("lambda-runtime", _MEDIUM, (HOUSE,), "AWS::Lambda::Function", 0.18, "python3.8 has reached its end"),
    _Rule("log-group-retention", _LOW, (CIS, HOUSE), "AWS::Logs::LogGroup", 0.72, "logs are kept for ever"),
    _Rule("unattached-volumes", _LOW, (), "AWS::EC2::Volume", 0.18, "attached to nothing for 31 days"),
)
_REQUIRED_TAGS = RuleEntry("acme-prod-required-tags", Severity.LOW, (HOUSE,), "required-tags")
_TYPES = (
    ("AWS::S3::Bucket", "acme-{team}-{word}", 70),
    ("AWS::EC2::Instance", "i-0{hex}", 60),
    ("AWS::EC2::Volume", "vol-0{hex}", 80),
    ("AWS::EC2::SecurityGroup", "sg-0{hex}", 55),
    ("AWS::RDS::DBInstance", "db-{hex}", 22),
    ("AWS::KMS::Key", "{hex}-4c1e-9d2b-{hex}", 24),
    ("AWS::Lambda::Function", "{team}-{word}", 65),
    ("AWS::IAM::Policy", "ANPA{hex}", 40),
    ("AWS::Logs::LogGroup", "/aws/lambda/{team}-{word}", 75),
    ("AWS::::Account", ACCOUNT, 1),
)
_TEAMS = ("data", "web", "billing", "search", "ml", "platform")
_WORDS = ("logs", "exports", "uploads", "backups", "events", "reports", "models", "assets", "ingest", "archive")
WAIVERS = (
    WaiverNote("SEC-418", "platform@acme.example", "public on purpose", "tag team=web", date(2027, 3, 31)),
    WaiverNote("SEC-377", "data@acme.example", "migrated in spring", "ARN arn:aws:s3:::acme-data-*", date(2027, 1, 15)),
)


def rules() -> list[RuleEntry]:
    """The rules of the deployment."""
    return [*(rule.entry for rule in _RULES), _REQUIRED_TAGS]


def controls() -> dict[str, tuple[str, ...]]:
    """The controls that some of them serve, as ``control_lines`` writes them."""
    return {
        "acme-prod-security-group-ingress": ("CIS AWS Foundations Benchmark 1.4, level 2: 5.2", "PCI DSS 4.0: 1.3.1"),
        "acme-prod-bucket-public-access": ("CIS AWS Foundations Benchmark 1.4, level 2: 2.1.5", "PCI DSS 4.0: 1.4.4"),
        "acme-prod-kms-key-rotation": ("CIS AWS Foundations Benchmark 1.4, level 2: 3.8",),
    }


@cache
def rows() -> tuple[Row, ...]:
    """All present results."""
    chance = _chance(7)
    resources = {kind: list(_resources(chance, kind, form, count)) for kind, form, count in _TYPES}
    found = []
    for rule in _RULES:
        found += [_row(chance, rule.entry, resource, rule.share, rule.reason) for resource in resources[rule.kind]]
    for kind, *_ in _TYPES[:-2]:
        found += [_row(chance, _REQUIRED_TAGS, resource, 0.22, "has no tag owner") for resource in resources[kind]]
    return tuple(found)


def days(count: int = 60) -> list[DailyCounts]:
    """The counts of the past days: better from day to day, with a bad week between, up to what the rows say."""
    chance = _chance(3)
    now = {rule.name: [one.status for one in rows() if one.rule == rule] for rule in rules()}
    found = []
    for back in range(count):
        at = TAKEN_AT - timedelta(days=back)
        for rule in rules():
            incident = 5 if 20 <= back <= 25 and rule.severity is Severity.CRITICAL else 0
            open_now, waived = (now[rule.name].count(one) for one in (Status.NON_COMPLIANT, Status.WAIVED))
            past = round(open_now * (1 + back * 0.016)) + (chance.randint(0, 1) + incident if back else 0)
            violations = min(past, len(now[rule.name]) - waived)
            compliant = len(now[rule.name]) - waived - violations
            found.append(
                DailyCounts(at.date(), rule.name, rule.severity, rule.packs, compliant, violations, waived, at)
            )
    return found


def row(
    resource_id: str = "a-bucket",
    *,
    rule: RuleEntry | None = None,
    kind: str = "AWS::S3::Bucket",
    region: str = "eu-west-1",
    compliance: Compliance = Compliance.NON_COMPLIANT,
    reason: str | None = "it is public",
    waiver: WaiverNote | None = None,
    since: datetime = TAKEN_AT - timedelta(days=3),
    names: Names = NO_NAMES,
) -> Row:
    """Build one row."""
    rule = rule or rules()[2]
    result = Result(
        resource=Resource(ACCOUNT, region, kind, resource_id),
        rule_name=rule.name,
        severity=rule.severity,
        compliance=compliance,
        annotation=reason,
        time=since,
        waiver=waiver,
        since=since,
    )
    return Row(result, rule, status(result, TAKEN_AT), TAKEN_AT - timedelta(hours=2), names)


def many_rows(count: int) -> Iterator[Row]:
    """Rows of an account with many resources, one after the other; every fourth violates."""
    known = rules()
    for number in range(count):
        compliance = Compliance.NON_COMPLIANT if number % 4 == 0 else Compliance.COMPLIANT
        since = TAKEN_AT - timedelta(minutes=number)
        yield row(f"bucket-{number:06}", rule=known[number % len(known)], compliance=compliance, since=since)


def _chance(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - the same numbers every time are the point


def _resources(chance: random.Random, kind: str, form: str, count: int) -> Iterator[Resource]:
    names = {
        form.format(
            team=chance.choice(_TEAMS), word=f"{chance.choice(_WORDS)}-{number}", hex=f"{chance.getrandbits(32):08x}"
        )
        for number in range(count)
    }
    for name in sorted(names):
        region = (
            "us-east-1"
            if kind in {"AWS::::Account", "AWS::IAM::Policy"}
            else chance.choice(("eu-west-1", "eu-central-1"))
        )
        yield Resource(ACCOUNT, region, kind, name)


def _row(chance: random.Random, rule: RuleEntry, resource: Resource, share: float, reason: str) -> Row:
    violates = chance.random() < share * (2 if "data" in resource.id else 1)
    waiver = chance.choice(WAIVERS) if violates and chance.random() < 0.18 else None
    return row(
        resource.id,
        rule=rule,
        kind=resource.type,
        region=resource.region,
        compliance=Compliance.NON_COMPLIANT if violates else Compliance.COMPLIANT,
        reason=reason if violates else None,
        waiver=waiver,
        since=TAKEN_AT - timedelta(days=chance.randint(0, 90), minutes=chance.randint(0, 1400)),
        names=_names(resource),
    )


def _names(resource: Resource) -> Names:
    if resource.type != "AWS::IAM::Policy":
        return Names(account="acme-production")
    name = f"{_TEAMS[int(resource.id[-2:], 16) % len(_TEAMS)]}-deploy-{resource.id[-3:]}"
    return Names(name, f"arn:aws:iam::{ACCOUNT}:policy/{name}", "acme-production")
