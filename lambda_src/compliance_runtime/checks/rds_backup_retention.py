"""Databases keep automatic backups as long as their environment needs them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from compliance_runtime.check import ChangeCheck, Severity, Verdict
from compliance_runtime.errors import ParameterError

if TYPE_CHECKING:
    from compliance_runtime.evaluation.configuration_item import ConfigurationItem

MAX_DAYS = 35
"""The longest retention of automatic backups; 0 switches them off (RDS API, ModifyDBInstance)."""


@dataclass(frozen=True)
class Parameters:
    """Required days of backups, by environment.

    Raises
    ------
    ParameterError
        When days are out of their bounds, or an environment is malformed or there twice.
    """

    days: int = field(
        default=7,
        metadata={"doc": "Fewest days that backups are kept in environments not named, 0 to 35; 0 asks none."},
    )
    environment_days: tuple[str, ...] = field(
        default=(),
        metadata={
            "doc": "Fewest days by environment, each as a value of the tag, case-sensitive, and 0 to 35 days: prod=14."
        },
    )
    environment_tag: str = field(
        default="environment", metadata={"doc": "The key of the tag that names the environment, case-sensitive."}
    )
    read_replicas: bool = field(
        default=False, metadata={"doc": "Also ask for backups of read replicas, whose sources have their own."}
    )

    def __post_init__(self) -> None:
        """Refuse days out of bounds and malformed environments."""
        if not 0 <= self.days <= MAX_DAYS:
            raise ParameterError(f"Parameter days is {self.days}; RDS keeps backups for 0 to {MAX_DAYS} days.")
        if not self.environment_tag:
            raise ParameterError("Parameter environment_tag is empty; give the key of a tag.")
        if len(self.by_environment()) < len(self.environment_days):
            raise ParameterError("Parameter environment_days names an environment twice; name each once.")

    def by_environment(self) -> dict[str, int]:
        """Read the days of the environments that are named."""
        return dict(_environment(text) for text in self.environment_days)


def evaluate(item: ConfigurationItem, parameters: Parameters) -> Verdict:
    """Return compliant if backups are kept long enough; members of a cluster leave that to the cluster."""
    members = item.members
    # Spelt dbclusterIdentifier in items of clusters.
    cluster = members.optional_text("dBClusterIdentifier")
    if cluster:
        return Verdict.not_applicable(f"Its cluster {cluster} keeps the backups.")
    source = members.optional_text("readReplicaSourceDBInstanceIdentifier")
    if source and not parameters.read_replicas:
        return Verdict.not_applicable(f"A read replica of {source}, which keeps the backups.")
    environment = item.tags.get(parameters.environment_tag)
    needed = parameters.by_environment().get(environment or "", parameters.days)
    kept = members.number("backupRetentionPeriod")
    facts = f"{_kept(kept)}; {environment or 'without an environment it'} needs {needed}"
    if kept < needed:
        return Verdict.non_compliant(f"{facts}: raise the backup retention period.")
    return Verdict.compliant(f"{facts}.")


def _kept(days: int) -> str:
    return f"Backups are kept {days} days" if days else "Backups are switched off"


def _environment(text: str) -> tuple[str, int]:
    name, _, days = text.rpartition("=")
    if not name or not re.fullmatch(r"[0-9]{1,2}", days) or int(days) > MAX_DAYS:
        raise ParameterError(
            f"Parameter environment_days: {text!r:.60} must be an environment and 0 to {MAX_DAYS} days, as prod=14."
        )
    return name, int(days)


CHECK = ChangeCheck(
    id="rds-backup-retention",
    title="Backups of databases",
    description=(
        "RDS instances and clusters must keep automatic backups for as many days as their environment needs, so that "
        "a removal that is found late can be undone."
    ),
    remediation="Set the backup retention period to the days that are asked for.",
    severity=Severity.MEDIUM,
    resource_types=("AWS::RDS::DBInstance", "AWS::RDS::DBCluster"),
    parameters=Parameters,
    evaluate=evaluate,
)
