"""One result for programs: as a JSON object, and as a row of CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from compliance_tf.output.sanitize import json_text
from compliance_tf.results.csv_columns import LISTED, write_rows
from compliance_tf.results.row import NO_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import TextIO

    from compliance_runtime.recording.results import Result
    from compliance_runtime.recording.table_schema import Resource
    from compliance_runtime.waivers.waiver import WaiverNote
    from compliance_tf.results.row import Names, Row


def row_to_json(row: Row) -> dict[str, Any]:
    """Return a result for JSON; times are in ISO 8601 with an offset."""
    result = row.result
    return {
        "rule": row.rule.id,
        "ruleName": result.rule_name,
        "identifier": row.rule.identifier,
        "packs": list(row.rule.packs),
        "severity": result.severity.value,
        "status": row.status.value,
        "resource": resource_to_json(result.resource, row.names),
        "reason": result.annotation,
        "since": result.since.isoformat(),
        "recordedAt": result.time.isoformat(),
        "lastSeen": row.last_seen.isoformat(),
        "waiver": None if result.waiver is None else _waiver_to_json(result.waiver),
    }


def resource_to_json(resource: Resource, names: Names = NO_NAMES) -> dict[str, str | None]:
    """Return a resource for JSON; names that are not known are null."""
    return {
        "account": resource.account,
        "accountName": names.account,
        "region": resource.region,
        "type": resource.type,
        "id": resource.id,
        "name": names.resource,
        "arn": names.arn,
    }


def change_to_json(change: Result, rule_id: str) -> dict[str, Any]:
    """Return a change of the history of a rule's result for JSON."""
    return {
        "rule": rule_id,
        "compliance": change.compliance.value,
        "reason": change.annotation,
        "recordedAt": change.time.isoformat(),
    }


def write_json(rows: Iterable[Row], stream: TextIO) -> None:
    """Write a JSON array of results, each on its line, as they come."""
    opening = "["
    for row in rows:
        stream.write(f"{opening}\n{json_text(row_to_json(row))}")
        opening = ","
    stream.write("[]\n" if opening == "[" else "\n]\n")


def write_csv(rows: Iterable[Row], stream: TextIO) -> None:
    """Write results as CSV with a heading, as they come."""
    write_rows(LISTED, rows, stream)


def _waiver_to_json(waiver: WaiverNote) -> Mapping[str, str]:
    return {
        "ticket": waiver.ticket,
        "owner": waiver.owner,
        "reason": waiver.reason,
        "resource": waiver.resource,
        "expires": waiver.expires.isoformat(),
    }
