"""Reviews to be rendered: one with something in every section, whose texts can be chosen."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from compliance_runtime.check import Severity
from compliance_tf.review.changes.coverage import Coverage
from compliance_tf.review.changes.differences import Difference, ResourceDifference
from compliance_tf.review.changes.quotas import Preflight, QuotaLine
from compliance_tf.review.changes.rule_changes import Kind, RuleChange
from compliance_tf.review.plan.plan import Action, Identity
from compliance_tf.review.policies import POLICIES, Hit, Verdict
from compliance_tf.review.review import Drift, Finding, PermissionIncrease, Removal, Review, WaiverChanges
from compliance_tf.review.settings import Acknowledgement

if TYPE_CHECKING:
    from collections.abc import Iterator

FINGERPRINT = "0123456789abcdef0123456789abcdef"

POLICY = {policy.id: policy for policy in POLICIES}


def no_changes() -> Review:
    """Of a plan that does nothing."""
    return Review(
        identity=Identity("acme", "eu-west-1", "dev", "folder state"),
        fingerprint=FINGERPRINT,
        verdict=Verdict.CLEAN,
        findings=(),
        recorder_untouched=True,
        removals=(),
        permission_increases=(),
        rules=(),
        coverage=(),
        waivers=WaiverChanges(),
        rule_count=3,
        preflight=None,
        drift=(),
        details=(),
        is_empty=True,
    )


def everything(texts: Iterator[str], count: int = 2) -> Review:
    """With something in each section, made of the texts.

    Parameters
    ----------
    texts
        Where each name, reason and value is taken from.
    count
        How much of each there is.
    """

    def text() -> str:
        return next(texts)

    def finding(policy: str, verdict: Verdict, acknowledgement: Acknowledgement | None = None) -> Finding:
        hits = tuple(Hit(text(), f"It is {text()}.") for _ in range(count))
        return Finding(POLICY[policy], verdict, hits, acknowledgement)

    def rules(kind: Kind) -> tuple[RuleChange, ...]:
        return tuple(
            RuleChange(text(), kind, severity, (text(),), text(), (f"parameter {text()}: {text()} → {text()}",))
            for severity in (Severity.HIGH, None)
            for _ in range(count)
        )

    return Review(
        identity=Identity(text(), text(), text(), text()),
        fingerprint=FINGERPRINT,
        verdict=Verdict.BLOCKED,
        findings=(
            finding("table-lost", Verdict.BLOCKED),
            finding("drift", Verdict.APPROVAL),
            finding("waiver-granted", Verdict.CLEAN),
            finding("rule-removed", Verdict.APPROVAL, Acknowledgement("rule-removed", FINGERPRINT, text(), text())),
        ),
        recorder_untouched=True,
        removals=tuple(Removal(text(), text(), Action.REPLACE, text()) for _ in range(count)),
        permission_increases=tuple(PermissionIncrease(text(), (text(), text())) for _ in range(count)),
        rules=tuple(rule for kind in Kind for rule in rules(kind)),
        coverage=tuple(Coverage(text(), 3, was, None) for was in (2, 3)),
        waivers=WaiverChanges((text(),), (text(),), (text(),)),
        rule_count=5,
        preflight=Preflight(
            account=text(),
            workspaces=(text(),),
            may_go_ahead=False,
            findings=tuple(
                QuotaLine(text(), text(), verdict, blocks=False, figure=text(), advice=text())
                for verdict in ("ok", "fail")
            ),
        ),
        drift=tuple(Drift(text(), (text(), text())) for _ in range(count)),
        details=tuple(
            ResourceDifference(text(), text(), Action.UPDATE, (Difference(text(), text(), text() + "!"),))
            for _ in range(count)
        ),
        is_empty=False,
    )


def numbered(beginning: str = "name") -> Iterator[str]:
    """Texts that are all different: ``name_0``, ``name_1``."""
    number = 0
    while True:
        yield f"{beginning}_{number}"
        number += 1


def ordinary(count: int = 2) -> Review:
    """With something in each section, and ordinary names."""
    return everything(numbered(), count)


def added_rules(count: int) -> Review:
    """Of a plan that adds rules of two packs, and does nothing else."""
    severities = [Severity.HIGH, Severity.MEDIUM]
    rules = tuple(
        RuleChange(f"rule-{number}", Kind.ADDED, severities[number % 2], (("hipaa", "cis")[number % 3 == 0],), "A_RULE")
        for number in range(count)
    )
    return replace(no_changes(), rules=rules, rule_count=count, is_empty=False)


def usual() -> Review:
    """As people meet it: a pack comes, a rule goes, a role gets more; made up, for pictures."""
    names = ("rds-storage-encrypted", "s3-bucket-level-public-access-prohibited", "vpc-flow-logs-enabled")
    names += ("efs-encrypted-check", "elb-logging-enabled", "iam-root-access-key-check", "redshift-require-tls-ssl")
    names += ("dynamodb-pitr-enabled", "ec2-imdsv2-check", "guardduty-enabled-centralized", "kms-cmk-not-scheduled")
    severities = (Severity.HIGH, Severity.HIGH, Severity.MEDIUM)
    added = tuple(
        RuleChange(name, Kind.ADDED, severities[number % 3], ("pci-dss-4.0",), name.replace("-", "_").upper())
        for number, name in enumerate(names)
    )
    changed = RuleChange(
        *("access-keys-rotated", Kind.CHANGED, Severity.MEDIUM, ("cis-1.4-level-1",), "ACCESS_KEYS_ROTATED"),
        ("parameter maxAccessKeyAge: 90 → 45",),
    )
    removed = RuleChange("cloudtrail-enabled", Kind.REMOVED, Severity.HIGH, ("cis-1.4-level-1",), "CLOUD_TRAIL_ENABLED")
    permission = "config:SelectResourceConfig on *"
    waiver = "2027-03-31: SEC-214 of team-payments, rule s3-bucket-tls-only, id acme-legacy-exports"
    found = {
        "permission-increase": Hit("aws_iam_role_policy.record", "Role acme-prod-record gets 1 new permission."),
        "rule-removed": Hit(
            "aws_config_config_rule.cloudtrail-enabled", "The rule acme-prod-cloudtrail-enabled is destroyed."
        ),
        "waiver-granted": Hit("waivers", f"A waiver is granted: {waiver}."),
    }
    room = QuotaLine("eu-west-1", "Config rules in the region", "ok", blocks=False, figure="312 + 11 new = 323 of 1000")
    return replace(
        no_changes(),
        identity=Identity("acme", "eu-west-1", "prod", "bucket acme-state"),
        verdict=Verdict.APPROVAL,
        findings=tuple(Finding(POLICY[policy], Verdict.APPROVAL, (hit,)) for policy, hit in found.items()),
        permission_increases=(PermissionIncrease("Role acme-prod-record", (permission,)),),
        rules=(removed, changed, *added),
        coverage=(Coverage("cis-1.4-level-1", 26, 25, 26), Coverage("pci-dss-4.0", 87, 98, 101)),
        waivers=WaiverChanges(granted=(waiver,)),
        rule_count=124,
        preflight=Preflight("111122223333", ("prod",), may_go_ahead=True, findings=(room,)),
        details=tuple(
            ResourceDifference(f"aws_config_config_rule.{name}", "x", Action.CREATE, (Difference("name", None, name),))
            for name in names
        ),
        is_empty=False,
    )
