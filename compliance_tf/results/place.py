"""The place of results: whose they are, and the table that holds them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ResultsPlace:
    """Where results are.

    Parameters
    ----------
    project, workspace
        Whose they are.
    region
        The AWS region of the deployment.
    table
        The name of the table: as it is deployed, unless another one was named.
    """

    project: str
    workspace: str
    region: str
    table: str

    @property
    def rule_prefix(self) -> str:
        """What the names of the deployment's rules begin with."""
        return f"{self.project}-{self.workspace}-"

    @property
    def record_function(self) -> str:
        """The name of the function that writes the table."""
        return f"{self.rule_prefix}record"

    def whole(self, rule: str) -> str:
        """Return the whole name of a rule that is named with or without what all names begin with."""
        return rule if rule.startswith(self.rule_prefix) else f"{self.rule_prefix}{rule}"

    def __str__(self) -> str:
        """Write it as messages name it."""
        return f"the table {self.table} in {self.region}"
