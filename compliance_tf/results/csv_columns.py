"""The columns that results have as a table, each once; a table names those that it has, in its order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from compliance_tf.output.csv_table import write_csv_table
from compliance_tf.results.exports.finding import timestamp
from compliance_tf.results.frameworks.references import control_names
from compliance_tf.results.rule_text import description, remediation, rule_url

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import TextIO

    from compliance_runtime.waivers.waiver import WaiverNote
    from compliance_tf.results.row import Row


def _of_waiver(read: Callable[[WaiverNote], str]) -> Callable[[Row], str]:
    return lambda row: read(row.result.waiver) if row.result.waiver else ""


_COLUMNS: Final[Mapping[str, Callable[[Row], str | None]]] = {
    "status": lambda row: row.status.value,
    "severity": lambda row: row.result.severity.value,
    "rule": lambda row: row.rule.id,
    "identifier": lambda row: row.rule.identifier,
    "packs": lambda row: " ".join(row.rule.packs),
    "controls": lambda row: " ".join(control_names(row.rule)),
    "account": lambda row: row.result.resource.account,
    "account_name": lambda row: row.names.account,
    "region": lambda row: row.result.resource.region,
    "resource_type": lambda row: row.result.resource.type,
    "resource_id": lambda row: row.result.resource.id,
    "resource_name": lambda row: row.names.resource,
    "resource_arn": lambda row: row.names.arn,
    "reason": lambda row: row.result.annotation,
    "since": lambda row: timestamp(row.result.since),
    "recorded_at": lambda row: timestamp(row.result.time),
    "last_seen": lambda row: timestamp(row.last_seen),
    "waiver_ticket": _of_waiver(lambda waiver: waiver.ticket),
    "waiver_owner": _of_waiver(lambda waiver: waiver.owner),
    "waiver_expires": _of_waiver(lambda waiver: waiver.expires.isoformat()),
    "waiver_reason": _of_waiver(lambda waiver: waiver.reason),
    "rule_description": lambda row: description(row.rule),
    "remediation": lambda row: remediation(row.rule),
    "rule_page": lambda row: rule_url(row.rule),
}

ALL: Final = tuple(_COLUMNS)
"""The columns of an export."""

LISTED: Final = (
    *("severity", "status", "rule", "resource_type", "resource_id", "resource_name", "resource_arn"),
    *("account", "account_name", "region", "since", "last_seen", "reason"),
    *("waiver_ticket", "waiver_owner", "waiver_expires", "packs"),
)
"""The columns of a list of results."""


def write_rows(columns: Sequence[str], rows: Iterable[Row], stream: TextIO) -> None:
    """Write results as CSV with a heading, as they come.

    Parameters
    ----------
    columns
        Some of ``ALL``; what a spreadsheet would take for a formula begins with ``'``.
    """
    read = [_COLUMNS[column] for column in columns]
    write_csv_table(columns, ([one(row) or "" for one in read] for row in rows), stream)
