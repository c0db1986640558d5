"""The subject of a report."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from compliance_runtime.recording.daily_counts import DailyCounts
    from compliance_runtime.recording.rule_directory import RuleEntry


@dataclass(frozen=True)
class About:
    """The subject of a report.

    Parameters
    ----------
    project
        The project.
    workspace
        The Terraform workspace.
    taken_at
        The time of reading the table, with an offset.
    packs
        The packs to include; all rules, with or without a pack, where this is empty.
    missing
        The cells of a fleet that are missing, and why: it may grow while rows are read.
    frameworks
        The names of the only frameworks that it shows, unfolded; every one that its rules map to, where this is empty.
    """

    project: str
    workspace: str
    taken_at: datetime
    packs: tuple[str, ...] = ()
    missing: Mapping[str, str] = field(default_factory=dict)
    frameworks: tuple[str, ...] = ()

    def covers(self, rule: RuleEntry | DailyCounts) -> bool:
        """Return whether the report includes a rule."""
        return not self.packs or any(pack in self.packs for pack in rule.packs)
