"""``compliance-tf results`` and its subcommands."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from compliance_runtime.check import Severity
from compliance_tf.cli.exit_codes import ExitCode
from compliance_tf.cli.export import export, sql
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
    Workspace,
)
from compliance_tf.cli.readers import end, open_reader
from compliance_tf.errors import ResultsError
from compliance_tf.output.csv_table import write_csv_table
from compliance_tf.output.sanitize import json_text
from compliance_tf.results.row import Status

if TYPE_CHECKING:
    from collections.abc import Sequence

    from compliance_runtime.recording.table_schema import Resource
    from compliance_tf.results.listed import Listed
    from compliance_tf.results.names import NameLookup
    from compliance_tf.results.reader import ResultsReader
    from compliance_tf.results.row import Row

_TABLE_ROWS = 100


class SummaryByDefault(TyperGroup):
    """A group whose default command is its summary."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401 (Typer's types are private)
        """Read the arguments."""
        if args and args[0].startswith("-") and args[0] not in ctx.help_option_names:
            args = ["summary", *args]
        return list(super().parse_args(ctx, args))


results = typer.Typer(
    cls=SummaryByDefault,
    help="Violations, their resources and times, from the results table. Without a command: summary.",
    no_args_is_help=True,
)

FailOn = Annotated[
    Severity | None,
    typer.Option(
        case_sensitive=False,
        help=f"Exit with {ExitCode.FOUND} if there are violations of this severity or above that are not waived.",
        show_default=False,
    ),
]
Rules = Annotated[
    list[str] | None, typer.Option("--rule", metavar="RULE", help="Of this rule, by its id or full name. Repeatable.")
]
Packs = Annotated[list[str] | None, typer.Option("--pack", metavar="PACK", help="Of this pack's rules. Repeatable.")]
Severities = Annotated[
    list[Severity] | None, typer.Option("--severity", case_sensitive=False, help="Of this severity. Repeatable.")
]
Types = Annotated[
    list[str] | None,
    typer.Option("--type", metavar="TYPE", help="Of this resource type, such as AWS::S3::Bucket. Repeatable."),
]
Statuses = Annotated[
    list[Status] | None,
    typer.Option("--status", help="With this status; non-compliant and waived unless given. Repeatable."),
]
ResourceType = Annotated[
    str | None,
    typer.Option("--type", metavar="TYPE", help="The resource's type, if several have the id.", show_default=False),
]
NAMING = (
    "A resource is named by its ARN, by the id that AWS Config gives it, or by its name. An ARN or id is looked up in "
    "the results table; where that leads nowhere, as with the ARN of an IAM role, AWS Config is asked (which takes "
    "config:SelectResourceConfig)."
)


@results.command()
def summary(
    *,
    workspace: SomeWorkspace = None,
    project: Project = None,
    region: Region = None,
    table: Table = None,
    fleet: FleetFile = None,
    account: Accounts = None,
    aggregator: Aggregator = None,
    output: OutputFormat = Format.TABLE,
    top: Annotated[int, typer.Option(min=1, help="Maximum rules and resource types to list.")] = 10,
    fail_on: FailOn = None,
) -> None:
    """Show violations by severity, rule, pack and resource type, and the changes since 7 and 30 days ago.

    The score is the share that complies of what complies or violates; what is waived counts on neither side.
    """
    from compliance_tf.results.progress import reading
    from compliance_tf.results.selection import at_least
    from compliance_tf.results.summary import SUMMARY_COLUMNS, summarize
    from compliance_tf.results.summary_view import print_summary

    reader = open_reader(
        workspace, project=project, region=region, table=table, fleet=fleet, accounts=account, aggregator=aggregator
    )
    with reading(reader):
        found = summarize(reader)
    match output:
        case Format.TABLE:
            print_summary(found, top, sys.stdout)
        case Format.JSON:
            typer.echo(json_text(found.to_json(), indent=2))
        case Format.CSV:
            write_csv_table(SUMMARY_COLUMNS, found.csv_rows(), sys.stdout)
    is_found = fail_on and found.open_violations(at_least(fail_on))
    end(reader, ExitCode.FOUND if is_found else ExitCode.FINE)


