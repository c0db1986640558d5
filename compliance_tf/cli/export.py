"""``compliance-tf results export``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from compliance_tf.cli.options import (  # noqa: TC001 (Typer reads them)
    AccountName,
    Accounts,
    FleetFile,
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
    from collections.abc import Iterable, Iterator

    from compliance_tf.results.exports.export import Snapshot
    from compliance_tf.results.row import Row

Output = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        dir_okay=False,
        help="The file to write; standard output unless given.",
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
    format_: Annotated[ExportFormat, typer.Option("--format", "-f", help="The format.", show_default=False)],
    workspace: SomeWorkspace = None,
    output: Output = None,
    statuses: Statuses = None,
    project: Project = None,
    region: Region = None,
    table: Table = None,
    fleet: FleetFile = None,
    account: Accounts = None,
    names: ResourceNames = True,
    account_name: AccountName = None,
) -> None:
    """Write all present results in a format for other tools: a spreadsheet, a SIEM, Security Hub, a CI system."""
    from compliance_tf.results.exports.export import Snapshot
    from compliance_tf.results.names import name_lookup
    from compliance_tf.results.progress import reading, say_what_is_missing
    from compliance_tf.results.selection import Selection
    from compliance_tf.results.wording import counted

    reader = open_reader(workspace, project=project, region=region, table=table, fleet=fleet, accounts=account)
    lookup = name_lookup(reader, wanted=names and not fleet, account_name=account_name)
    rows = _Counted(lookup.named(Selection(frozenset(statuses or EXPORTED)).rows(reader)))
    snapshot = Snapshot(reader.place, reader.at)
    with reading(reader, shown=output is not None or not sys.stdout.isatty()):
        _write(format_, rows, snapshot, output)
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


def _warn_of_github(format_: ExportFormat, count: int) -> None:
    from compliance_tf.results.exports.sarif import GITHUB_RESULTS

    if format_ is ExportFormat.SARIF and count > GITHUB_RESULTS:
        typer.echo(
            f"GitHub accepts at most {GITHUB_RESULTS:,} results: export fewer, for example with --status "
            "non-compliant.",
            err=True,
        )
