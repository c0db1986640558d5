"""Results as Compliance Findings of the Open Cybersecurity Schema Framework (https://schema.ocsf.io/1.8.0).

One event per line. Each has the present state of a result, under a stable id: a consumer keeps the last of each id.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from compliance_runtime.check import Severity
from compliance_tf.model.regions import partition
from compliance_tf.output.sanitize import json_text
from compliance_tf.results.exports.finding import PRODUCT, PRODUCT_VERSION, finding_id, reason, title, waiver_text
from compliance_tf.results.frameworks.references import control_names, standards_of
from compliance_tf.results.row import Status
from compliance_tf.results.rule_text import description, remediation, rule_url

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from typing import TextIO

    from compliance_tf.results.exports.export import Snapshot
    from compliance_tf.results.row import Row

SCHEMA_VERSION: Final = "1.8.0"

_CLASS: Final = 2003
_CATEGORY: Final = 2

_ACTIVITIES: Final = {
    Status.COMPLIANT: (2, "Update"),
    Status.NON_COMPLIANT: (1, "Create"),
    Status.WAIVED: (2, "Update"),
    Status.CLOSED: (3, "Close"),
}
_STATUSES: Final = {
    Status.COMPLIANT: (4, "Resolved"),
    Status.NON_COMPLIANT: (1, "New"),
    Status.WAIVED: (3, "Suppressed"),
    Status.CLOSED: (4, "Resolved"),
}
_COMPLIANCES: Final = {
    Status.COMPLIANT: (1, "Pass"),
    Status.NON_COMPLIANT: (3, "Fail"),
    Status.WAIVED: (3, "Fail"),
    Status.CLOSED: (99, "Not applicable"),
}
_SEVERITIES: Final = {
    Severity.LOW: (2, "Low"),
    Severity.MEDIUM: (3, "Medium"),
    Severity.HIGH: (4, "High"),
    Severity.CRITICAL: (5, "Critical"),
}
_INFORMATIONAL: Final = (1, "Informational")


def write(rows: Iterable[Row], snapshot: Snapshot, stream: TextIO) -> None:
    """Write an event per line for each result, one by one."""
    for row in rows:
        stream.write(json_text(compliance_finding(row, snapshot)) + "\n")


def compliance_finding(row: Row, snapshot: Snapshot) -> dict[str, Any]:
    """Build the event of a result."""
    result, resource = row.result, row.result.resource
    activity_id, activity = _ACTIVITIES[row.status]
    status_id, status = _STATUSES[row.status]
    violates = row.status in {Status.NON_COMPLIANT, Status.WAIVED}
    said = reason(row)
    severity_id, severity = _SEVERITIES[result.severity] if violates else _INFORMATIONAL
    event = {
        "activity_id": activity_id,
        "activity_name": activity,
        "category_name": "Findings",
        "category_uid": _CATEGORY,
        "class_name": "Compliance Finding",
        "class_uid": _CLASS,
        "cloud": {
            "account": _known(name=row.names.account, type="AWS Account", type_id=10, uid=resource.account),
            "cloud_partition": partition(resource.region) or "aws",
            "provider": "AWS",
            "region": resource.region,
        },
        "compliance": _compliance(row, said),
        "finding_info": {
            "analytic": {
                "desc": description(row.rule),
                "name": row.rule.name,
                "type": "Rule",
                "type_id": 1,
                "uid": row.rule.identifier or row.rule.name,
            },
            "created_time": _milliseconds(result.since),
            "desc": said,
            "first_seen_time": _milliseconds(result.since),
            "last_seen_time": _milliseconds(row.last_seen),
            "modified_time": _milliseconds(result.time),
            "title": title(row),
            "types": list(row.rule.packs),
            "uid": finding_id(result),
        },
        "message": said,
        "metadata": {
            "product": {"name": PRODUCT, "vendor_name": snapshot.place.project, "version": PRODUCT_VERSION},
            "profiles": ["cloud"],
            "version": SCHEMA_VERSION,
        },
        "resources": [
            _known(
                cloud_partition=partition(resource.region) or "aws",
                name=row.names.resource,
                region=resource.region,
                type=resource.type,
                uid=resource.id,
                uid_alt=row.names.arn,
            )
        ],
        "severity": severity,
        "severity_id": severity_id,
        "status": status,
        "status_id": status_id,
        "time": _milliseconds(snapshot.taken_at),
        "type_name": f"Compliance Finding: {activity}",
        "type_uid": _CLASS * 100 + activity_id,
    }
    url = rule_url(row.rule)
    event["remediation"] = _known(desc=remediation(row.rule), references=[url] if url else None)
    event["status_detail"] = waiver_text(row) or said
    return event


def _compliance(row: Row, said: str) -> dict[str, Any]:
    status_id, status = _COMPLIANCES[row.status]
    return {
        "control": row.rule.identifier or row.rule.name,
        # The class has no risk_details, unlike Detection Findings: the rule's requirement and reason.
        "desc": description(row.rule),
        "requirements": control_names(row.rule),
        "standards": standards_of(row.rule),
        "status": status,
        "status_details": [said],
        "status_id": status_id,
    }


def _known(**values: Any) -> dict[str, Any]:  # noqa: ANN401 (JSON)
    """Leave out unknown values."""
    return {name: value for name, value in values.items() if value is not None}


def _milliseconds(time: datetime) -> int:
    return int(time.timestamp() * 1000)
