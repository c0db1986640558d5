"""The place of results: the deployment, and the table."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ResultsPlace:
    """The place of a deployment's results.

    Parameters
    ----------
    project, workspace
        The project and the workspace.
    region
        The AWS region of the deployment.
    table
        The name of the table: the deployed one, unless another one was given.
    """

    project: str
    workspace: str
    region: str
    table: str

    @property
    def rule_prefix(self) -> str:
        """The prefix of the deployment's rules."""
        return f"{self.project}-{self.workspace}-"

    @property
    def record_function(self) -> str:
        """The name of the function that writes the table."""
        return f"{self.rule_prefix}record"

    def whole(self, rule: str) -> str:
        """Return the full name of a rule that is given with or without the prefix."""
        return rule if rule.startswith(self.rule_prefix) else f"{self.rule_prefix}{rule}"

    def __str__(self) -> str:
        """Return the text for messages."""
        return f"the table {self.table} in {self.region}"
