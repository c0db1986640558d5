"""Cells: an account, a region and a workspace, with the role by which it is reached."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from compliance_tf.errors import FleetError
from compliance_tf.fleet.organization import accounts_of
from compliance_tf.fleet.settings import home_region
from compliance_tf.model.fleet_regions import FleetRegion
from compliance_tf.model.regions import partition

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    import boto3

    from compliance_tf.fleet.settings import FleetSettings, Group


@dataclass(frozen=True, order=True)
class Cell:
    """A deployment of the fleet's app.

    Parameters
    ----------
    account
        Twelve digits.
    region
        Where it is, and which region has the rules about what is global.
    workspace
        The Terraform workspace.
    group
        The name of its group.
    role
        The ARN of the role that is assumed; None for the caller's own credentials.
    external_id
        What the role's trust policy asks for, if it does.
    """

    account: str
    region: FleetRegion
    workspace: str
    group: str
    role: str | None = None
    external_id: str | None = None

    @property
    def folder(self) -> str:
        """The name of its folder."""
        return ".".join(self.place)

    @property
    def place(self) -> tuple[str, str, str]:
        """The account, the region and the workspace."""
        return self.account, self.region.region, self.workspace

    @property
    def options(self) -> str:
        """The options of a command that choose it alone."""
        return f"--group {self.group} --account {self.account} --region {self.region.region}"

    def __str__(self) -> str:
        """Write it as people read it."""
        return " ".join(self.place)


@dataclass(frozen=True)
class Choice:
    """A selection of a fleet's cells; an empty criterion matches all."""

    groups: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()

    def has(self, cell: Cell) -> bool:
        """Return whether a cell is chosen."""
        return (
            (not self.groups or cell.group in self.groups)
            and (not self.accounts or cell.account in self.accounts)
            and (not self.regions or cell.region.region in self.regions)
        )


def cells_of(fleet: FleetSettings, choice: Choice, session: boto3.Session) -> tuple[Cell, ...]:
    """List the chosen cells of a fleet: group by group, account by account, as the file has them.

    Parameters
    ----------
    session
        Credentials with which AWS Organizations is read, where a group takes its accounts from there.

    Returns
    -------
    tuple[Cell, ...]
        The cells, each once; at least one.

    Raises
    ------
    FleetError
        When two groups have the same cell, nothing is chosen, or AWS Organizations does not answer.
    """
    _refuse_unknown("--group", choice.groups, [group.name for group in fleet.groups])
    _refuse_unknown("--region", choice.regions, [region for group in fleet.groups for region in group.regions])
    # Also those of other groups, so that no choice hides a cell that two have; only organizations are not asked.
    cells = [
        cell
        for group in fleet.groups
        for cell in _cells(fleet, group, session if not choice.groups or group.name in choice.groups else None)
    ]
    _refuse_repeated(cells)
    _refuse_unknown("--account", choice.accounts, [cell.account for cell in cells])
    if chosen := tuple(filter(choice.has, cells)):
        return chosen
    raise FleetError("No cell is in all that is chosen: name fewer of --group, --account and --region.")


def _cells(fleet: FleetSettings, group: Group, session: boto3.Session | None) -> Iterator[Cell]:
    accounts = dict.fromkeys(group.accounts)
    if group.organization is not None and session is not None:
        accounts |= dict.fromkeys(accounts_of(group.organization, session))
    role, external_id = group.role or fleet.role, group.external_id or fleet.external_id
    home = home_region(fleet, group)
    for account in accounts:
        for region in dict.fromkeys(group.regions):
            arn = f"arn:{partition(region)}:iam::{account}:role/{role.lstrip('/')}" if role else None
            yield Cell(account, FleetRegion(region, home), group.workspace, group.name, arn, external_id)


def _refuse_repeated(cells: Iterable[Cell]) -> None:
    seen: dict[str, Cell] = {}
    for cell in cells:
        if other := seen.get(cell.folder):
            raise FleetError(
                f"Groups {other.group} and {cell.group} both have the cell {cell}: they would be one deployment. Take "
                "it out of one of them, or give one another workspace."
            )
        seen[cell.folder] = cell


def _refuse_unknown(option: str, given: Collection[str], known: Collection[str]) -> None:
    for one in given:
        if one not in known:
            raise FleetError(f"{option} {one}: the fleet has no such cells. It has {', '.join(dict.fromkeys(known))}.")
