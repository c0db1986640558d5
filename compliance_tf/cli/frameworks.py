"""``compliance-tf frameworks``."""

from __future__ import annotations

import sys
from collections import Counter
from typing import TYPE_CHECKING, Annotated

import typer

from compliance_tf.cli.exit_codes import ExitCode
from compliance_tf.cli.options import (
    Accounts,
    Aggregator,
    FleetFile,
    Format,
    OutputFormat,
    Project,
    Region,
    SomeWorkspace,
    Table,
    TableFormat,
    TableOrJson,
)
from compliance_tf.cli.readers import end, open_reader
from compliance_tf.output.sanitize import json_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from compliance_tf.results.frameworks.assessment import ControlAssessment

frameworks = typer.Typer(help="Standards, benchmarks and laws: their controls, the rules of each, and their status.")

Name = Annotated[
    str, typer.Argument(metavar="FRAMEWORK", help="The framework's name, such as nist-csf.", show_default=False)
]


@frameworks.callback(invoke_without_command=True)
def list_frameworks(context: typer.Context, *, output: TableOrJson = TableFormat.TABLE) -> None:
    """List the frameworks; `show` maps rules to controls, `report` prints the status in a workspace."""
    if context.invoked_subcommand is None:
        list_(output=output)


@frameworks.command("list")
def list_(*, output: TableOrJson = TableFormat.TABLE) -> None:
    """List the frameworks; `show` maps rules to controls, `report` prints the status in a workspace."""
    from compliance_tf.catalog.frameworks.framework import frameworks as known
    from compliance_tf.output.terminal_table import print_table

    listed = [
        {
            "name": one.name,
            "controls": len(one.controls),
            "rules": len({rule for control in one.controls for rule in control.rules}),
            "title": one.title,
        }
        for one in known().values()
    ]
    if output is TableFormat.JSON:
        typer.echo(json_text(listed, indent=2))
        return
    rows = [[str(cell) for cell in one.values()] for one in listed]
    print_table(("Framework", "Controls", "Rules", "Title"), rows, whole=("Framework", "Controls", "Rules"))


@frameworks.command()
def show(name: Name, *, output: TableOrJson = TableFormat.TABLE) -> None:
    """Show a framework's controls, and the managed rules and checks that map to each.

    "Not asked" is how much else the framework's source names for a control, of which no rule asks the same.
    """
    from compliance_tf.catalog.frameworks.framework import framework
    from compliance_tf.output.terminal_table import print_table
    from compliance_tf.results.frameworks.formats import framework_to_json

    found = framework(name)
    if output is TableFormat.JSON:
        typer.echo(json_text(framework_to_json(found), indent=2))
        return
    typer.echo(f"{found.title}. Source: {found.source}.", err=True)
    rows = [
        (one.id, " ".join((*one.rules, *one.checks)), str(one.unmatched or ""), one.title or "")
        for one in found.controls
    ]
    print_table(("Control", "Rules", "Not asked", "Title"), rows, whole=("Control", "Not asked"))


@frameworks.command()
def report(
    name: Name,
    *,
    workspace: SomeWorkspace = None,
    project: Project = None,
    region: Region = None,
    table: Table = None,
    fleet: FleetFile = None,
    account: Accounts = None,
    aggregator: Aggregator = None,
    output: OutputFormat = Format.TABLE,
    strict: Annotated[bool, typer.Option("--strict", help=f"Exit with {ExitCode.FOUND} when a control fails.")] = False,
) -> None:
    """Show the status of a framework's controls: pass, partly evaluated, fail, waived or not evaluated.

    A control passes when all rules that the framework names for it are deployed, have results and comply; where some
    are missing or have no results yet, where no rule asks all that the framework's source names, or where cells of a
    fleet cannot be read, it is partly evaluated. One that no rule of the deployment maps to, or whose rules have no
    results, is not evaluated. Controls that no rule can tell anything about, such as training or contracts, are not
    listed at all.
    """
    from compliance_tf.catalog.frameworks.framework import framework
    from compliance_tf.output.csv_table import write_csv_table
    from compliance_tf.results.frameworks.assessment import ControlStatus, assess, relevant_rules
    from compliance_tf.results.frameworks.formats import COLUMNS, report_csv_rows, report_to_json
    from compliance_tf.results.progress import reading

    found = framework(name)
    reader = open_reader(
        workspace, project=project, region=region, table=table, fleet=fleet, accounts=account, aggregator=aggregator
    )
    with reading(reader):
        rules = relevant_rules(found, reader.rules.values())
        assessments = assess(found, rules, reader.of_rules(rule.name for rule in rules), reader.missing)
    match output:
        case Format.TABLE:
            _print(assessments)
        case Format.JSON:
            typer.echo(json_text(report_to_json(found, assessments, reader.place, reader.missing), indent=2))
        case Format.CSV:
            write_csv_table(COLUMNS, report_csv_rows(assessments), sys.stdout)
    if strict and any(one.status is ControlStatus.FAILED for one in assessments):
        end(reader, ExitCode.FOUND)
    end(reader)


def _print(assessments: Sequence[ControlAssessment]) -> None:
    from compliance_tf.output.terminal_table import print_table
    from compliance_tf.results.frameworks.assessment import ControlStatus

    columns = ("Control", "Status", "Non-compliant", "Waived", "Compliant", "Why", "Title")
    rows = [
        (
            one.control.id,
            one.status.value,
            str(one.non_compliant),
            str(one.waived),
            str(one.compliant),
            _why(one),
            one.control.title or "",
        )
        for one in assessments
    ]
    print_table(columns, rows, whole=columns[:5])
    counts = Counter(one.status for one in assessments)
    said = ", ".join(f"{counts[status]} {status.value}" for status in ControlStatus if counts[status])
    # Standard output is the table's alone, so that it can be piped.
    typer.echo(f"{len(assessments)} controls: {said}.", err=True)


def _why(one: ControlAssessment) -> str:
    failing = [f"{counts.rule.id} ({counts.non_compliant})" for counts in one.failing]
    silent = [counts.rule.id for counts in one.without_results]
    parts = (
        ("fails: ", failing),
        ("no results: ", silent),
        ("not deployed: ", one.not_deployed),
    )
    why = [said + ", ".join(names) for said, names in parts if names]
    if one.control.unmatched:
        why.append(f"{one.control.unmatched} more that no rule asks")
    if not one.is_complete:
        why.append("cells are missing")
    return "; ".join(why)
