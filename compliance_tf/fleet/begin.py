"""Begins a command on a fleet: reads it, chooses the cells, and synthesizes the app for their regions."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from compliance_tf.fleet.cells import Cell, Choice, cells_of
from compliance_tf.fleet.commands import Fleet
from compliance_tf.fleet.credentials import CellCredentials, caller_session
from compliance_tf.fleet.folder import FleetFolder
from compliance_tf.fleet.running import Outcome, Runner
from compliance_tf.fleet.settings import read_fleet
from compliance_tf.terraform.machine import Machine, engine
from compliance_tf.terraform.programs import Programs

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from compliance_tf.lifecycle.person import Person


@contextmanager
def begin(file: Path, choice: Choice, person: Person, *, parallel: int, synthesizes: bool = True) -> Iterator[Fleet]:
    """Begin a command in the present folder.

    Parameters
    ----------
    file
        The fleet's file.
    choice
        Which of its cells are meant.
    parallel
        Cells at once: at least 1.
    synthesizes
        Whether the app is synthesized, which a command on saved plans does without.

    Yields
    ------
    Fleet
        The chosen cells and what a command on them needs; nobody else works on the fleet until the context ends.

    Raises
    ------
    ComplianceError
        When the fleet cannot be read, another command works on it, or the app does not synthesize.
    """
    settings = read_fleet(file)
    caller = caller_session()
    cells = cells_of(settings, choice, caller)
    folder = FleetFolder(Path())
    environment = Machine.this().environment()
    with folder.locked() as lock:
        if synthesizes:
            environment |= _synthesize(folder, cells, environment, person)
        yield Fleet(
            cells=cells,
            folder=folder,
            credentials=CellCredentials(caller, settings.session_minutes),
            machine=Machine(environment),
            runner=Runner(parallel, lock, lambda *done: person.say(_progress(*done))),
            person=person,
            state_bucket=settings.state_bucket,
        )


def _synthesize(
    folder: FleetFolder, cells: Collection[Cell], environment: dict[str, str], person: Person
) -> dict[str, str]:
    """Synthesize, say which rules are evaluated nowhere, and have the provider ready; give the variables for that."""
    programs = Programs(environment, say=person.say, show=person.show)
    regions = {cell.region.folder: cell.region for cell in cells}
    with programs.interruptible():
        folder.synthesize(programs, list(regions.values()))
        for warning in unevaluated(folder, cells):
            person.say(f"warning: {warning}")
        if Machine(environment).provider_mirrors() or "TF_PLUGIN_CACHE_DIR" in environment:
            return {}
        cache = folder.plugin_cache()
        # Terraform promises nothing about two that fill it at once: this one fills it, and the cells only read it.
        programs.run(
            [engine(environment), "init", "-backend=false", "-input=false", "-no-color"],
            folder=folder.stack_folder(next(iter(regions.values()))),
            waiting_for="Terraform to get its provider",
            variables={**cache, "TF_DATA_DIR": str(folder.path / ".init")},
        )
        return cache


def unevaluated(folder: FleetFolder, cells: Iterable[Cell]) -> Iterator[str]:
    """Yield a sentence for the rules that are left to another region, and that no region of an account has."""
    rules: dict[tuple[str, str], dict[str, bool]] = {}
    for cell in cells:
        known = rules.setdefault((cell.account, cell.workspace), {})
        for name, rule in folder.stack(cell.region).deployment.rules.items():
            known[name] = known.get(name, False) or rule.enabled or bool(rule.except_in)
    nowhere: dict[tuple[str, ...], list[str]] = {}
    for (account, workspace), known in rules.items():
        if names := tuple(sorted(name for name, there in known.items() if not there)):
            nowhere.setdefault(names, []).append(f"{account} {workspace}")
    for names, accounts in nowhere.items():
        yield (
            f"{', '.join(names)}: evaluated in no region of {accounts[0]}"
            f"{f' and {len(accounts) - 1} more' if accounts[1:] else ''}, for their only region is not among the cells."
        )


def _progress(outcome: Outcome, number: int, total: int) -> str:
    became = f"[{number}/{total}] {outcome.cell}: {outcome.state.value} ({outcome.seconds:.0f} s)"
    return f"{became}: {outcome.in_a_line}" if outcome.said else became
