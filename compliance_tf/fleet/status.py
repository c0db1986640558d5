"""The status of each cell, from AWS itself, without Terraform or a state."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from compliance_tf.fleet.running import Outcome, State

if TYPE_CHECKING:
    from collections.abc import Collection

    import boto3

    from compliance_tf.fleet.cells import Cell
    from compliance_tf.fleet.credentials import CellCredentials
    from compliance_tf.fleet.folder import FleetFolder

_COMPARED_WITHIN: Final = timedelta(days=2)
"""The maximum age of the last comparison with AWS Config, which runs once a day."""


@dataclass(frozen=True)
class StatusQuestions:
    """Asks cells how they stand.

    Parameters
    ----------
    folder
        Has what was synthesized, by which the number of rules is known.
    credentials
        Those of the cells.
    """

    folder: FleetFolder
    credentials: CellCredentials

    def ask(self, cell: Cell) -> tuple[State, str]:
        """Return whether a cell has all rules, and when its table was compared with AWS Config."""
        stack = self.folder.stack(cell.region)
        session = self.credentials.session(cell)
        prefix = f"{stack.project}-{cell.workspace}-"
        wanted = {f"{prefix}{name}" for name, rule in stack.deployment.rules.items() if rule.is_in(cell.workspace)}
        there = {name for name in _rules(session) if name.startswith(prefix)}
        if not there:
            return State.FOUND, "not deployed"
        problems = [
            *([f"{len(wanted - there)} rules are missing"] if wanted - there else []),
            *([f"{len(there - wanted)} rules are no longer declared"] if there - wanted else []),
        ]
        compared = _compared(session, cell, stack.project)
        if overdue := comparison_problem(compared, datetime.now(UTC)):
            problems.append(overdue)
        if compared is None or problems:
            return State.FOUND, f"{len(there)} rules: {', '.join(problems)}"
        return State.DONE, f"{len(there)} rules, compared {compared:%Y-%m-%d %H:%M} UTC"


def comparison_problem(compared: datetime | None, now: datetime) -> str | None:
    """Describe the lack of a recent comparison with AWS Config; None where there was one."""
    if compared is None:
        return "not compared with AWS Config yet: that comes an hour after a deployment"
    return "not compared with AWS Config within two days" if now - compared > _COMPARED_WITHIN else None


def removed(folder: FleetFolder, cells: Collection[Cell]) -> list[Outcome]:
    """Find cells that were deployed from this folder, and are in the fleet no more.

    Parameters
    ----------
    cells
        All cells of the fleet.

    Returns
    -------
    list[Outcome]
        One for each such cell, in the state FOUND and with what to do; empty where there is none.
    """
    why = (
        "deployed from this folder, and no longer in the fleet: put it back and give `fleet destroy`, or remove the "
        "folder {} if it was destroyed elsewhere"
    )
    return [Outcome(cell, State.FOUND, why.format(folder.of(cell))) for cell in folder.deployed_beside(cells)]


def _rules(session: boto3.Session) -> list[str]:
    client: Any = session.client("config")
    pages = client.get_paginator("describe_config_rules").paginate()
    return [rule["ConfigRuleName"] for page in pages for rule in page["ConfigRules"]]


def _compared(session: boto3.Session, cell: Cell, project: str) -> datetime | None:
    from compliance_tf.results.place import ResultsPlace
    from compliance_tf.results.reader import ResultsReader

    place = ResultsPlace(project, cell.workspace, cell.region.region, f"{project}-{cell.workspace}-results")
    return max(ResultsReader(place, session.client("dynamodb")).compared_at.values(), default=None)
