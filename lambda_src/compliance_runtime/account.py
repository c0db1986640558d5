"""The account that a check queries for what AWS Config does not record."""

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
        The region of the evaluation.
    time
        The time of the evaluation, in UTC: of the schedule, or of the capture of the changed resource. Compute ages
        from it, so that a late or repeated evaluation has the same result.
    client
        Gives boto3's client of a service, the same one every time: ``account.client("iam")``.
    """

    id: str
    region: str
    time: datetime
    client: Clients

    def finding(self, verdict: Verdict) -> Finding:
        """Build a finding about the account itself."""
        return Finding(ACCOUNT_TYPE, self.id, verdict)
