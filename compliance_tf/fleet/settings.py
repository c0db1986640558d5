"""``fleet.yaml``: which accounts and regions have the deployment, in which workspace, and by which role."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

from msgspec import Meta, Struct

from compliance_tf.catalog.home_region import check_home_region
from compliance_tf.catalog.recorded_types import IAM_TYPES, is_recorded_in
from compliance_tf.errors import FleetError, SettingError
from compliance_tf.model.members import allowed, whole
from compliance_tf.model.naming import NAME_PART
from compliance_tf.model.regions import REGION
from compliance_tf.model.yaml_file import read_yaml
from compliance_tf.preflight.assumptions import USUAL_CHANGES

USUAL_FILE: Final = Path("fleet.yaml")

REGION_PLACE: Final = "{region}"
"""The placeholder of the region in the name of a bucket."""

_FIRST_REGION: Final = "us-east-1"

AccountId = Annotated[str, allowed("twelve digits", pattern=whole("[0-9]{12}"))]
RegionCode = Annotated[str, allowed("the code of an AWS region, such as eu-west-1", pattern=whole(REGION))]
RoleName = Annotated[
    str, allowed("the name of a role, with its path if it has one, and no ARN", pattern=whole(r"[\w+=,.@/-]{1,512}"))
]
ExternalId = Annotated[str, allowed("an external id of 2 to 1,224 characters", pattern=whole(r"[\w+=,.@:/-]{2,1224}"))]
Unit = Annotated[
    str,
    allowed(
        "the id of an organizational unit or root, such as ou-ab12-11111111",
        pattern=whole(r"r-[0-9a-z]{4,32}|ou-[0-9a-z]{4,32}-[0-9a-z]{8,32}"),
    ),
]


class Organization(Struct, frozen=True, forbid_unknown_fields=True):
    """Accounts of AWS Organizations, which is only read.

    Parameters
    ----------
    units
        Organizational units, or the root, with all that is below; the whole organization unless given.
    tags
        Only accounts that have all of these tags.
    without
        Accounts that are left out.
    """

    units: tuple[Unit, ...] = ()
    tags: dict[str, str] = {}
    without: tuple[AccountId, ...] = ()


class Assumed(Struct, frozen=True, forbid_unknown_fields=True):
    """Assumptions about a cell for the estimate of costs, which then does not ask it.

    Parameters
    ----------
    resources
        How many resources each rule evaluates, or how many there are of each type.
    changes_per_month
        Changes of a resource in a month: 10 unless given.
    """

    resources: Annotated[int, Meta(ge=0)] | dict[str, Annotated[int, Meta(ge=0)]]
    changes_per_month: Annotated[float, allowed("a number from 0", ge=0)] = USUAL_CHANGES


class Group(Struct, frozen=True, forbid_unknown_fields=True):
    """Cells that have the same settings: each account in each region.

    Parameters
    ----------
    name
        What commands call the group.
    workspace
        The Terraform workspace, by which the app's settings may differ.
    regions
        The regions that each account has.
    accounts
        The accounts.
    organization
        Accounts of AWS Organizations, beside those.
    role
        The role to assume in each account: the fleet's unless given.
    external_id
        What the role's trust policy asks for: the fleet's unless given.
    home_region
        The region in which rules about what is global are evaluated: the fleet's unless given.
    assumed
        What the estimate of costs assumes of each of its cells; AWS Config is asked unless given.
    """

    name: Annotated[str, allowed("a name of letters, digits, dots and hyphens", pattern=whole(r"[\w.-]{1,64}"))]
    workspace: Annotated[
        str,
        allowed("a lower-case letter, then lower-case letters, digits and underscores", pattern=whole(NAME_PART)),
    ]
    regions: Annotated[tuple[RegionCode, ...], Meta(min_length=1)]
    accounts: tuple[AccountId, ...] = ()
    organization: Organization | None = None
    role: RoleName | None = None
    external_id: ExternalId | None = None
    home_region: RegionCode | None = None
    assumed: Assumed | None = None


class FleetSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """A fleet: cells, each an account, a region and a workspace, that all have the deployment of one app.

    Parameters
    ----------
    groups
        The cells, group by group.
    role
        The name of the role to assume in each account. Without one the caller's own credentials are used, which are of
        one account.
    external_id
        What the role's trust policy asks for.
    home_region
        The region in which rules about what is global are evaluated: unless given, the first of each group's in which
        AWS Config records IAM's types.
    session_minutes
        How long a role is assumed at a time; it is assumed again when needed. 60 unless given.
    state_bucket
        The bucket of an app that keeps its state in S3, where each account has its own: {account} and {region} stand
        for the cell's. A bucket with {region} in its name is in that region, any other one where the app's state is.
    """

    groups: Annotated[tuple[Group, ...], Meta(min_length=1)]
    role: RoleName | None = None
    external_id: ExternalId | None = None
    home_region: RegionCode | None = None
    session_minutes: Annotated[int, allowed("a whole number from 30 to 720", ge=30, le=720)] = 60
    state_bucket: Annotated[
        str,
        allowed(
            "a bucket's name, in which {account} and {region} may stand",
            pattern=whole(r"(?:[a-z0-9.-]|\{account\}|\{region\})+"),
        ),
    ] = ""

    def __post_init__(self) -> None:
        """Check what one member says of another."""
        names = [group.name for group in self.groups]
        if repeated := sorted({name for name in names if names.count(name) > 1}):
            raise SettingError(f"Two groups are called {', '.join(repeated)}: give each a name of its own.")
        for group in self.groups:
            _check(self, group)


def read_fleet(path: Path) -> FleetSettings:
    """Read a fleet from its file.

    Returns
    -------
    FleetSettings
        The groups and settings of the file; defaults where it has none.

    Raises
    ------
    FleetError
        When it cannot be read, or something in it is not allowed; the message names the line.
    """
    return read_yaml(path, FleetError).convert(FleetSettings)


def _check(fleet: FleetSettings, group: Group) -> None:
    if not group.accounts and group.organization is None:
        raise SettingError(f"Group {group.name}: give it accounts, or an organization to take them from.")
    home = group.home_region or fleet.home_region
    if home is None:
        return
    if home not in group.regions:
        raise SettingError(
            f"Group {group.name}: its home region {home} is none of its regions, so rules about what is global would "
            f"be evaluated nowhere: add it, or choose one of {', '.join(group.regions)}."
        )
    check_home_region(f"Group {group.name}: home_region", home)


def home_region(fleet: FleetSettings, group: Group) -> str:
    """Choose the region in which rules about what is global are evaluated.

    Returns
    -------
    str
        What is set, or else the first of the group's regions that can be home; the first one of AWS where none can, so
        that such rules are left to another group.
    """
    recorded = [one for one in group.regions if all(is_recorded_in(type_, one) for type_ in IAM_TYPES)]
    return group.home_region or fleet.home_region or next(iter(recorded), _FIRST_REGION)
