"""Values that differ by workspace, in the one configuration that serves all of them.

A value by workspace becomes a Terraform expression on ``terraform.workspace``: the JSON is the same for all, and a plan
shows the value of its own workspace.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Generic, TypeAlias, TypeVar

from compliance_tf.errors import SettingError
from compliance_tf.model.naming import NAME_PART
from compliance_tf.model.terraform_values import literal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
U = TypeVar("U")


@dataclass(frozen=True)
class ByWorkspace(Generic[T_co]):
    """A value for some workspaces, and a default for all others. Build it with :func:`by_workspace`."""

    values: Mapping[str, T_co]
    default: T_co

    def __post_init__(self) -> None:
        for workspace in self.values:
            if not re.fullmatch(NAME_PART, workspace):
                raise SettingError(
                    f"by_workspace({workspace}=...): a workspace is a lower-case letter, then lower-case letters, "
                    "digits and underscores."
                )

    @property
    def differing(self) -> Mapping[str, T_co]:
        """The values that differ from the default."""
        return {workspace: value for workspace, value in self.values.items() if value != self.default}

    @property
    def differs(self) -> bool:
        """Return whether any workspace has another value than the default."""
        return bool(self.differing)

    def in_workspace(self, workspace: str | None) -> T_co:
        """Return the value of a workspace; the default for None."""
        return self.default if workspace is None else self.values.get(workspace, self.default)

    def map(self, function: Callable[[T_co], U]) -> ByWorkspace[U]:
        """Apply a function to each value."""
        return ByWorkspace(
            MappingProxyType({workspace: function(value) for workspace, value in self.values.items()}),
            function(self.default),
        )


Setting: TypeAlias = T | ByWorkspace[T]
"""A value that is the same in all workspaces, or one by workspace."""


def by_workspace(*, default: T, **values: T) -> ByWorkspace[T]:
    """Declare a value that differs by workspace.

    Parameters
    ----------
    default
        The value in every workspace that is not named. A workspace called ``default`` cannot be named here.
    values
        The values of workspaces, by their names.

    Returns
    -------
    ByWorkspace
        The values by workspace, to be given to any option that takes one.

    Raises
    ------
    SettingError
        When a name cannot be a workspace's.

    Examples
    --------
    >>> by_workspace(prod=365, default=30).in_workspace("prod")
    365
    """
    return ByWorkspace(MappingProxyType(dict(values)), default)


def as_by_workspace(setting: Setting[T]) -> ByWorkspace[T]:
    """Convert a setting to one by workspace; one that is already stays."""
    return setting if isinstance(setting, ByWorkspace) else ByWorkspace(MappingProxyType({}), setting)


ALWAYS: Final = by_workspace(default=True)
"""The value in every workspace."""

NEVER: Final = by_workspace(default=False)
"""False in every workspace."""


def together(settings: Mapping[str, ByWorkspace[T]]) -> ByWorkspace[Mapping[str, T]]:
    """Combine settings into one: a mapping by workspace."""
    workspaces = sorted({workspace for setting in settings.values() for workspace in setting.values})

    def of(workspace: str | None) -> Mapping[str, T]:
        return {name: setting.in_workspace(workspace) for name, setting in settings.items()}

    return ByWorkspace(MappingProxyType({workspace: of(workspace) for workspace in workspaces}), of(None))


def expression(setting: ByWorkspace[T]) -> str:
    """Return the Terraform expression of the value in the plan's workspace, for use in a longer expression."""
    if not setting.differs:
        return literal(setting.default)
    return f"lookup({literal(dict(setting.differing))}, terraform.workspace, {literal(setting.default)})"


def to_terraform(setting: ByWorkspace[U]) -> U | str:
    """Return the value as Terraform JSON takes it: as it is where it does not differ, else as an expression."""
    return f"${{{expression(setting)}}}" if setting.differs else setting.default
