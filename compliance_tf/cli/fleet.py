"""``compliance-tf fleet``: many accounts and regions at once."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from inspect import Parameter, Signature, signature
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, get_type_hints

import typer

from compliance_tf.cli.exit_codes import ExitCode
from compliance_tf.cli.lifecycle import AutoApprove, Unlock  # noqa: TC001 (Typer reads them)
from compliance_tf.fleet.settings import USUAL_FILE
from compliance_tf.review.rendering import Format

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from compliance_tf.fleet.commands import Fleet
    from compliance_tf.fleet.running import Outcome

fleet = typer.Typer(
    help="Many accounts and regions at once: each cell of fleet.yaml has the deployment of this folder's app.",
    no_args_is_help=True,
)

FleetFile = Annotated[Path, typer.Option("--fleet", metavar="FILE", help="Which cells there are.")]
Groups = Annotated[
    list[str] | None, typer.Option("--group", metavar="NAME", help="Only cells of this group. Repeatable.")
]
Accounts = Annotated[
    list[str] | None, typer.Option("--account", metavar="ID", help="Only cells of this account. Repeatable.")
]
Regions = Annotated[
    list[str] | None, typer.Option("--region", metavar="REGION", help="Only cells of this region. Repeatable.")
]
Parallel = Annotated[
    int, typer.Option("--parallel", "-p", min=1, max=100, help="Cells at once: each takes some 900 MB and one core.")
]
Output = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="FILE", help="The file to write; standard output unless given.")
]
USUAL_PARALLEL = 4


@dataclass(frozen=True)
class Chosen:
    """The options of every command: which cells it is about."""

    file: FleetFile = USUAL_FILE
    group: Groups = None
    account: Accounts = None
    region: Regions = None
    parallel: Parallel = USUAL_PARALLEL

    @property
    def is_all(self) -> bool:
        """Return whether all cells of the fleet are chosen."""
        return not (self.group or self.account or self.region)

    @contextmanager
    def begin(self, *, approves: bool = False, synthesizes: bool = True) -> Iterator[Fleet]:
        """Begin a command: alone in the folder, with the app synthesized for the regions of its cells."""
        from compliance_tf.fleet.begin import begin
        from compliance_tf.fleet.cells import Choice
        from compliance_tf.lifecycle.person import Person

        choice = Choice(tuple(self.group or ()), tuple(self.account or ()), tuple(self.region or ()))
        person = Person.at_terminal(approves=approves)
        with begin(self.file, choice, person, parallel=self.parallel, synthesizes=synthesizes) as one:
            yield one


def _command(run: Callable[..., None]) -> Callable[..., None]:
    """Make a command whose first options are those of :class:`Chosen`."""
    chosen, own = signature(Chosen).parameters, signature(run).parameters

    @wraps(run)
    def command(**options: Any) -> None:  # noqa: ANN401 (as Typer gives them)
        run(Chosen(**{name: options.pop(name) for name in chosen}), **options)

    # Typer reads both.
    hints = get_type_hints(Chosen, include_extras=True) | get_type_hints(run, include_extras=True)
    parameters = [*chosen.values(), *[one for name, one in own.items() if name != "chosen"]]
    command.__annotations__ = {one.name: hints[one.name] for one in parameters}
    command.__signature__ = Signature(  # type: ignore[attr-defined]
        [one.replace(kind=Parameter.KEYWORD_ONLY, annotation=hints[one.name]) for one in parameters]
    )
    return fleet.command()(command)


@_command
def plan(chosen: Chosen) -> None:
    """Plan every cell, save the plans for `fleet review`, and show what they change: what is the same once."""
    with chosen.begin() as one:
        planned = one.plan()
        reviewed, groups = _among(one, planned).review()
        for found in groups:
            typer.echo(f"{found.title}: {found.changes}")
        _end(one, _together(planned, reviewed), "planned")


@_command
def review(
    chosen: Chosen,
    *,
    settings: Annotated[
        Path | None,
        typer.Option(
            "--settings", metavar="FILE", help="The project's settings; review.yaml unless given, if there is."
        ),
    ] = None,
    form: Annotated[Format, typer.Option("--format", "-f", help="terminal, markdown or json.")] = Format.TERMINAL,
    output: Output = None,
) -> None:
    """Review the plans that `fleet plan` saved; cells whose reviews say the same are one, with their list.

    The exit code is that of `review`, of the worst cell; 1 when a cell has no plan that could be reviewed.
    """
    from compliance_tf.cli.review import read_settings
    from compliance_tf.fleet.grouping import render_groups
    from compliance_tf.output.atomic_write import atomic_write

    with chosen.begin(synthesizes=False) as one:
        outcomes, groups = one.review(read_settings(settings))
        failed = {outcome.cell: outcome.said for outcome in outcomes if outcome.failed}
        text = render_groups(form, groups, failed)
        if output is None:
            typer.echo(text, nl=False)
        else:
            with atomic_write(output) as stream:
                stream.write(text)
        _end(
            one,
            outcomes,
            "reviewed",
            worst=max((ExitCode.of_review(found.review.verdict) for found in groups), default=ExitCode.FINE),
        )


@_command
def deploy(
    chosen: Chosen,
    *,
    reviewed: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="What `fleet review --format json` wrote: just those plans are applied, and nobody is asked.",
            show_default=False,
        ),
    ] = None,
    auto_approve: AutoApprove = False,
) -> None:
    """Deploy to every cell: plan all, show what is to be changed, ask once, and apply those plans.

    Given again after a failure or a kill it goes on: a cell that is done has nothing to change.
    """
    with chosen.begin(approves=auto_approve or reviewed is not None) as one:
        if reviewed is not None:
            _end(one, one.apply_reviewed(reviewed), "deployed")
        one.person.require_interactive()
        planned = one.plan(applies=True)
        shown, groups = _among(one, planned).review()
        for found in groups:
            typer.echo(f"{found.title}: {found.changes}")
        _end(one, one.deploy(_together(planned, shown), groups), "deployed")


@_command
def destroy(
    chosen: Chosen,
    *,
    auto_approve: AutoApprove = False,
) -> None:
    """Destroy what was deployed to every cell, and say what is left, if anything is."""
    with chosen.begin(approves=auto_approve) as one:
        _end(one, one.destroy(), "destroyed")


@_command
def recover(
    chosen: Chosen,
    *,
    remove: Annotated[bool, typer.Option("--remove", help="Remove it instead.")] = False,
    unlock: Unlock = None,
    auto_approve: AutoApprove = False,
) -> None:
    """Take into the states what killed commands left: what has a cell's names and tags and is in no state."""
    with chosen.begin(approves=auto_approve) as one:
        if not remove:
            _end(one, one.recover(removes=False, unlocks=unlock), "recovered")
        one.person.require_interactive()
        shown = one.show_leftovers()
        recovered = _among(one, shown).recover(removes=True, unlocks=unlock)
        _end(one, _together(shown, recovered), "recovered")


