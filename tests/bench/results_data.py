"""Results of a large account, made up: few rules and types have most of them, as in real ones. Always the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

from compliance_runtime.check import Compliance, Severity
from compliance_runtime.recording.daily_counts import DailyCounts
from compliance_runtime.recording.results import Result
from compliance_runtime.recording.rule_directory import RuleEntry
from compliance_runtime.recording.table_schema import Resource
from compliance_runtime.waivers.waiver import WaiverNote
from compliance_tf.catalog.managed_rules import managed_rules

if TYPE_CHECKING:
    from collections.abc import Iterator

ACCOUNT = "111122223333"
REGION = "eu-central-1"
PREFIX = "acme-prod-"
RULES = 150
RESULTS_PER_RESOURCE = 2.187
PACKS = ("cis-aws-benchmark-level-1", "hipaa-security", "nist-800-53-rev-5", "operational-best-practices")
DAYS = 40

_TYPES = tuple(
    f"AWS::{type_}"
    for type_ in (
        *("EC2::NetworkInterface", "S3::Bucket", "EC2::SecurityGroup", "Lambda::Function", "IAM::Role"),
        *("EC2::Instance", "EC2::Volume", "Logs::LogGroup", "IAM::Policy", "KMS::Key", "SNS::Topic", "SQS::Queue"),
        *("DynamoDB::Table", "RDS::DBInstance", "EC2::Subnet", "ECS::TaskDefinition", "ECR::Repository", "IAM::User"),
        *("ElasticLoadBalancingV2::LoadBalancer", "ApiGateway::Stage", "CloudFront::Distribution", "EKS::Cluster"),
        *("OpenSearch::Domain", "Redshift::Cluster", "ElastiCache::ReplicationGroup", "EFS::FileSystem"),
        *("CloudTrail::Trail", "RDS::DBCluster", "SecretsManager::Secret", "AutoScaling::AutoScalingGroup"),
    )
)
"""The commonest first."""

_REASONS = (
    "The resource is not encrypted with a customer managed key.",
    "The policy allows requests without TLS: add a statement that denies aws:SecureTransport = false.",
    "Missing: owner, environment.",
    None,
)


@dataclass(frozen=True)
class LargeAccount:
    """An account with a number of results.

    Parameters
    ----------
    results
        About how many results it has.
    now
        The time to which it is as it is.
    """

    results: int
    now: datetime

    @property
    def rules(self) -> list[RuleEntry]:
        """150 managed rules, in two thirds of cases of some pack."""
        random = Random(1)  # noqa: S311 (the same every time)
        usable = [one for one in managed_rules().rules.values() if one.resource_types]
        usual = [one for one in usable if any(type_ in _TYPES for type_ in one.resource_types)]
        chosen = random.sample(usual, min(RULES, len(usual)))
        return [
            RuleEntry(
                f"{PREFIX}{facts.name}",
                random.choices(list(Severity), (30, 40, 25, 5))[0],
                tuple(sorted(random.sample(PACKS, random.choice((0, 1, 2))))),
                facts.identifier,
            )
            for facts in chosen
        ]

    def present(self) -> Iterator[Result]:
        """Return the results, resource by resource: each judged by some rules of its type."""
        random = Random(2)  # noqa: S311 (the same every time)
        rules = self.rules
        of_type = {type_: [rule for rule in rules if type_ in self._types(rule)] for type_ in _TYPES}
        types = [type_ for type_ in _TYPES if of_type[type_]]
        weights = [1 / (number + 1) for number in range(len(types))]
        failing = {rule.name: random.betavariate(1, 8) for rule in rules}
        for number in range(int(self.results / RESULTS_PER_RESOURCE)):
            type_ = random.choices(types, weights)[0]
            resource = Resource(ACCOUNT, REGION, type_, f"{type_.rpartition('::')[2].lower()}-{number:06}")
            count = min(random.choice((1, 2, 2, 3, 3, 4)), len(of_type[type_]))
            for rule in random.sample(of_type[type_], count):
                yield self._result(random, resource, rule, violates=random.random() < failing[rule.name])

    def days(self) -> Iterator[DailyCounts]:
        """Return the counts of the last days, in which violations went down."""
        random = Random(3)  # noqa: S311 (the same every time)
        for back in range(DAYS):
            at = self.now - timedelta(days=back)
            for rule in self.rules:
                usual = self.results / RULES
                compliant, open_ = (
                    int(usual * share * random.uniform(0.9, 1.1)) for share in (0.87, 0.11 + 0.003 * back)
                )
                yield DailyCounts(at.date(), rule.name, rule.severity, rule.packs, compliant, open_, 3, at)

    def _result(self, random: Random, resource: Resource, rule: RuleEntry, *, violates: bool) -> Result:
        since = self.now - timedelta(hours=random.randrange(1, 24 * 120))
        waiver = None
        if violates and random.random() < 0.06:
            until = (self.now + timedelta(days=random.randrange(-10, 200))).date()
            waiver = WaiverNote(
                f"SEC-{random.randrange(100, 999)}", "team-platform", "Replaced in spring.", "tag team=platform", until
            )
        return Result(
            resource=resource,
            rule_name=rule.name,
            severity=rule.severity,
            compliance=Compliance.NON_COMPLIANT if violates else Compliance.COMPLIANT,
            annotation=random.choice(_REASONS) if violates else None,
            time=since,
            since=since,
            waiver=waiver,
        )

    @staticmethod
    def _types(rule: RuleEntry) -> tuple[str, ...]:
        return managed_rules().rules[rule.identifier or ""].resource_types


def now() -> datetime:
    """The present, to the second."""
    return datetime.now(UTC).replace(microsecond=0)
