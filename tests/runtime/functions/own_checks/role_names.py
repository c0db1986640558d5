"""Finds the roles of the account, page by page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compliance_runtime.check import Finding, PeriodicCheck, Severity, Verdict
from compliance_runtime.parameters import NoParameters

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compliance_runtime.account import Account


def evaluate(account: Account, _: NoParameters) -> Iterator[Finding]:
    for page in account.client("iam").get_paginator("list_roles").paginate():
        for role in page["Roles"]:
            good = role["RoleName"].startswith("acme-")
            verdict = Verdict.compliant("Named well.") if good else Verdict.non_compliant("Name it acme-….")
            yield Finding("AWS::IAM::Role", role["RoleId"], verdict)


CHECK = PeriodicCheck(
    id="role-names",
    title="Role names",
    description="Roles have names that begin with acme-.",
    severity=Severity.LOW,
    resource_types=("AWS::IAM::Role",),
    parameters=NoParameters,
    evaluate=evaluate,
    actions=("iam:ListRoles",),
)
