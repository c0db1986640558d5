"""DynamoDB tables can be restored to any second of the last days."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compliance_runtime.check import ChangeCheck, Severity, Verdict
from compliance_runtime.errors import EventError
from compliance_runtime.json_object import is_word
from compliance_runtime.parameters import NoParameters

if TYPE_CHECKING:
    from compliance_runtime.evaluation.configuration_item import ConfigurationItem

# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TableDescription.html, TableStatus
NOT_IN_USE = ("CREATING", "DELETING", "ARCHIVING", "ARCHIVED")
BACKUPS = "ContinuousBackupsDescription"


def evaluate(item: ConfigurationItem, _: NoParameters) -> Verdict:
    """Return compliant if point-in-time recovery is enabled."""
    state = item.members.text("tableStatus")
    if is_word(state, *NOT_IN_USE):
        return Verdict.not_applicable(f"The table is not in use: {state}.")
    # AWS Config keeps it beside the configuration, spelt in camel case inside.
    backups = item.supplement(BACKUPS)
    if backups is None:
        raise EventError(f"{item.label}: {BACKUPS} is missing.")
    recovery = backups.optional_member("pointInTimeRecoveryDescription")
    if recovery is None or not recovery.is_word("pointInTimeRecoveryStatus", "ENABLED"):
        return Verdict.non_compliant("Point-in-time recovery is off: enable it for the table.")
    return Verdict.compliant("Point-in-time recovery is on.")


CHECK = ChangeCheck(
    id="dynamodb-point-in-time-recovery",
    title="Point-in-time recovery",
    description=(
        "DynamoDB tables must have point-in-time recovery, so that items that a mistake deletes or overwrites can be "
        "restored as they were a second before."
    ),
    remediation="Switch point-in-time recovery on for the table; it takes no downtime.",
    severity=Severity.MEDIUM,
    resource_types=("AWS::DynamoDB::Table",),
    parameters=NoParameters,
    evaluate=evaluate,
)
