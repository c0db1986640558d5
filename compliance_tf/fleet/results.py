"""Opens the results of a fleet: which cells there are, whose project it is, and how each table is reached."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from compliance_tf.errors import FleetError, ResultsError, SynthesizedAppError
from compliance_tf.fleet.cells import Cell, Choice, cells_of
from compliance_tf.fleet.credentials import CellCredentials, caller_session
from compliance_tf.fleet.folder import FleetFolder
from compliance_tf.fleet.reader import FleetReader
from compliance_tf.fleet.settings import read_fleet
from compliance_tf.results.clients import client_with_retries
from compliance_tf.results.place import ResultsPlace
from compliance_tf.results.reader import ResultsReader
from compliance_tf.terraform.synthesized import OUTPUT, synthesized_stacks

if TYPE_CHECKING:
    from collections.abc import Sequence


def open_fleet(
    file: Path, *, project: str | None, workspace: str | None, region: str | None, accounts: Sequence[str]
) -> FleetReader:
    """Open the results of a fleet; no table is asked yet.

    Parameters
    ----------
    project
        Whose results they are; that of the app synthesized in this folder unless given.
    workspace, region, accounts
        The only cells that are meant; all unless given.

    Returns
    -------
    FleetReader
        A reader of the tables of all chosen cells, which it reads with a session of their accounts.

    Raises
    ------
    ComplianceError
        When the fleet cannot be read, or it is not known whose results are meant.
    FleetError
        When the fleet has no such cell.
    """
    settings = read_fleet(file)
    caller = caller_session()
    choice = Choice(accounts=tuple(accounts), regions=(region,) if region else ())
    cells = [cell for cell in cells_of(settings, choice, caller) if workspace is None or cell.workspace == workspace]
    if not cells:
        raise FleetError(f"The fleet has no such cells in the workspace '{workspace}'.")
    name = project or _synthesized_project(cells[0])
    credentials = CellCredentials(caller, settings.session_minutes)
    at = datetime.now(UTC)

    def open_(cell: Cell) -> ResultsReader:
        place = ResultsPlace(name, cell.workspace, cell.region.region, f"{name}-{cell.workspace}-results")
        session = credentials.session(cell)
        client = client_with_retries("dynamodb", cell.region.region, str(place), session)
        return ResultsReader(place, client, at=at, session=session)

    return FleetReader(name, cells, open_, at)


def _synthesized_project(cell: Cell) -> str:
    """Read whose app was synthesized here last, for a fleet or for a workspace."""
    folder = FleetFolder(Path())
    try:
        return folder.stack(cell.region).project
    except SynthesizedAppError:
        try:
            return synthesized_stacks(Path(OUTPUT))[0].project
        except SynthesizedAppError as cause:
            raise ResultsError(
                f"It is not known whose results are meant: give --project, or run this in a project's folder. {cause}"
            ) from cause
