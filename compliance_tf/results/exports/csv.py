"""Results as CSV, a line for each, with a heading."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from compliance_tf.output.csv_table import write_csv_table
from compliance_tf.results.exports.finding import timestamp
from compliance_tf.results.frameworks.references import control_names
from compliance_tf.results.rule_text import description, remediation, rule_url

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TextIO

    from compliance_tf.results.exports.export import Snapshot
    from compliance_tf.results.row import Row

COLUMNS: Final = (
    "status",
    "severity",
    "rule",
    "identifier",
    "packs",
    "controls",
    "account",
    "account_name",
    "region",
    "resource_type",
    "resource_id",
    "resource_name",
    "resource_arn",
    "reason",
    "since",
    "recorded_at",
    "last_seen",
    "waiver_ticket",
    "waiver_owner",
    "waiver_expires",
    "waiver_reason",
    "rule_description",
    "remediation",
    "rule_page",
)


def write(rows: Iterable[Row], _snapshot: Snapshot, stream: TextIO) -> None:
    """Write results with a heading, as they come. What a spreadsheet would take for a formula begins with ``'``."""
    write_csv_table(COLUMNS, map(_cells, rows), stream)


def _cells(row: Row) -> tuple[str, ...]:
    result, resource, waiver = row.result, row.result.resource, row.result.waiver
    return (
        row.status.value,
        result.severity.value,
        row.rule.id,
        row.rule.identifier or "",
        " ".join(row.rule.packs),
        " ".join(control_names(row.rule)),
        resource.account,
        row.names.account or "",
        resource.region,
        resource.type,
        resource.id,
        row.names.resource or "",
        row.names.arn or "",
        result.annotation or "",
        timestamp(result.since),
        timestamp(result.time),
        timestamp(row.last_seen),
        waiver.ticket if waiver else "",
        waiver.owner if waiver else "",
        waiver.expires.isoformat() if waiver else "",
        waiver.reason if waiver else "",
        description(row.rule),
        remediation(row.rule),
        rule_url(row.rule) or "",
    )
