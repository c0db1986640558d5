"""Looks up how many roles there are when a bucket changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compliance_runtime.check import LookupCheck, Severity, Verdict
from compliance_runtime.parameters import NoParameters

if TYPE_CHECKING:
    from compliance_runtime.account import Account
    from compliance_runtime.evaluation.configuration_item import ConfigurationItem


def evaluate(item: ConfigurationItem, _: NoParameters, account: Account) -> Verdict:
    roles = account.client("iam").list_roles()["Roles"]
    return Verdict.non_compliant(f"{item.resource_id}: {len(roles)} roles in {account.id} at {account.time:%H:%M}.")


CHECK = LookupCheck(
    id="role-count",
    title="Role count",
    description="Counts roles.",
    severity=Severity.LOW,
    resource_types=("AWS::S3::Bucket",),
    parameters=NoParameters,
    evaluate=evaluate,
    actions=("iam:ListRoles",),
)