@_command
def preflight(chosen: Chosen) -> None:
    """Ask every account whether a deployment can go ahead; nothing is changed. A cell's log has the whole answer."""
    with chosen.begin() as one:
        _end(one, one.preflight(), "may go ahead")


@_command
def status(chosen: Chosen) -> None:
    """Show for every cell whether it is deployed with all rules, and when its results were compared with AWS Config."""
    from compliance_tf.fleet.status import StatusQuestions, removed

    with chosen.begin() as one:
        outcomes = one.runner.each(one.cells, StatusQuestions(one.folder, one.credentials).ask)
        _end(one, [*outcomes, *(removed(one.folder, one.cells) if chosen.is_all else [])], "fine")


def _among(one: Fleet, outcomes: Sequence[Outcome]) -> Fleet:
    """Go on with the cells that did not fail."""
    from dataclasses import replace

    return replace(one, cells=tuple(outcome.cell for outcome in outcomes if not outcome.failed))


def _together(first: Sequence[Outcome], then: Sequence[Outcome]) -> list[Outcome]:
    """Put two steps together: the later outcome of a cell counts, if it came so far."""
    later = {outcome.cell: outcome for outcome in then}
    return [later.get(outcome.cell, outcome) for outcome in first]


def _end(command: Fleet, outcomes: Sequence[Outcome], done: str, worst: int = 0) -> NoReturn:
    """Print the table of the cells that somebody has to look at and the sum, and end with the exit code."""
    from compliance_tf.fleet.running import State
    from compliance_tf.output.terminal_table import print_table

    looked_at = [outcome for outcome in outcomes if outcome.failed or outcome.state is State.FOUND]
    if looked_at:
        columns = ("Account", "Region", "Workspace", "State", "Why")
        rows = [(*one.cell.place, one.state.value, one.in_a_line) for one in looked_at]
        print_table(columns, rows, whole=columns[:4])
    words = {State.DONE: done, State.UNCHANGED: "unchanged"}
    counts = Counter(words.get(outcome.state, outcome.state.value) for outcome in outcomes)
    said = ", ".join(f"{number} {word}" for word, number in counts.items())
    typer.echo(f"{len(outcomes)} {'cell' if len(outcomes) == 1 else 'cells'}: {said}.", err=True)
    if any(outcome.state is State.FAILED for outcome in outcomes):
        typer.echo(f"The log of each cell is in {command.folder.path}/<account>.<region>.<workspace>/.", err=True)
    command.runner.require_no_signal()
    if any(outcome.failed for outcome in outcomes):
        raise typer.Exit(ExitCode.ERROR)
    if any(outcome.state is State.FOUND for outcome in outcomes):
        worst = max(worst, ExitCode.FOUND)
    raise typer.Exit(worst)
