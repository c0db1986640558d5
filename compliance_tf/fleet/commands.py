"""Plans, reviews, deploys and destroys all cells of a fleet, each by the command that does so for one workspace.

What is done is known from the states alone: a cell that is done has nothing to change, so a command that was killed is
given again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from compliance_tf.errors import FleetError
from compliance_tf.fleet.grouping import Group, grouped, reviewed_fingerprints
from compliance_tf.fleet.running import Outcome, State
from compliance_tf.model.command_line import CELL
from compliance_tf.review.plan.shown_plan import ShownPlan
from compliance_tf.review.review import review
from compliance_tf.review.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from compliance_tf.fleet.cells import Cell
    from compliance_tf.fleet.credentials import CellCredentials
    from compliance_tf.fleet.folder import FleetFolder
    from compliance_tf.fleet.running import Runner
    from compliance_tf.lifecycle.person import Person
    from compliance_tf.review.review import Review
    from compliance_tf.terraform.machine import Machine


_IN_ONE_COMMAND: Final = ("--in-one-command",)


@dataclass(frozen=True)
class Fleet:
    """The chosen cells of a fleet, to be worked on by one command.

    Parameters
    ----------
    cells
        The cells.
    folder
        Where it works; the app is synthesized there.
    credentials
        Those of the cells.
    machine
        What it runs on: its environment is that of the commands, but for the credentials.
    runner
        Runs the commands.
    person
        Who gave the command.
    state_bucket
        The name of the bucket of each cell's state, where the app's own is not meant.
    """

    cells: tuple[Cell, ...]
    folder: FleetFolder
    credentials: CellCredentials
    machine: Machine
    runner: Runner
    person: Person
    state_bucket: str = ""
    _shown: dict[Cell, ShownPlan] = field(default_factory=dict, repr=False)

    def plan(self, *, applies: bool = False) -> list[Outcome]:
        """Plan each cell, and save the plans for a review.

        Parameters
        ----------
        applies
            Whether this command applies the plans as well, by :meth:`deploy`.

        Returns
        -------
        list[Outcome]
            One for each cell, in their order.
        """
        return self._each("plan", *(_IN_ONE_COMMAND if applies else ()))

    def review(self, settings: Settings | None = None) -> tuple[list[Outcome], list[Group]]:
        """Review the saved plans of the cells, and group what says the same."""
        reviews: dict[Cell, Review] = {}

        def work(cell: Cell) -> tuple[State, str]:
            reviews[cell] = self._review(cell, settings or Settings())
            return (State.UNCHANGED if _is_done(reviews[cell]) else State.DONE), reviews[cell].verdict.value

        outcomes = self.runner.each(self.cells, work)
        return outcomes, grouped((cell, reviews[cell]) for cell in self.cells if cell in reviews)

    def deploy(self, outcomes: Sequence[Outcome], groups: Sequence[Group]) -> list[Outcome]:
        """Apply the plans that were shown, after somebody has agreed; what failed before stays so.

        Parameters
        ----------
        outcomes
            Those of the plans and reviews.
        groups
            What was reviewed: nothing else is applied.

        Returns
        -------
        list[Outcome]
            One for each of ``outcomes``, in their order: that of the apply where there was one.
        """
        self.runner.require_no_signal()
        expected = {
            cell: fingerprint
            for group in groups
            if not _is_done(group.review)
            for cell, fingerprint in group.fingerprints.items()
        }
        if expected:
            self.person.confirm(f"Deploy this to {_counted(len(expected))}?")

        def work(cell: Cell) -> tuple[State, str]:
            self._apply(cell, expected[cell], *_IN_ONE_COMMAND)
            return State.DONE, "deployed"

        applied = {one.cell: one for one in self.runner.each(tuple(expected), work)}
        return [applied.get(one.cell, one) for one in outcomes]

    def apply_reviewed(self, file: Path) -> list[Outcome]:
        """Apply just the plans that a file of reviews lists.

        A cell without a plan was applied before, by a command that was killed: it is planned again, and done if
        there is nothing to change.

        Returns
        -------
        list[Outcome]
            One for each cell, in their order.
        """
        reviewed = reviewed_fingerprints(file)

        def work(cell: Cell) -> tuple[State, str]:
            fingerprint = reviewed.get(cell.place)
            if fingerprint is None:
                raise FleetError(f"{file} has no review of it: plan and review it.")
            if self.folder.saved_plan(cell) is None:
                self._command(cell, "plan")
                if not _is_done(self._review(cell, Settings())):
                    raise FleetError("Its reviewed plan is missing, and there are changes: plan and review it.")
                return State.UNCHANGED, "was deployed before"
            found = self._review(cell, Settings())
            if found.fingerprint == fingerprint and _is_done(found):
                return State.UNCHANGED, "nothing to change"
            self._apply(cell, fingerprint)
            return State.DONE, "deployed"

        return self.runner.each(self.cells, work)

    def destroy(self) -> list[Outcome]:
        """Destroy each cell, after somebody has agreed."""
        self.person.confirm(f"Destroy {_counted(len(self.cells))}?")

        def work(cell: Cell) -> tuple[State, str]:
            self._command(cell, "destroy", "--auto-approve")
            self.folder.forget(cell)
            return State.DONE, ""

        return self.runner.each(self.cells, work)

    def show_leftovers(self) -> list[Outcome]:
        """Show what each cell has with its names and tags and in no state, before it is removed.

        Returns
        -------
        list[Outcome]
            One for each cell, in their order.
        """
        outcomes = self._each("recover", "--show")
        for cell in (outcome.cell for outcome in outcomes if not outcome.failed):
            for line in self.folder.log(cell, "recover").read_text(encoding="utf-8").splitlines():
                self.person.show(f"{cell}: {line}")
        return outcomes

    def recover(self, *, removes: bool, unlocks: str | None = None) -> list[Outcome]:
        """Take into the state of each cell what a killed command left in its account, or remove it.

        Parameters
        ----------
        removes
            Whether it is removed.
        unlocks
            The id of the one lock of a state that is released.

        Returns
        -------
        list[Outcome]
            One for each cell, in their order.
        """
        self.person.confirm(f"{'Remove this from' if removes else 'Recover'} {_counted(len(self.cells))}?")
        options = [*(["--remove"] if removes else []), *(["--unlock", unlocks] if unlocks else [])]
        return self._each("recover", "--auto-approve", *options)

    def preflight(self) -> list[Outcome]:
        """Ask each account whether a deployment can go ahead."""

        def work(cell: Cell) -> tuple[State, str]:
            code = self._command(cell, "preflight")
            lines = self.folder.log(cell, "preflight").read_text(encoding="utf-8").strip().splitlines()
            return (State.FOUND if code else State.DONE), lines[-1] if lines else ""

        return self.runner.each(self.cells, work)

    def _each(self, command: str, *options: str) -> list[Outcome]:
        def work(cell: Cell) -> tuple[State, str]:
            self._command(cell, command, *options)
            return State.DONE, ""

        return self.runner.each(self.cells, work)

    def _apply(self, cell: Cell, fingerprint: str, *options: str) -> None:
        """Apply a saved plan that was reviewed; its process need not have Terraform show it again."""
        shown = self._shown.pop(cell).to_bytes()
        self._command(cell, "apply", "--expect", fingerprint, "--shown", *options, given=shown)

    def _command(self, cell: Cell, command: str, *options: str, given: bytes = b"") -> int:
        environment = self.machine.environment()
        variables = self.credentials.variables(cell, environment)
        variables |= self.folder.prepare(cell, self.state_bucket, environment)
        variables[CELL] = cell.options
        return self.runner.command(
            [command, "-w", cell.workspace, *options],
            folder=self.folder.of(cell),
            variables=variables,
            log=self.folder.log(cell, command),
            given=given,
        )

    def _review(self, cell: Cell, settings: Settings) -> Review:
        path = self.folder.saved_plan(cell)
        if path is None:
            raise FleetError("It has no saved plan: run `compliance-tf fleet plan` first.")
        self._shown[cell] = shown = ShownPlan.of(path, self.machine)
        return review(shown.plan(path), settings)


def _is_done(found: Review) -> bool:
    """Return whether there is nothing to apply, as for a deployment of one workspace."""
    return found.is_empty and not found.drift


def _counted(number: int) -> str:
    return "1 cell" if number == 1 else f"{number} cells"
