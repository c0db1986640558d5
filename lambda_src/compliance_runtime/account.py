"""The account that a check asks for what AWS Config did not tell it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from compliance_runtime.check import Finding

if TYPE_CHECKING:
    from datetime import datetime

    from compliance_runtime.check import Verdict
    from compliance_runtime.clients import Clients

ACCOUNT_TYPE = "AWS::::Account"
"""AWS Config's resource type for the account itself; its id is the account's 12 digits."""


@dataclass(frozen=True)
class Account:
    """An account in a region, at the time of an evaluation.

    Parameters
    ----------
    id
        The account's 12 digits.
    region
        The region that is evaluated.
    time
        The moment that is judged, in UTC: when the schedule came, or when the changed resource was captured. Count
        ages from here, so that a late or repeated evaluation says the same.
    client
        Gives boto3's client of a service, the same one every time: ``account.client("iam")``.
    """

    id: str
    region: str
    time: datetime
    client: Clients

    def finding(self, verdict: Verdict) -> Finding:
        """Make a finding about the account itself."""
        return Finding(ACCOUNT_TYPE, self.id, verdict)
