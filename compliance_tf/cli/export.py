"""``compliance-tf results export``."""

from __future__ import annotations

import sys
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from compliance_tf.cli.options import (
    AccountName,
    Accounts,
    Aggregator,
    FleetFile,
    Format,
    OutputFormat,
    Project,
    Region,
    ResourceNames,
    SomeWorkspace,
    Table,
)
from compliance_tf.cli.readers import end, open_reader
from compliance_tf.errors import ExportError
from compliance_tf.results.exports.export import ExportFormat
from compliance_tf.results.row import Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from compliance_tf.results.analytics.parquet import Place
    from compliance_tf.results.exports.export import Snapshot
    from compliance_tf.results.reader import ResultsReader
    from compliance_tf.results.row import Row


class ExportedFormat(Enum):
    """The formats of the command: those of a stream of text, and Parquet files in a folder or bucket."""

    CSV = "csv"
    JSON_LINES = "jsonl"
    OCSF = "ocsf"
    ASFF = "asff"
    SARIF = "sarif"
    JUNIT = "junit"
    PARQUET = "parquet"


Output = Annotated[
    str | None,
    typer.Option(
        "--output",
        "-o",
        help="The file to write; standard output unless given. Of Parquet the folder, or s3://bucket/prefix.",
        show_default=False,
    ),
]
KmsKey = Annotated[
    str | None,
    typer.Option(
        "--kms-key",
        metavar="ARN",
        help="The KMS key that a bucket's policy asks for with each object; the bucket's default unless given.",
        show_default=False,
    ),
]
Statuses = Annotated[
    list[Status] | None,
    typer.Option("--status", help="Results with this status; all that are not closed unless given. Repeatable."),
]

EXPORTED: Final = (Status.NON_COMPLIANT, Status.WAIVED, Status.COMPLIANT)


def export(
    *,
    format_: Annotated[ExportedFormat, typer.Option("--format", "-f", help="The format.", show_default=False)],
    workspace: SomeWorkspace = None,
    output: Output = None,
    statuses: Statuses = None,
    project: Project = None,
    region: Region = None,
    table: Table = None,
    fleet: FleetFile = None,
    account: Accounts = None,
    aggregator: Aggregator = None,
    names: ResourceNames = True,
    account_name: AccountName = None,
    kms_key: KmsKey = None,
) -> None:
    """Write all present results in a format for other tools: a spreadsheet, a SIEM, Security Hub, a CI system."""
    from compliance_tf.results.exports.export import Snapshot
    from compliance_tf.results.names import name_lookup
    from compliance_tf.results.progress import reading, say_what_is_missing
    from compliance_tf.results.selection import Selection
    from compliance_tf.results.wording import counted

    reader = open_reader(
        workspace, project=project, region=region, table=table, fleet=fleet, accounts=account, aggregator=aggregator
    )
    lookup = name_lookup(reader, wanted=names, account_name=account_name)
    rows = _Counted(lookup.named(Selection(frozenset(statuses or EXPORTED)).rows(reader)))
    snapshot = Snapshot(reader.place, reader.at)
    with reading(reader, shown=output is not None or not sys.stdout.isatty()):
        if format_ is ExportedFormat.PARQUET:
            _write_parquet(rows, reader, output, kms_key)
        elif kms_key or (output or "").startswith("s3:"):
            raise ExportError(f"Only Parquet is written into a bucket: write {format_.value} to a file, and copy it.")
        else:
            _write(ExportFormat(format_.value), rows, snapshot, Path(output) if output else None)
    say_what_is_missing(lookup)
    typer.echo(f"{counted(rows.count, 'result')} exported.", err=True)
    _warn_of_github(format_, rows.count)
    end(reader)


class _Counted:
    """Rows that are counted while they are read."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.count = 0
        self._rows = rows

    def __iter__(self) -> Iterator[Row]:
        for row in self._rows:
            self.count += 1
            yield row


def _write(format_: ExportFormat, rows: Iterable[Row], snapshot: Snapshot, output: Path | None) -> None:
    from compliance_tf.output.atomic_write import atomic_write
    from compliance_tf.results.exports.export import write

    if output is None:
        write(format_, rows, snapshot, sys.stdout)
        return
    try:
        with atomic_write(output) as stream:
            write(format_, rows, snapshot, stream)
    except OSError as cause:
        raise ExportError(f"{output} cannot be written: {cause.strerror}. Give another file with --output.") from cause


def _write_parquet(rows: _Counted, reader: ResultsReader, output: str | None, kms_key: str | None) -> None:
    from compliance_tf.results.analytics.parquet import write_parquet
    from compliance_tf.results.resource_search import caller_account

    if output is None:
        raise ExportError("Parquet is several files: give a folder, or s3://bucket/prefix, with --output.")

    def read_to_end() -> Mapping[Place, bool]:
        if rows.count or not reader.is_one_table:
            return reader.read_to_end
        # Rows say where they are from; without any it is the credentials' account.
        place = reader.place
        return {(caller_account(place.region), place.region, place.rule_prefix.removesuffix("-")): True}

    files = write_parquet(rows, reader.at, output, source=reader.source, read_to_end=read_to_end, kms_key=kms_key)
    typer.echo(f"{files} {'file' if files == 1 else 'files'} in {output}.", err=True)


def _warn_of_github(format_: ExportedFormat, count: int) -> None:
    from compliance_tf.results.exports.sarif import GITHUB_RESULTS

    if format_ is ExportedFormat.SARIF and count > GITHUB_RESULTS:
        typer.echo(
            f"GitHub accepts at most {GITHUB_RESULTS:,} results: export fewer, for example with --status "
            "non-compliant.",
            err=True,
        )


def sql(
    question: Annotated[
        str,
        typer.Argument(
            metavar="SQL",
            help='DuckDB\'s SQL: "results" are the rows of all days, "latest" those of each last day.',
            show_default=False,
        ),
    ],
    *,
    folder: Annotated[
        Path, typer.Option(help="The folder that `results export --format parquet` wrote.", show_default=False)
    ],
    output: OutputFormat = Format.TABLE,
) -> None:
    """Ask exported results in SQL; the extra `analytics` has the engine, and nothing leaves the machine."""
    from compliance_tf.output.csv_table import write_csv_table
    from compliance_tf.output.sanitize import json_text
    from compliance_tf.output.terminal_table import print_table
    from compliance_tf.results.analytics.sql import ask

    columns, rows = ask(question, folder)
    texts = [tuple("" if cell is None else str(cell) for cell in row) for row in rows]
    match output:
        case Format.TABLE:
            print_table(columns, texts)
        case Format.CSV:
            write_csv_table(columns, texts, sys.stdout)
        case Format.JSON:
            plain = (str, int, float, bool, type(None))
            found = [
                {name: cell if isinstance(cell, plain) else str(cell) for name, cell in zip(columns, row, strict=True)}
                for row in rows
            ]
            typer.echo(json_text(found, indent=2))
