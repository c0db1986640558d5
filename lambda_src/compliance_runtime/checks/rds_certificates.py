"""Certificates of databases do not expire soon."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from compliance_runtime.check import Finding, PeriodicCheck, Severity, Verdict
from compliance_runtime.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from compliance_runtime.account import Account

DATABASE = "AWS::RDS::DBInstance"
MAX_DAYS = 3650


@dataclass(frozen=True)
class Parameters:
    """The remaining validity that certificates must have.

    Raises
    ------
    ParameterError
        When the number of days is out of bounds.
    """

    days: int = field(default=90, metadata={"doc": f"Days for which certificates must be valid yet, 1 to {MAX_DAYS}."})

    def __post_init__(self) -> None:
        """Refuse what is no number of days."""
        if not 1 <= self.days <= MAX_DAYS:
            raise ParameterError(f"Parameter days is {self.days}; it must be 1 to {MAX_DAYS}.")


def evaluate(account: Account, parameters: Parameters) -> Iterator[Finding]:
    """Judge each database by its authority's certificate, and by its own.

    A schedule asks, as nothing changes at a database when time passes.

    Yields
    ------
    Finding
        One on each database instance.
    """
    rds = account.client("rds")
    authorities: dict[str, datetime] = {}
    for page in rds.get_paginator("describe_certificates").paginate():
        for one in page["Certificates"]:
            authorities[one["CertificateIdentifier"]] = one["ValidTill"]
    limit = account.time + timedelta(days=parameters.days)
    for page in rds.get_paginator("describe_db_instances").paginate():
        for database in page["DBInstances"]:
            yield Finding(DATABASE, database["DbiResourceId"], _verdict(database, authorities, limit))


def _verdict(database: Mapping[str, object], authorities: Mapping[str, datetime], limit: datetime) -> Verdict:
    authority = database.get("CACertificateIdentifier")
    if not isinstance(authority, str):
        return Verdict.not_applicable("The database has no certificate.")
    if authority not in authorities:
        # RDS lists an authority until it has expired.
        return Verdict.non_compliant(f"The authority {authority} is none of RDS any more: change to a current one.")
    if authorities[authority] < limit:
        return Verdict.non_compliant(
            f"The certificate of {authority} ends on {authorities[authority]:%Y-%m-%d}: have clients trust a newer "
            "authority, then change the database to it."
        )
    details = database.get("CertificateDetails")
    own = details.get("ValidTill") if isinstance(details, dict) else None
    if own is not None and own < limit:
        return Verdict.non_compliant(
            f"The database's own certificate ends on {own:%Y-%m-%d}: restart it, or have RDS rotate it."
        )
    return Verdict.compliant(f"The certificates are valid beyond {limit:%Y-%m-%d}.")


CHECK = PeriodicCheck(
    id="rds-certificates",
    title="Database certificates do not expire",
    description="Certificates of RDS databases, and of the authorities that issued them, must be valid for some time "
    "yet: clients that verify them cannot connect once they have expired.",
    remediation=(
        "Set the certificate authority of the database to a current one, after clients trust it; engines may have "
        "to restart."
    ),
    severity=Severity.MEDIUM,
    resource_types=(DATABASE,),
    parameters=Parameters,
    evaluate=evaluate,
    actions=("rds:DescribeCertificates", "rds:DescribeDBInstances"),
)
