"""A plan as the review sees it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from compliance_tf.review.plan.values import may_differ

if TYPE_CHECKING:
    from collections.abc import Mapping

    from compliance_tf.review.plan.values import Attributes, Value


class Action(Enum):
    """What Terraform will do to a resource."""

    NO_OP = "no_op", "is left as it is"
    READ = "read", "is read"
    CREATE = "create", "is created"
    UPDATE = "update", "is changed"
    REPLACE = "replace", "is replaced"
    DELETE = "delete", "is destroyed"
    FORGET = "forget", "is forgotten"

    words: str
    """What becomes of the resource, after its name."""

    def __new__(cls, value: str, words: str) -> Action:
        """Take the word of the JSON form as the value."""
        action = object.__new__(cls)
        action._value_, action.words = value, words
        return action

    @property
    def loses(self) -> bool:
        """Return whether the deployment has the resource no longer, or not with what it held."""
        return self in {Action.REPLACE, Action.DELETE, Action.FORGET}


@dataclass(frozen=True)
class ResourceChange:
    """What becomes of a resource, or what has become of one behind Terraform's back.

    Parameters
    ----------
    address
        Where it stands in the configuration, with its module.
    type
        Its type, such as ``aws_iam_role``.
    provider
        The whole name of its provider.
    managed
        Whether it is a resource; else it is a data source.
    action
        What is done.
    creates_first
        Whether a replacement makes the new one before it destroys the old one.
    before
        Its attributes now, without secrets; empty where there is none.
    after
        Its attributes then, without secrets, and with marks for what is not known yet; empty where it is gone.
    reason
        Why Terraform replaces or destroys it, in words; empty where it says nothing.
    moved_from
        Its former address, where it has moved.
    imported_by
        The id or the identity that it is imported by, in words; None where it is not imported.
    deposed
        Whether it is the remainder of a failed replacement.
    is_tainted
        Whether it is replaced because an earlier apply failed, or was ended, while it was made.
    configured
        The attributes to which the configuration gives a value; None where the configuration does not have it.
    """

    address: str
    type: str
    provider: str
    managed: bool
    action: Action
    creates_first: bool = False
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
        """Return whether anything is done: to the resource, or in the state."""
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
    """What becomes of an output, without secrets.

    Parameters
    ----------
    before
        Its value now; None where there is none.
    after
        Its value then, likewise.
    is_kept
        Whether Terraform says that it stays as it is.
    """

    before: Value = None
    after: Value = None
    is_kept: bool = False

    @property
    def changes(self) -> bool:
        """Return whether it is another one afterwards."""
        return not self.is_kept and may_differ(self.before, self.after)


@dataclass(frozen=True)
class ProviderSettings:
    """How the configuration sets up the AWS provider.

    Parameters
    ----------
    address
        Its name in the configuration, with its module and alias.
    region
        Its region, where the configuration says it in plain words; else None.
    names
        What else is set, such as ``default_tags``.
    """

    address: str
    region: str | None
    names: frozenset[str]


@dataclass(frozen=True)
class Identity:
    """Which deployment a plan is of.

    Parameters
    ----------
    project
        Its project.
    region
        Its AWS region.
    workspace
        Its Terraform workspace.
    state
        Where its state is kept, in words.
    """

    project: str
    region: str
    workspace: str
    state: str

    @property
    def prefix(self) -> str:
        """What every name of the deployment begins with."""
        return f"{self.project}-{self.workspace}-"

    def __str__(self) -> str:
        """Return the text for messages."""
        return f"{self.project} in {self.workspace}, {self.region}"


@dataclass(frozen=True)
class Plan:
    """A plan.

    Parameters
    ----------
    identity
        Which deployment it is of.
    was
        The same as the state has it; None where nothing is deployed.
    resources
        What is done, in Terraform's order, also where that is nothing.
    drift
        What was changed behind Terraform's back.
    outputs
        What becomes of the outputs, by name.
    providers
        How the AWS provider is set up: once, unless the configuration has aliases.
    programs
        Where the configuration runs programs of its own: the addresses of provisioners.
    data_types
        The types of the configuration's data sources, by address: most are read while Terraform plans, which no
        change shows.
    not_understood
        What stands in the plan that this version does not know.
    is_complete
        Whether the apply leaves nothing of the configuration for later.
    errored
        Whether Terraform failed while it planned.
    fingerprint
        The same for the same changes, and for no others.
    """

    identity: Identity
    was: Identity | None
    resources: tuple[ResourceChange, ...]
    drift: tuple[ResourceChange, ...]
    outputs: Mapping[str, OutputChange]
    providers: tuple[ProviderSettings, ...] = ()
    programs: tuple[str, ...] = ()
    data_types: Mapping[str, str] = field(default_factory=dict)
    not_understood: tuple[str, ...] = ()
    is_complete: bool = True
    errored: bool = False
    fingerprint: str = field(default="", compare=False)

    @property
    def changes(self) -> tuple[ResourceChange, ...]:
        """The resources to which something is done."""
        return tuple(resource for resource in self.resources if resource.managed and resource.changes)

    @property
    def is_empty(self) -> bool:
        """Return whether an apply would do nothing."""
        return not self.changes and not any(output.changes for output in self.outputs.values())

    def of_type(self, type_: str) -> tuple[ResourceChange, ...]:
        """Return the resources of a type, also those to which nothing is done."""
        return tuple(resource for resource in self.resources if resource.managed and resource.type == type_)
