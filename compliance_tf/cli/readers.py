"""Opens what a command about results is to read: one table, or those of all cells of a fleet."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

import typer

from compliance_tf.cli.exit_codes import ExitCode
from compliance_tf.errors import ResultsError
from compliance_tf.output.sanitize import visible

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from compliance_tf.results.reader import ResultsReader

_SHOWN = 10


def open_reader(
    workspace: str | None,
    *,
    project: str | None,
    region: str | None,
    table: str | None,
    fleet: Path | None,
    accounts: Sequence[str] | None,
    aggregator: str | None = None,
) -> ResultsReader:
    """Open what the options name; nothing is asked of a table yet.

    Returns
    -------
    ResultsReader
        A reader of one deployment, of a fleet with ``fleet``, or of an aggregator with ``aggregator``.

    Raises
    ------
    ComplianceError
        When they do not say which results are meant, or the fleet cannot be read.
    ResultsError
        When options contradict each other, or none says which results are meant.
    """
    if fleet is not None:
        from compliance_tf.fleet.results import open_fleet

        if table is not None or aggregator is not None:
            raise ResultsError("A fleet has a table in each cell: leave out --table and --aggregator.")
        return open_fleet(fleet, project=project, workspace=workspace, region=region, accounts=accounts or ())
    if aggregator is not None:
        from compliance_tf.results.aggregator import NOT_SAID, open_aggregator

        typer.echo(NOT_SAID, err=True)
        return open_aggregator(aggregator, region=region, accounts=accounts or (), project=project, workspace=workspace)
    if accounts:
        raise ResultsError("--account chooses among many: give --fleet or --aggregator.")
    if workspace is None:
        raise ResultsError("It is not known which results are meant: give --workspace, --fleet or --aggregator.")
    from compliance_tf.results.deployment import open_results

    return open_results(workspace, project=project, region=region, table=table)


def end(reader: ResultsReader, code: ExitCode = ExitCode.FINE) -> NoReturn:
    """Print missing cells on standard error, and exit: with 1 if any is missing, because the result is incomplete."""
    for cell, why in list(reader.missing.items())[:_SHOWN]:
        typer.echo(f"missing: {cell}: {visible(why)}", err=True)
    if reader.missing:
        more = len(reader.missing) - _SHOWN
        listed = f" {more} more are not listed." if more > 0 else ""
        typer.echo(f"{len(reader.missing)} of the cells are missing from this answer.{listed}", err=True)
        raise typer.Exit(ExitCode.ERROR)
    raise typer.Exit(code)
