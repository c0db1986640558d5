"""Accounts of AWS Organizations, by organizational unit and tag; nothing is changed there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from compliance_tf.errors import FleetError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import boto3

    from compliance_tf.fleet.settings import Organization

_ACTIONS = (
    "organizations:ListAccounts, ListAccountsForParent, ListOrganizationalUnitsForParent and ListTagsForResource, in "
    "the management account or a delegated administrator's"
)


def accounts_of(organization: Organization, session: boto3.Session) -> tuple[str, ...]:
    """List the active accounts that are wanted.

    Parameters
    ----------
    session
        Credentials of the management account, or of a delegated administrator.

    Returns
    -------
    tuple[str, ...]
        Their ids, sorted; at least one.

    Raises
    ------
    FleetError
        When AWS Organizations does not answer, or has no such account.
    """
    # AWS Organizations is in one region of each partition, which botocore knows: any region of it leads there.
    client = session.client("organizations", region_name=session.region_name or "us-east-1")
    try:
        found = {
            account["Id"]
            for account in _accounts(client, organization.units)
            if _is_active(account) and account["Id"] not in organization.without
        }
        chosen = sorted(one for one in found if not organization.tags or _has_tags(client, one, organization.tags))
    except (BotoCoreError, ClientError) as cause:
        raise FleetError(f"AWS Organizations cannot be read: {cause}. It takes {_ACTIONS}.") from cause
    if not chosen:
        raise FleetError("AWS Organizations has no active account in these units with these tags: check the group.")
    return tuple(chosen)


def _accounts(client: Any, units: tuple[str, ...]) -> Iterator[dict[str, Any]]:  # noqa: ANN401 (boto3's client)
    if not units:
        for page in client.get_paginator("list_accounts").paginate():
            yield from page["Accounts"]
    for unit in units:
        for page in client.get_paginator("list_accounts_for_parent").paginate(ParentId=unit):
            yield from page["Accounts"]
        for page in client.get_paginator("list_organizational_units_for_parent").paginate(ParentId=unit):
            yield from (
                _accounts(client, tuple(one["Id"] for one in page["OrganizationalUnits"]))
                if page["OrganizationalUnits"]
                else ()
            )


def _is_active(account: dict[str, Any]) -> bool:
    """Return whether an account can be used: ``State`` has replaced ``Status``, which goes in September 2026."""
    return bool(account.get("State", account.get("Status")) == "ACTIVE")


def _has_tags(client: Any, account: str, wanted: dict[str, str]) -> bool:  # noqa: ANN401 (boto3's client)
    pages = client.get_paginator("list_tags_for_resource").paginate(ResourceId=account)
    tags = {tag["Key"]: tag["Value"] for page in pages for tag in page["Tags"]}
    return wanted.items() <= tags.items()
