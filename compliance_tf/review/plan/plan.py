"""The plan model of the review."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING

from compliance_tf.review.plan.values import may_differ

if TYPE_CHECKING:
    from collections.abc import Mapping

    from compliance_tf.review.plan.values import Attributes, Value


class Action(Enum):
    """The action of Terraform on a resource."""

    NO_OP = "no_op", "is left as it is"
    READ = "read", "is read"
    CREATE = "create", "is created"
    UPDATE = "update", "is changed"
    REPLACE = "replace", "is replaced"
    DELETE = "delete", "is destroyed"
    FORGET = "forget", "is forgotten"

    words: str
    """The action in words, to follow the resource's name."""

    def __new__(cls, value: str, words: str) -> Action:
        """Take the word of the JSON form as the value."""
        action = object.__new__(cls)
        action._value_, action.words = value, words
        return action

    # By identity, as members are compared: Enum's is computed in Python, for each resource and policy of a review.
    __hash__ = object.__hash__

    @property
    def is_removal(self) -> bool:
        """Return whether the resource, or its content, is removed."""
        return self in {Action.REPLACE, Action.DELETE, Action.FORGET}


@dataclass(frozen=True)
class ResourceChange:
    """A resource with its change in the plan, or its drift.

    Parameters
    ----------
    address
        Its address in the configuration, with its module.
    type
        Its type, such as ``aws_iam_role``.
    provider
        The full name of its provider.
    managed
        Whether it is a resource; else it is a data source.
    action
        The action.
    creates_first
        Whether a replacement creates the new one before it destroys the old one.
    forgets
        Whether it leaves the state and stays in the account, also where another one replaces it.
    before
        Its attributes before, without secrets; empty where there is none.
    after
        Its attributes after, without secrets, and with markers for unknown ones; empty where it is removed.
    reason
        Terraform's reason to replace or destroy it, in words; empty for none.
    moved_from
        Its former address, where it has moved.
    imported_by
        The id or the identity of its import, in words; None where it is not imported.
    deposed
        Whether it is the remainder of a failed replacement.
    is_tainted
        Whether it is replaced because an earlier apply failed, or was ended, while it was created.
    configured
        The attributes that the configuration sets; None where the configuration does not have the resource.
    """

    address: str
    type: str
    provider: str
    managed: bool
    action: Action
    creates_first: bool = False
    forgets: bool = False
    before: Attributes = field(default_factory=dict)
    after: Attributes = field(default_factory=dict)
    reason: str = ""
    moved_from: str | None = None
    imported_by: str | None = None
    deposed: bool = False
    is_tainted: bool = False
    configured: frozenset[str] | None = None

    @property
    def changes(self) -> bool:
        """Return whether anything changes: the resource, or the state."""
        nothing = self.action in {Action.NO_OP, Action.READ} and not self.moved_from and self.imported_by is None
        return not nothing

    @property
    def changed(self) -> tuple[str, ...]:
        """The attributes whose values differ, or may differ, sorted."""
        names = self.before.keys() | self.after.keys()
        return tuple(sorted(filter(self.may_change, names)))

    def may_change(self, attribute: str) -> bool:
        """Return whether an attribute's value differs, or may: two secret values cannot be compared."""
        before, after = self.before.get(attribute), self.after.get(attribute)
        return bool(before != after) if self.action is Action.NO_OP else may_differ(before, after)


@dataclass(frozen=True)
class OutputChange:
    """The change of an output, without secrets.

    Parameters
    ----------
    before
        Its value before; None where there is none.
    after
        Its value after, likewise.
    is_kept
        Whether Terraform says that it stays as it is.
    """

    before: Value = None
    after: Value = None
    is_kept: bool = False

    @property
    def changes(self) -> bool:
        """Return whether the value changes."""
        return not self.is_kept and may_differ(self.before, self.after)


@dataclass(frozen=True)
class ProviderSettings:
    """The configuration of the AWS provider.

    Parameters
    ----------
    address
        Its name in the configuration, with its module and alias.
    region
        Its region, if it is a constant; else None.
    names
        Other arguments, such as ``default_tags``.
    """

    address: str
    region: str | None
    names: frozenset[str]


@dataclass(frozen=True)
class Identity:
    """The identity of a deployment.

    Parameters
    ----------
    project
        Its project.
    region
        Its AWS region.
    workspace
        Its Terraform workspace.
    state
        The location of its state, in words.
    """

    project: str
    region: str
    workspace: str
    state: str

    @property
    def prefix(self) -> str:
        """The prefix of every name of the deployment."""
        return f"{self.project}-{self.workspace}-"

    @property
    def tags(self) -> dict[str, str]:
        """The tags of everything of the deployment."""
        return {"project": self.project, "workspace": self.workspace, "managed-by": "compliance_tf"}

    def __str__(self) -> str:
        """Return the text for messages."""
        return f"{self.project} in {self.workspace}, {self.region}"


@dataclass(frozen=True)
class Plan:
    """A plan.

    Parameters
    ----------
    identity
        Its deployment.
    identity_before
        The deployment in the state; None where nothing is deployed.
    resources
        The resources, in Terraform's order, unchanged ones included.
    drift
        The drift.
    outputs
        The changes of outputs, by name.
    account
        The account whose credentials the plan was made with; None where the plan does not show it.
    account_before
        The account that was deployed to last; None likewise, and where an earlier version did.
    providers
        The configurations of the AWS provider: one, unless there are aliases.
    programs
        The addresses of provisioners, which run programs.
    data_types
        The types of the configuration's data sources, by address: most are read while Terraform plans, which no
        change shows.
    not_understood
        The members of the plan that this version does not know.
    is_complete
        Whether the plan covers the whole configuration.
    errored
        Whether planning failed.
    fingerprint
        Equal for equal changes, and only for these.
    """

    identity: Identity
    identity_before: Identity | None
    resources: tuple[ResourceChange, ...]
    drift: tuple[ResourceChange, ...]
    outputs: Mapping[str, OutputChange]
    account: str | None = None
    account_before: str | None = None
    providers: tuple[ProviderSettings, ...] = ()
    programs: tuple[str, ...] = ()
    data_types: Mapping[str, str] = field(default_factory=dict)
    not_understood: tuple[str, ...] = ()
    is_complete: bool = True
    errored: bool = False
    fingerprint: str = field(default="", compare=False)

    # By identity: what several policies derive from a plan is kept for it.
    __hash__ = object.__hash__

    @cached_property
    def changes(self) -> tuple[ResourceChange, ...]:
        """The resources that change."""
        return tuple(resource for resource in self.resources if resource.managed and resource.changes)

    @property
    def is_empty(self) -> bool:
        """Return whether an apply would do nothing."""
        return not self.changes and not any(output.changes for output in self.outputs.values())

    @property
    def is_of_another_account(self) -> bool:
        """Return whether it was made with the credentials of another account than the one that was deployed to."""
        return None not in {self.account, self.account_before} and self.account != self.account_before

    def of_type(self, type_: str) -> tuple[ResourceChange, ...]:
        """Return the resources of a type, unchanged ones included."""
        return tuple(self._by_type.get(type_, ()))

    @cached_property
    def _by_type(self) -> Mapping[str, list[ResourceChange]]:
        found: dict[str, list[ResourceChange]] = {}
        for resource in self.resources:
            if resource.managed:
                found.setdefault(resource.type, []).append(resource)
        return found
