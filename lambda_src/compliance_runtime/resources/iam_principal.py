"""The common members of recorded roles, users and groups of IAM.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from compliance_runtime.errors import EventError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from compliance_runtime.evaluation.configuration_item import ConfigurationItem

SERVICE_ROLE_REASON = "It is a service-linked role, which only its service can change."

_NAME_MEMBERS: Mapping[str, str] = {
    "AWS::IAM::Role": "roleName",
    "AWS::IAM::User": "userName",
    "AWS::IAM::Group": "groupName",
}


def principal_name(item: ConfigurationItem) -> str:
    """Read the name of a role, user or group.

    Raises
    ------
    EventError
        When the item is of another type or has no name.
    """
    member = _NAME_MEMBERS.get(item.resource_type)
    if member is None:
        raise EventError(f"{item.label} is no role, user or group.")
    return item.members.text(member)


def is_service_linked_role(item: ConfigurationItem) -> bool:
    """Return whether it is a service-linked role, which only its service can change."""
    return item.resource_type == "AWS::IAM::Role" and item.members.text("path").startswith("/aws-service-role/")
