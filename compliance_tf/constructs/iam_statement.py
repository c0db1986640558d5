"""IAM policy statements of the functions' roles."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from compliance_tf.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence


@dataclass(frozen=True)
class Statement:
    """A statement that allows actions.

    Parameters
    ----------
    actions
        Full names of actions, without wildcards.
    resources
        ARNs of resources. ``*`` only where the action has no resource-level permissions.
    resource_tags
        Tags that the resource must have (``aws:ResourceTag``).
    equal
        Other required values (``StringEquals``), by condition key.
    leading_keys
        The partition keys of a DynamoDB table that may be accessed; all where this is empty.

    Raises
    ------
    SettingError
        When an action is a wildcard.
    """

    actions: Collection[str]
    resources: Sequence[str]
    resource_tags: Mapping[str, str] = field(default_factory=dict)
    equal: Mapping[str, str] = field(default_factory=dict)
    leading_keys: Sequence[str] = ()

    def __post_init__(self) -> None:
        for action in self.actions:
            if "*" in action:
                raise SettingError(f"The action {action!r} is a wildcard: name each action that is needed.")

    def to_policy(self) -> dict[str, object]:
        """Return the statement as a policy document has it."""
        statement: dict[str, object] = {
            "Effect": "Allow",
            "Action": sorted(self.actions),
            "Resource": sorted(self.resources),
        }
        tags = {f"aws:ResourceTag/{key}": value for key, value in self.resource_tags.items()}
        conditions: dict[str, object] = {}
        if equal := {**tags, **self.equal}:
            conditions["StringEquals"] = dict(sorted(equal.items()))
        if self.leading_keys:
            conditions["ForAllValues:StringEquals"] = {"dynamodb:LeadingKeys": sorted(self.leading_keys)}
        return statement | ({"Condition": conditions} if conditions else {})


def policy_document(*statements: Mapping[str, object]) -> str:
    """Return a policy document of these statements, the same text each time."""
    return json.dumps({"Version": "2012-10-17", "Statement": statements}, sort_keys=True)
