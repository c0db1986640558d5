"""The names of a deployment's outputs: written by the constructs, read from plans and states."""

from __future__ import annotations

from typing import Final

DEPLOYMENT: Final = "deployment"
"""The deployment's identity: its project, region, workspace and table, and its state's backend."""

RULES: Final = "rules"
"""The severity and the packs of each rule by its id: ``HIGH cis-1.4-level-1 hipaa``."""

WAIVERS: Final = "waivers"
"""The waivers of the workspace, expired or not."""

WAIVERS_EXPIRING_SOON: Final = "waivers_expiring_soon"
"""The waivers of the workspace whose last day is within 30 days of the plan."""