@results.command("list")
def list_(
    *,
    workspace: SomeWorkspace = None,
    project: Project = None,
    region: Region = None,
    table: Table = None,
    fleet: FleetFile = None,
    account: Accounts = None,
    aggregator: Aggregator = None,
    output: OutputFormat = Format.TABLE,
    statuses: Statuses = None,
    severities: Severities = None,
    rules: Rules = None,
    packs: Packs = None,
    types: Types = None,
    resource: Annotated[
        str | None, typer.Option(metavar="ARN|ID", help="Of this resource.", show_default=False)
    ] = None,
    tag: Annotated[
        str | None,
        typer.Option(
            metavar="KEY[=VALUE]",
            help="Of resources with this tag, by what AWS Config recorded; takes config:SelectResourceConfig.",
            show_default=False,
        ),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(
            metavar="AGE|DAY", help="With this status since then: 12h, 7d, 2w or 2026-11-01.", show_default=False
        ),
    ] = None,
    limit: Annotated[
        int | None,
        typer.Option(
            min=0, help=f"Maximum rows; 0 for all. {_TABLE_ROWS} in a table, all otherwise.", show_default=False
        ),
    ] = None,
    fail_on: FailOn = None,
    names: ResourceNames = True,
    account_name: AccountName = None,
) -> None:
    """List results, the worst first: those that are not compliant unless options say otherwise."""
    from compliance_tf.results.listed import Listed
    from compliance_tf.results.names import name_lookup
    from compliance_tf.results.selection import VIOLATIONS, Selection, parse_since, whole_names

    reader = open_reader(
        workspace, project=project, region=region, table=table, fleet=fleet, accounts=account, aggregator=aggregator
    )
    if resource and not reader.is_one_table:
        raise ResultsError("--resource is about one cell: give its --workspace and --region alone.")
    if tag and not reader.has_names:
        raise ResultsError("An aggregator is not asked for tags: read a cell, or a fleet.")
    selection = Selection(
        statuses=frozenset(statuses or VIOLATIONS),
        severities=frozenset(severities or ()),
        since=parse_since(since, reader.at) if since else None,
        rules=whole_names(reader, rules or (), packs or ()),
        packs=tuple(packs or ()),
        types=_known(types or ()),
        resource=_find(reader, resource, types[0] if types and len(types) == 1 else None) if resource else None,
        tagged=reader.tagged(tag) if tag else None,
    )
    max_rows = limit if limit is not None else (_TABLE_ROWS if output is Format.TABLE else 0)
    rows = Listed(reader, selection, max_rows=max_rows, in_order=output is Format.TABLE, fail_on=fail_on)
    _print_rows(rows, output, name_lookup(reader, wanted=names, account_name=account_name))
    end(reader, ExitCode.FOUND if rows.failed else ExitCode.FINE)


def _print_rows(rows: Listed, output: Format, names: NameLookup) -> None:
    from compliance_tf.results.progress import reading, say_what_is_missing
    from compliance_tf.results.row_formats import write_csv, write_json

    reader = rows.reader
    if output is Format.TABLE:
        with reading(reader):
            read = list(names.named(rows))
        _print_table(rows, read)
        say_what_is_missing(names)
        return
    write = write_json if output is Format.JSON else write_csv
    with reading(reader, shown=not sys.stdout.isatty()):
        write(names.named(rows), sys.stdout)
    say_what_is_missing(names)


def _print_table(rows: Listed, read: list[Row]) -> None:
    from collections import Counter

    from compliance_tf.results.row_list import print_rows
    from compliance_tf.results.wording import counted

    print_rows(read, rows.reader.at, with_place=not rows.reader.is_one_table)
    counts = Counter(row.status for row in read)
    parts = ", ".join(f"{counts[status]:,} {status.value}" for status in Status if counts[status])
    said = f"{counted(len(read), 'result')}: {parts}." if read else "There are no such results."
    if rows.more:
        said += " There are more: --limit 0 lists all."
    # Standard output is the list's alone, so that it can be piped.
    typer.echo(said, err=True)


