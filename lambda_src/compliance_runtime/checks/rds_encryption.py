"""Databases are encrypted, with an approved key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from compliance_runtime.check import ChangeCheck, Severity, Verdict
from compliance_runtime.resources.encryption import ApprovedKeys, encryption_verdict

if TYPE_CHECKING:
    from compliance_runtime.evaluation.configuration_item import ConfigurationItem


@dataclass(frozen=True)
class Parameters(ApprovedKeys):
    """Approved keys."""


def evaluate(item: ConfigurationItem, parameters: Parameters) -> Verdict:
    """Return compliant if the instance or the cluster is encrypted with an approved key."""
    remedy = "restore it from a copy of its snapshot that is encrypted with the right key"
    return encryption_verdict(item.members, "storageEncrypted", parameters, remedy=remedy)


CHECK = ChangeCheck(
    id="rds-encryption",
    title="Encrypted databases",
    description=(
        "RDS instances and clusters must be encrypted, with an approved KMS key where keys are listed, so that the "
        "data, its backups and snapshots cannot be read without the key."
    ),
    remediation=("Copy a snapshot with encryption, restore the database from the copy, and switch its clients over."),
    severity=Severity.MEDIUM,
    resource_types=("AWS::RDS::DBInstance", "AWS::RDS::DBCluster"),
    parameters=Parameters,
    evaluate=evaluate,
)
