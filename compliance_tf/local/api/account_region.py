"""An account and a region, which own all state of the local AWS."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class AccountRegion:
    """One region of one account (twelve digits)."""

    account: str
    region: str

    def arn(self, service: str, resource: str) -> str:
        """Return the ARN of a regional resource here."""
        return f"arn:aws:{service}:{self.region}:{self.account}:{resource}"
