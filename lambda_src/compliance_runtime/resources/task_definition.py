"""The containers of a recorded task definition.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskDefinition.html; AWS Config writes the members in
PascalCase, as CloudFormation does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from compliance_runtime.errors import EventError

if TYPE_CHECKING:
    from compliance_runtime.evaluation.configuration_item import ConfigurationItem
    from compliance_runtime.json_object import JsonObject

_DEREGISTERED = frozenset({"INACTIVE", "DELETE_IN_PROGRESS"})


def is_deregistered(item: ConfigurationItem) -> bool:
    """Tell whether no new task can be started from an AWS::ECS::TaskDefinition."""
    return item.members.optional_text("Status") in _DEREGISTERED


def container_definitions(item: ConfigurationItem) -> tuple[JsonObject, ...]:
    """Read the containers of an AWS::ECS::TaskDefinition, in their order.

    Raises
    ------
    EventError
        When there are none: a task definition has at least one.
    """
    containers = item.members.objects("ContainerDefinitions")
    if not containers:
        raise EventError(f"{item.label}: configuration.ContainerDefinitions is empty.")
    return containers
