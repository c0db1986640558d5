"""The report of a framework as JSON and as CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from compliance_tf.results.frameworks.assessment import ControlStatus

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from compliance_tf.catalog.frameworks.framework import Control, Framework
    from compliance_tf.results.frameworks.assessment import ControlAssessment, RuleCounts
    from compliance_tf.results.place import ResultsPlace

COLUMNS: Final = (
    "control",
    "status",
    "non_compliant",
    "waived",
    "compliant",
    "failing_rules",
    "without_results",
    "not_deployed",
    "unmatched",
    "title",
)


def framework_to_json(framework: Framework) -> dict[str, Any]:
    """Return a framework with its controls for JSON."""
    return {
        "name": framework.name,
        "title": framework.title,
        "source": framework.source,
        "asOf": framework.as_of.isoformat(),
        "controls": [control_to_json(control) for control in framework.controls],
    }


def control_to_json(control: Control) -> dict[str, Any]:
    """Return a control with what maps to it for JSON."""
    return {
        "id": control.id,
        "title": control.title,
        "rules": list(control.rules),
        "checks": list(control.checks),
        "unmatched": control.unmatched,
    }


def report_to_json(
    framework: Framework, assessments: Sequence[ControlAssessment], place: ResultsPlace, missing: Mapping[str, str]
) -> dict[str, Any]:
    """Return a report for JSON."""
    return {
        "framework": framework.name,
        "title": framework.title,
        "project": place.project,
        "workspace": place.workspace,
        "region": place.region,
        "summary": {status.value: sum(one.status is status for one in assessments) for status in ControlStatus},
        "controls": [_assessment_to_json(one) for one in assessments],
        "missing": [{"cell": cell, "why": why} for cell, why in missing.items()],
    }


def report_csv_rows(assessments: Sequence[ControlAssessment]) -> Iterator[Sequence[str]]:
    """Return the lines of a report for CSV, in the order of :data:`COLUMNS`."""
    for one in assessments:
        yield (
            one.control.id,
            one.status.value,
            str(one.non_compliant),
            str(one.waived),
            str(one.compliant),
            " ".join(counts.rule.id for counts in one.failing),
            " ".join(counts.rule.id for counts in one.without_results),
            " ".join(one.not_deployed),
            str(one.control.unmatched),
            one.control.title or "",
        )


def _assessment_to_json(one: ControlAssessment) -> dict[str, Any]:
    return {
        "id": one.control.id,
        "title": one.control.title,
        "status": one.status.value,
        "nonCompliant": one.non_compliant,
        "waived": one.waived,
        "compliant": one.compliant,
        "rules": [_counts_to_json(counts) for counts in one.rules],
        "notDeployed": list(one.not_deployed),
        "unmatched": one.control.unmatched,
    }


def _counts_to_json(counts: RuleCounts) -> dict[str, Any]:
    return {
        "rule": counts.rule.id,
        "identifier": counts.rule.identifier,
        "nonCompliant": counts.non_compliant,
        "waived": counts.waived,
        "compliant": counts.compliant,
    }
