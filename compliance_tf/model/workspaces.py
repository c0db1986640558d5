"""The Terraform workspaces that a stack may be deployed to, and which of them are protected."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from compliance_runtime.suggestions import hint
from compliance_tf.errors import SettingError
from compliance_tf.model.checked_types import checked
from compliance_tf.model.naming import NAME_PART, Naming
from compliance_tf.model.setting_values import as_tuple
from compliance_tf.model.terraform_values import Condition, literal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from compliance_tf.model.workspace_values import ByWorkspace


@checked
@dataclass(frozen=True)
class Workspaces:
    """The workspaces of a stack: one synthesized configuration serves them all.

    Parameters
    ----------
    allowed
        The only workspaces that may be planned; any one where this is empty.
    protected
        The workspaces whose table AWS refuses to delete: ``prod`` unless given.

    Raises
    ------
    SettingError
        When one is not a list, or has a name that no workspace can have; when one is protected that is not allowed.

    Examples
    --------
    >>> Workspaces(allowed=["dev", "prod"], protected=["prod"]).protected
    ('prod',)
    """

    allowed: Sequence[str] = ()
    protected: Sequence[str] | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "allowed", as_tuple("Workspaces: allowed", self.allowed))
        given = None if self.protected is None else as_tuple("Workspaces: protected", self.protected)
        object.__setattr__(self, "protected", ("prod",) if given is None else given)
        for workspace in (*self.allowed, *(given or ())):
            if not re.fullmatch(NAME_PART, workspace):
                raise SettingError(
                    f"Workspace {workspace!r} is not a name part: use a lower-case letter, then lower-case "
                    "letters, digits and underscores."
                )
        self.refuse_unknown_names(given or (), "Workspaces: protected")

    @property
    def is_protected(self) -> str:
        """The Terraform expression that is true where the plan's workspace is protected."""
        return f"${{contains({literal(list(self.protected or ()))}, terraform.workspace)}}"

    @property
    def variable(self) -> dict[str, object]:
        """The Terraform variable ``workspace``, by which the caller names the intended workspace; any other is refused.

        Conditions of resources are not checked on destroy; those of variables are.
        """
        return {
            "type": "string",
            "default": "",
            "nullable": False,
            "description": "The intended workspace. In any other one nothing is planned, applied or destroyed.",
            "validation": [
                Condition(
                    'var.workspace == "" || var.workspace == terraform.workspace',
                    "The workspace '${var.workspace}' is meant, and '${terraform.workspace}' is selected: select the "
                    "one that is meant, or set TF_WORKSPACE.",
                ).to_terraform()
            ],
        }

    def refuse_unknown(self, settings: Iterable[ByWorkspace[Any]], place: str) -> None:
        """Refuse values for workspaces that the stack cannot be deployed to.

        Raises
        ------
        SettingError
            When one is named that is not allowed.
        """
        self.refuse_unknown_names((name for setting in settings for name in setting.values), place)

    def refuse_unknown_names(self, names: Iterable[str], place: str) -> None:
        """Refuse names of workspaces that the stack cannot be deployed to.

        Raises
        ------
        SettingError
            When one is named that is not allowed.
        """
        for workspace in names:
            if self.allowed and workspace not in self.allowed:
                raise SettingError(
                    f"{place}: the stack cannot be deployed to the workspace {workspace!r}."
                    f"{hint(workspace, self.allowed)} Allowed: {', '.join(self.allowed)}."
                )

    def conditions(self, naming: Naming) -> list[Condition]:
        """List the plan's conditions on its workspace.

        Returns
        -------
        list[Condition]
            One condition on the list of allowed workspaces; without a list, two on the name's length and its
            characters.

        Raises
        ------
        SettingError
            When an allowed workspace is too long for the names.
        """
        for workspace in self.allowed:
            if len(workspace) > naming.max_workspace_length:
                raise SettingError(
                    f"The allowed workspace {workspace!r} has {len(workspace)} characters, and names leave room for "
                    f"{naming.max_workspace_length}: shorten it, or give the stack a larger max_workspace_length."
                )
        if self.allowed:
            return [
                Condition(
                    f"contains({literal(list(self.allowed))}, terraform.workspace)",
                    "The workspace '${terraform.workspace}' is not one of those that this stack may be deployed to: "
                    f"{', '.join(self.allowed)}.",
                )
            ]
        return [
            Condition(
                f"length(terraform.workspace) <= {naming.max_workspace_length}",
                "The workspace '${terraform.workspace}' has ${length(terraform.workspace)} characters, and the names "
                f"of this stack have room for {naming.max_workspace_length}: select one with a shorter name.",
            ),
            Condition(
                f'can(regex("^{NAME_PART}$", terraform.workspace))',
                "The workspace '${terraform.workspace}' cannot be part of a name: select one made of a lower-case "
                "letter, then lower-case letters, digits and underscores.",
            ),
        ]
