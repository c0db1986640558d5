"""Access keys of users are neither old nor unused."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from compliance_runtime.account import ACCOUNT_TYPE
from compliance_runtime.check import Finding, PeriodicCheck, Severity, Verdict
from compliance_runtime.errors import ParameterError
from compliance_runtime.policy.patterns import any_matches
from compliance_runtime.resources.credential_report import ROOT_USER, active_keys_by_user

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from compliance_runtime.account import Account
    from compliance_runtime.resources.credential_report import AccessKey

MAX_DAYS = 3650


@dataclass(frozen=True)
class Parameters:
    """The maximum age and idle time of an active access key, in days: 1 to 3650.

    The defaults are those of the CIS AWS Foundations Benchmark.

    Raises
    ------
    ParameterError
        When the days are out of bounds.
    """

    max_age_days: int = field(default=90, metadata={"doc": "Days after which a key must have been rotated, 1 to 3650."})
    max_unused_days: int = field(
        default=45, metadata={"doc": "Days after which a key that nobody used must be gone or inactive, 1 to 3650."}
    )
    exempt_users: tuple[str, ...] = field(
        default=(), metadata={"doc": "Names of users that are not judged, as ses-smtp-*; case-sensitive."}
    )
    include_root: bool = field(
        default=False, metadata={"doc": "Also refuse any active key of the root user, as a result of the account."}
    )

    def __post_init__(self) -> None:
        """Refuse what is out of bounds."""
        for name, days in (("max_age_days", self.max_age_days), ("max_unused_days", self.max_unused_days)):
            if not 1 <= days <= MAX_DAYS:
                raise ParameterError(f"Parameter {name} is {days}; it must be 1 to {MAX_DAYS}.")


def evaluate(account: Account, parameters: Parameters) -> Iterator[Finding]:
    """Judge every user of the credential report.

    The report has no ids, so the users are listed too. A user who came after the report was made is judged next time.

    Yields
    ------
    Finding
        One on the account for the root user, if it is judged, then one on each user, also those without keys.
    """
    iam = account.client("iam")
    keys = active_keys_by_user(iam)
    if parameters.include_root:
        yield account.finding(judge_root(keys.get(ROOT_USER, ())))
    for page in iam.get_paginator("list_users").paginate():
        for user in page["Users"]:
            name = user["UserName"]
            if name in keys:
                yield Finding("AWS::IAM::User", user["UserId"], judge(name, keys[name], account.time, parameters))


def judge(user: str, keys: tuple[AccessKey, ...], now: datetime, parameters: Parameters) -> Verdict:
    """Judge one user's active keys."""
    if any_matches(parameters.exempt_users, user):
        return Verdict.not_applicable(f"User {user} is exempt.")
    problems = [problem for key in keys for problem in _problems(key, now, parameters)]
    if problems:
        return Verdict.non_compliant(f"User {user}: {' '.join(problems)}")
    return Verdict.compliant(f"User {user} has {'no old or unused' if keys else 'no active'} access key.")


def judge_root(keys: tuple[AccessKey, ...]) -> Verdict:
    """Judge the root user, who should have no access key at all."""
    if keys:
        return Verdict.non_compliant("The root user has an active access key: delete it.")
    return Verdict.compliant("The root user has no active access key.")


def _problems(key: AccessKey, now: datetime, parameters: Parameters) -> Iterator[str]:
    age = now - key.rotated
    unused = now - (key.last_used or key.rotated)
    if unused > timedelta(days=parameters.max_unused_days):
        yield f"access key {key.number} was not used for {unused.days} days: delete it."
    if age > timedelta(days=parameters.max_age_days):
        yield f"access key {key.number} is {age.days} days old: rotate it, {parameters.max_age_days} are allowed."


CHECK = PeriodicCheck(
    id="iam-access-keys",
    title="No old or unused access keys",
    description="Active access keys of IAM users must be rotated in time and used; a forgotten key is one that nobody "
    "misses when it is stolen.",
    remediation=(
        "Make a second key, move its users to it, deactivate the old one, and delete it; or replace the user by a role."
    ),
    severity=Severity.MEDIUM,
    resource_types=("AWS::IAM::User", ACCOUNT_TYPE),
    parameters=Parameters,
    evaluate=evaluate,
    actions=("iam:GenerateCredentialReport", "iam:GetCredentialReport", "iam:ListUsers"),
)
