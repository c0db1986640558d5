"""The summary: violations by severity, rule, pack and resource type, and their trend."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Any, Final

from compliance_runtime.check import Compliance
from compliance_tf.results.counts import Counts
from compliance_tf.results.row import WORST_FIRST
from compliance_tf.results.trend import BACK, READ_DAYS, Trend

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from compliance_runtime.check import Severity
    from compliance_runtime.recording.rule_directory import RuleEntry
    from compliance_tf.results.place import ResultsPlace
    from compliance_tf.results.reader import ResultsReader

SUMMARY_COLUMNS: Final = ("by", "name", "compliant", "non_compliant", "waived", "score_percent")


@dataclass(frozen=True)
class Summary:
    """The counts of all present results.

    Parameters
    ----------
    place
        The place of the results.
    taken_at
        The time of reading.
    rules
        The counts of each rule, the one with the most violations of the worst severity first.
    severities
        By severity, the worst first.
    packs
        By pack, the lowest score first; a rule of several packs counts in each.
    types
        Violations by resource type, the most first: the table has no index of compliant results by type.
    places
        By account and region, the lowest score first, as counted on the last day; nothing of a single deployment.
    missing
        The cells that are missing, and why.
    trend
        The trend of all rules.
    severity_trends
        The trends by severity.
    """

    place: ResultsPlace
    taken_at: datetime
    rules: Mapping[RuleEntry, Counts]
    severities: Mapping[Severity, Counts]
    packs: Mapping[str, Counts]
    types: Mapping[str, Counts]
    places: Mapping[tuple[str, str], Counts]
    missing: Mapping[str, str]
    trend: Trend
    severity_trends: Mapping[Severity, Trend]

    @property
    def overall(self) -> Counts:
        """All results."""
        return sum(self.severities.values(), Counts())

    def open_violations(self, severities: Iterable[Severity]) -> int:
        """Count the violations of some severities that are not waived."""
        return sum(self.severities[severity].non_compliant for severity in severities)

    def to_json(self) -> dict[str, Any]:
        """Return it for JSON."""
        place = self.place
        return {
            "project": place.project,
            "workspace": place.workspace,
            "region": place.region,
            "takenAt": self.taken_at.isoformat(),
            **_counts(self.overall),
            **_past(self.trend),
            "severities": [
                {"severity": severity.value, **_counts(counts), **_past(self.severity_trends[severity])}
                for severity, counts in self.severities.items()
            ],
            "rules": [
                {
                    "rule": rule.id,
                    "ruleName": rule.name,
                    "severity": rule.severity.value,
                    "packs": list(rule.packs),
                    **_counts(counts),
                }
                for rule, counts in self.rules.items()
            ],
            "packs": [{"pack": pack, **_counts(counts)} for pack, counts in self.packs.items()],
            "resourceTypes": [
                {"resourceType": type_, "nonCompliant": counts.non_compliant, "waived": counts.waived}
                for type_, counts in self.types.items()
            ],
            "places": [
                {"account": account, "region": region, **_counts(counts)}
                for (account, region), counts in self.places.items()
            ],
            "missing": [{"cell": cell, "why": why} for cell, why in self.missing.items()],
            "days": [{"day": day.isoformat(), **_counts(counts)} for day, counts in sorted(self.trend.days.items())],
        }

    def csv_rows(self) -> list[tuple[str, ...]]:
        """Return it as rows of :data:`SUMMARY_COLUMNS`; unknown values are empty."""
        groups = [
            *(("severity", one.value, counts) for one, counts in self.severities.items()),
            *(("rule", rule.id, counts) for rule, counts in self.rules.items()),
            *(("pack", pack, counts) for pack, counts in self.packs.items()),
            *(("account_and_region", " ".join(place), counts) for place, counts in self.places.items()),
        ]
        lines = [
            (
                kind,
                name,
                str(one.compliant),
                str(one.non_compliant),
                str(one.waived),
                "" if one.percent is None else str(one.percent),
            )
            for kind, name, one in groups
        ]
        types = [
            ("resource_type", name, "", str(one.non_compliant), str(one.waived), "") for name, one in self.types.items()
        ]
        return [*lines, *types]


def summarize(reader: ResultsReader) -> Summary:
    """Count all present results: violations are read, compliant ones are only counted.

    Returns
    -------
    Summary
        Counts by rule, severity, pack, type and place, the worst first, and their trends.

    Raises
    ------
    ResultsError
        When the table cannot be read.
    """
    days = reader.days(READ_DAYS)
    today = reader.at.astimezone(UTC).date()
    complies = reader.counts(Compliance.COMPLIANT)
    rules = defaultdict(Counts, {rule: Counts(compliant=complies[name]) for name, rule in reader.rules.items()})
    severities = {severity: Counts() for severity in WORST_FIRST}
    for rule, counts in rules.items():
        severities[rule.severity] += counts
    types: defaultdict[str, Counts] = defaultdict(Counts)
    for row in reader.violations():
        one = Counts.of(row.status)
        rules[row.rule] += one
        severities[row.result.severity] += one
        types[row.result.resource.type] += one
    packs: defaultdict[str, Counts] = defaultdict(Counts)
    for rule, counts in rules.items():
        for pack in rule.packs:
            packs[pack] += counts
    return Summary(
        place=reader.place,
        taken_at=reader.at,
        rules=dict(sorted(rules.items(), key=_worst_rule)),
        severities=severities,
        packs=dict(sorted(packs.items(), key=lambda pair: (_score(pair[1]), pair[0]))),
        types=dict(sorted(types.items(), key=lambda pair: (-pair[1].non_compliant, pair[0]))),
        places=dict(sorted(reader.by_place.items(), key=lambda pair: (_score(pair[1]), pair[0]))),
        missing=dict(reader.missing),
        trend=Trend.of(today, days),
        severity_trends={
            severity: Trend.of(today, (one for one in days if one.severity is severity)) for severity in WORST_FIRST
        },
    )


def _worst_rule(pair: tuple[RuleEntry, Counts]) -> tuple[bool, int, int, str]:
    rule, counts = pair
    return (counts.non_compliant == 0, WORST_FIRST.index(rule.severity), -counts.non_compliant, rule.name)


def _score(counts: Counts) -> float:
    return 1.0 if counts.score is None else counts.score


def _counts(counts: Counts) -> dict[str, float | None]:
    return {
        "compliant": counts.compliant,
        "nonCompliant": counts.non_compliant,
        "waived": counts.waived,
        "score": counts.rounded_score,
    }


def _past(trend: Trend) -> dict[str, int | None]:
    past = {days: trend.before(days) for days in BACK}
    return {f"nonCompliant{days}DaysAgo": counts.non_compliant if counts else None for days, counts in past.items()}
