"""``compliance-tf report``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from compliance_tf.cli import options  # noqa: TC001 (Typer reads the annotations at run time)
from compliance_tf.cli.readers import end, open_reader
from compliance_tf.results.report.deployed import USUAL_DAYS

Output = Annotated[
    Path | None,
    typer.Option(
        "--output", "-o", help="The file; compliance-<project>-<workspace>.html unless given.", show_default=False
    ),
]
Packs = Annotated[
    list[str] | None,
    typer.Option("--pack", help="Only the rules of this pack; can be given several times.", show_default=False),
]
Frameworks = Annotated[
    list[str] | None,
    typer.Option(
        "--framework",
        metavar="FRAMEWORK",
        help="Show this framework alone, unfolded, also on paper; can be given several times.",
        show_default=False,
    ),
]
Days = Annotated[int, typer.Option(min=1, max=400, help="Days of the trend.")]


def report(
    *,
    workspace: options.SomeWorkspace = None,
    project: options.Project = None,
    region: options.Region = None,
    table: options.Table = None,
    fleet: options.FleetFile = None,
    account: options.Accounts = None,
    aggregator: options.Aggregator = None,
    output: Output = None,
    pack: Packs = None,
    framework: Frameworks = None,
    days: Days = USUAL_DAYS,
    names: options.ResourceNames = True,
    account_name: options.AccountName = None,
) -> None:
    """Write the results into one HTML file, which opens without a network and can be shared."""
    from compliance_tf.results.names import name_lookup
    from compliance_tf.results.progress import reading, say_what_is_missing
    from compliance_tf.results.report.deployed import write_deployed

    reader = open_reader(
        workspace, project=project, region=region, table=table, fleet=fleet, accounts=account, aggregator=aggregator
    )
    file = output or Path(f"compliance-{reader.place.project}-{reader.place.workspace}.html")
    with reading(reader):
        lookup = name_lookup(reader, wanted=names, account_name=account_name)
        count = write_deployed(reader, file, pack or (), days, names=lookup, frameworks=framework or ())
    say_what_is_missing(lookup)
    typer.echo(f"{file}: {count:,} results, {file.stat().st_size / 1e6:.1f} MB")
    end(reader)
