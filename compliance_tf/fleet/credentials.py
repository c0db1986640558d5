"""The credentials of cells: each role is assumed when it is needed, and again before its session ends."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

import boto3
import botocore.session
from botocore.credentials import (
    AssumeRoleCredentialFetcher,
    CredentialProvider,
    CredentialResolver,
    Credentials,
    DeferredRefreshableCredentials,
)
from botocore.exceptions import BotoCoreError, ClientError
from botocore.loaders import Loader, create_loader

from compliance_tf.errors import FleetError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from compliance_tf.fleet.cells import Cell

_SESSION_NAME: Final = "compliance-tf"
_OWN: Final = (
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_ROLE_ARN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_CREDENTIAL_EXPIRATION",
)
"""Variables of the caller's own credentials, which are not a cell's."""

_NOT_ACCEPTED: Final = frozenset({"InvalidClientTokenId", "UnrecognizedClientException"})
"""Error codes of a region that is not enabled in an account, for the account's credentials.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_enable-regions.html
"""


def caller_session() -> boto3.Session:
    """Create a session with the caller's own credentials.

    Returns
    -------
    boto3.Session
        A session in the region of the caller's configuration; without a region where that has none.

    Raises
    ------
    FleetError
        When the profile that is named does not exist.
    """
    try:
        return boto3.Session()
    except BotoCoreError as cause:
        raise FleetError(f"Your AWS credentials cannot be used: {cause}.") from cause


class _Known(CredentialProvider):
    """Gives a session credentials that are there already."""

    METHOD = "compliance-tf"

    def __init__(self, credentials: Credentials) -> None:
        super().__init__()
        self._credentials = credentials

    def load(self) -> Credentials:
        """Return the credentials."""
        return self._credentials


@dataclass
class CellCredentials:
    """The credentials of all cells, of each role once; several threads may ask.

    Parameters
    ----------
    caller
        The credentials that the roles trust.
    session_minutes
        How long a role is assumed at a time.
    """

    caller: boto3.Session
    session_minutes: int = 60
    _by_role: dict[str | None, Credentials] = field(default_factory=dict, init=False, repr=False)
    _loader: Loader = field(default_factory=create_loader, init=False, repr=False)
    _lock: Lock = field(default_factory=Lock, init=False, repr=False)

    def session(self, cell: Cell, *, is_new: bool = False) -> boto3.Session:
        """Make a session in a cell's account and region.

        Parameters
        ----------
        is_new
            Whether the role is assumed again, so that the credentials hold as long as they can.

        Returns
        -------
        boto3.Session
            A new one for each call, to be used in one thread; its credentials renew themselves.

        Raises
        ------
        FleetError
            When the role cannot be assumed, the credentials are those of another account, or the region is not enabled
            in the account.
        """
        with self._lock:
            if is_new or cell.role not in self._by_role:
                self._by_role[cell.role] = self._make(cell)
            credentials = self._by_role[cell.role]
        # boto3's sessions are made for one thread; credentials are refreshed for all.
        session = botocore.session.Session()
        session.register_component("credential_provider", CredentialResolver([_Known(credentials)]))
        # The models of AWS's APIs, of some megabytes each, are read once.
        session.register_component("data_loader", self._loader)
        own = boto3.Session(botocore_session=session, region_name=cell.region.region)
        try:
            credentials.get_frozen_credentials()
        except (BotoCoreError, ClientError) as cause:
            asked = f"The role {cell.role} cannot be assumed" if cell.role else "The credentials cannot be used"
            raise FleetError(
                f"{asked}: {cause}. Its trust policy has to allow the caller, and the caller sts:AssumeRole on it."
            ) from cause
        _require_place(cell, own)
        return own

    def variables(self, cell: Cell, environment: Mapping[str, str]) -> dict[str, str]:
        """Build an environment in which programs work in a cell.

        Parameters
        ----------
        environment
            What they get beside the credentials.

        Returns
        -------
        dict[str, str]
            ``environment`` with the credentials and the region of the cell in place of any others.

        Raises
        ------
        FleetError
            When the role cannot be assumed.
        """
        # What a program gets it cannot renew, so it gets all of a session.
        self.session(cell, is_new=True)
        frozen = self._by_role[cell.role].get_frozen_credentials()
        variables = {name: value for name, value in environment.items() if name not in _OWN}
        variables |= {
            "AWS_ACCESS_KEY_ID": frozen.access_key or "",
            "AWS_SECRET_ACCESS_KEY": frozen.secret_key or "",
            "AWS_REGION": cell.region.region,
            "AWS_DEFAULT_REGION": cell.region.region,
        }
        return {**variables, "AWS_SESSION_TOKEN": frozen.token} if frozen.token else variables

    def _make(self, cell: Cell) -> Credentials:
        source = self.caller.get_credentials()
        if source is None:
            raise FleetError("There are no AWS credentials: set AWS_PROFILE, or give them as the AWS CLI takes them.")
        if cell.role is None:
            return source
        # A token of a region that is always there is taken in all regions.
        region = self.caller.region_name or cell.region.home_region

        def client(service: str, **options: Any) -> Any:  # noqa: ANN401 (as botocore calls it)
            return boto3.Session(region_name=region).client(service, **options)  # type: ignore[call-overload]

        arguments = {"RoleSessionName": _SESSION_NAME, "DurationSeconds": self.session_minutes * 60}
        if cell.external_id:
            arguments["ExternalId"] = cell.external_id
        fetcher = AssumeRoleCredentialFetcher(client, source, cell.role, extra_args=arguments)
        return DeferredRefreshableCredentials(fetcher.fetch_credentials, "assume-role")


def _require_place(cell: Cell, session: boto3.Session) -> None:
    """Make sure that the credentials are of a cell's account, and that its region takes them."""
    try:
        account = session.client("sts").get_caller_identity()["Account"]
    except ClientError as cause:
        if cause.response["Error"]["Code"] not in _NOT_ACCEPTED:
            raise FleetError(f"AWS STS in {cell.region.region} refuses a request: {cause}.") from cause
        raise FleetError(
            f"{cell.region.region} does not accept credentials of the account {cell.account}, so the region is not "
            "enabled there: enable it in the account, or take it out of the group's regions."
        ) from cause
    except BotoCoreError as cause:
        raise FleetError(f"AWS STS in {cell.region.region} does not answer: {cause}.") from cause
    if account != cell.account:
        raise FleetError(
            f"No role is given for the cell, and the caller's credentials are of the account {account}: give the "
            "group a role to assume."
        )
