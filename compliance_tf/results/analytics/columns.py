"""The columns of the Parquet files: one list, of which the files, the view and the DDL for Athena are made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Any, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from compliance_tf.results.row import Row

Kind = Literal["string", "timestamp", "date", "array<string>"]
"""Athena's names of the types."""

TABLE: Final = "compliance_results"
"""The name of the table in the DDL."""

PARTITIONS: Final[Mapping[str, Literal["string", "date"]]] = {"day": "date", "account": "string", "region": "string"}
"""The partition columns of the folders, in their order: the day of the export in UTC, and the resource's place."""


@dataclass(frozen=True)
class Column:
    """A column.

    Parameters
    ----------
    name
        Its name.
    kind
        Its type.
    of
        Gives a row's value; None where it has none.
    """

    name: str
    kind: Kind
    of: Callable[[Row], Any]


COLUMNS: Final = (
    Column("status", "string", lambda row: row.status.value),
    Column("severity", "string", lambda row: row.result.severity.value),
    Column("rule", "string", lambda row: row.rule.id),
    Column("rule_name", "string", lambda row: row.result.rule_name),
    Column("identifier", "string", lambda row: row.rule.identifier),
    Column("packs", "array<string>", lambda row: list(row.rule.packs)),
    Column("resource_type", "string", lambda row: row.result.resource.type),
    Column("resource_id", "string", lambda row: row.result.resource.id),
    Column("resource_name", "string", lambda row: row.names.resource),
    Column("resource_arn", "string", lambda row: row.names.arn),
    Column("account_name", "string", lambda row: row.names.account),
    Column("reason", "string", lambda row: row.result.annotation),
    Column("since", "timestamp", lambda row: row.result.since.astimezone(UTC)),
    Column("recorded_at", "timestamp", lambda row: row.result.time.astimezone(UTC)),
    Column("last_seen", "timestamp", lambda row: row.last_seen.astimezone(UTC)),
    Column("waiver_ticket", "string", lambda row: row.result.waiver and row.result.waiver.ticket),
    Column("waiver_owner", "string", lambda row: row.result.waiver and row.result.waiver.owner),
    Column("waiver_expires", "date", lambda row: row.result.waiver and row.result.waiver.expires),
)


def athena_ddl(location: str) -> str:
    """Write the statement by which Athena has the files of a bucket as a table.

    Days are projected, so none has to be added; accounts and regions are named in the questions.

    Parameters
    ----------
    location
        The place that was exported to, such as ``s3://acme-compliance/results``.

    Returns
    -------
    str
        One statement, which ends with a semicolon.
    """
    columns = ",\n".join(f"  `{column.name}` {column.kind}" for column in COLUMNS)
    partitions = ", ".join(f"`{name}` {kind}" for name, kind in PARTITIONS.items())
    return f"""CREATE EXTERNAL TABLE {TABLE} (
{columns}
)
PARTITIONED BY ({partitions})
STORED AS PARQUET
LOCATION '{location}/'
TBLPROPERTIES (
  'projection.enabled' = 'true',
  'projection.day.type' = 'date',
  'projection.day.range' = '2026-01-01,NOW',
  'projection.day.format' = 'yyyy-MM-dd',
  'projection.account.type' = 'injected',
  'projection.region.type' = 'injected',
  'storage.location.template' = '{location}/day=${{day}}/account=${{account}}/region=${{region}}'
);
"""