@results.command("resource", help=f"Show every rule's result of one resource, and their history.\n\n{NAMING}")
def resource_(
    *,
    named: Annotated[str, typer.Argument(metavar="ARN|ID", help="The resource.", show_default=False)],
    workspace: Workspace,
    resource_type: ResourceType = None,
    project: Project = None,
    region: Region = None,
    table: Table = None,
    output: OutputFormat = Format.TABLE,
    changes: Annotated[int, typer.Option(min=0, help="Maximum changes of its history to list in a table.")] = 20,
    names: ResourceNames = True,
    account_name: AccountName = None,
) -> None:
    """Show every rule's result of one resource, and their history."""
    from compliance_tf.results.deployment import open_results
    from compliance_tf.results.names import name_lookup
    from compliance_tf.results.progress import reading, say_what_is_missing
    from compliance_tf.results.resource_view import ResourceView
    from compliance_tf.results.row_formats import write_csv

    reader = open_results(workspace, project=project, region=region, table=table)
    with reading(reader):
        lookup = name_lookup(reader, wanted=names, account_name=account_name)
        view = ResourceView.read(reader, _find(reader, named, resource_type), lookup)
    say_what_is_missing(lookup)
    match output:
        case Format.TABLE:
            view.print(reader.at, changes)
        case Format.JSON:
            typer.echo(json_text(view.to_json(), indent=2))
        case Format.CSV:
            write_csv(view.rows, sys.stdout)


@results.command()
def watch(
    *,
    workspace: Workspace,
    project: Project = None,
    region: Region = None,
    table: Table = None,
    statuses: Statuses = None,
    severities: Severities = None,
    rules: Rules = None,
    packs: Packs = None,
    types: Types = None,
    every: Annotated[float, typer.Option(min=1, help="Seconds between two reads, each of all violations.")] = 10,
) -> None:
    """Watch violations come and go until Ctrl-C; in a pipe each is one line."""
    from compliance_tf.results.deployment import open_results
    from compliance_tf.results.selection import VIOLATIONS, Selection, whole_names
    from compliance_tf.results.watch import Watch

    reader = open_results(workspace, project=project, region=region, table=table)
    selection = Selection(
        statuses=frozenset(statuses or VIOLATIONS),
        severities=frozenset(severities or ()),
        rules=whole_names(reader, rules or (), packs or ()),
        packs=tuple(packs or ()),
        types=_known(types or ()),
    )
    Watch(lambda: selection.rows(reader.again()), reader.place, every).run()


@results.command()
def reconcile(
    *,
    workspace: Workspace,
    project: Project = None,
    region: Region = None,
    output: Annotated[Format, typer.Option("--format", "-f", help="The output format: table or json.")] = Format.TABLE,
) -> None:
    """Compare the table with AWS Config now, and repair it; takes seconds to minutes.

    This runs automatically once a day. The command invokes the same function, with lambda:InvokeFunction.
    """
    from compliance_tf.results.deployment import results_place
    from compliance_tf.results.progress import waiting
    from compliance_tf.results.reconcile import reconcile as run

    place = results_place(workspace, project=project, region=region)
    with waiting(f"Comparing {place.table} with AWS Config"):
        done = run(place)
    typer.echo(json_text(dict(done.counts)) if output is Format.JSON else str(done))


results.command("export")(export)
results.command("sql")(sql)


def _known(types: Sequence[str]) -> tuple[str, ...]:
    """Refuse resource types that no result can have."""
    from compliance_tf.catalog.resource_types import check_resource_types

    check_resource_types("--type", types)
    return tuple(types)


def _find(reader: ResultsReader, named: str, resource_type: str | None) -> Resource:
    from compliance_tf.results.config_queries import ConfigQueries
    from compliance_tf.results.resource_search import ResourceSearch, caller_account

    search = ResourceSearch(reader, ConfigQueries(reader.place), lambda: caller_account(reader.place.region))
    return search.find(named, resource_type)
