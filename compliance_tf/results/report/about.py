"""What a report is about."""

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
    """What a report is about.

    Parameters
    ----------
    project
        The project whose rules they are.
    workspace
        The Terraform workspace.
    taken_at
        When the table was read, with an offset.
    packs
        The only packs that it is about; all rules, also those of no pack, where this is empty.
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
        """Return whether a rule belongs into the report."""
        return not self.packs or any(pack in self.packs for pack in rule.packs)
