"""Log groups keep their events within bounds, not forever, and under an approved key."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from compliance_runtime.check import Finding, PeriodicCheck, Severity, Verdict
from compliance_runtime.errors import ParameterError
from compliance_runtime.json_object import is_word
from compliance_runtime.resources.kms_keys import KEYS_DOC, is_approved, refuse_other_than_keys

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_logs.type_defs import LogGroupTypeDef

    from compliance_runtime.account import Account

# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html, retentionInDays
SHORTEST_DAYS, MAX_DAYS = 1, 3653
SETTINGS = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653)


@dataclass(frozen=True)
class Parameters:
    """Retention bounds, and approved keys.

    Raises
    ------
    ParameterError
        When CloudWatch Logs has no setting between the bounds, or a key is neither an id nor an ARN.
    """

    min_days: int = field(default=SHORTEST_DAYS, metadata={"doc": "Days that events must be kept, 1 to 3653."})
    max_days: int = field(default=MAX_DAYS, metadata={"doc": "Days after which events must be gone, 1 to 3653."})
    allow_never_expiring: bool = field(default=False, metadata={"doc": "Also accept groups that keep events forever."})
    require_key: bool = field(
        default=False, metadata={"doc": "Refuse groups without a KMS key; implied by approved_keys."}
    )
    approved_keys: tuple[str, ...] = field(default=(), metadata={"doc": KEYS_DOC})
    exempt_prefixes: tuple[str, ...] = field(
        default=(), metadata={"doc": "Groups whose names begin so are not judged, as /aws/codebuild/; case-sensitive."}
    )

    def __post_init__(self) -> None:
        """Refuse what no group can meet."""
        refuse_other_than_keys("approved_keys", self.approved_keys)
        for name, days in (("min_days", self.min_days), ("max_days", self.max_days)):
            if not SHORTEST_DAYS <= days <= MAX_DAYS:
                raise ParameterError(f"Parameter {name} is {days}; it must be {SHORTEST_DAYS} to {MAX_DAYS}.")
        if not any(self.min_days <= days <= self.max_days for days in SETTINGS):
            raise ParameterError(
                f"Parameters min_days {self.min_days} and max_days {self.max_days} leave no retention that CloudWatch "
                f"Logs offers: {', '.join(map(str, SETTINGS))}."
            )


def evaluate(account: Account, parameters: Parameters) -> Iterator[Finding]:
    """Judge every log group of the region."""
    for page in account.client("logs").get_paginator("describe_log_groups").paginate():
        for group in page["logGroups"]:
            yield Finding("AWS::Logs::LogGroup", group["logGroupName"], judge(group, parameters))


def judge(group: LogGroupTypeDef, parameters: Parameters) -> Verdict:
    """Judge one log group."""
    if group["logGroupName"].startswith(parameters.exempt_prefixes):
        return Verdict.not_applicable("The log group is exempt.")
    if is_word(group.get("logGroupClass"), "DELIVERY"):
        return Verdict.not_applicable("AWS sets the retention of log groups of the class DELIVERY.")
    problems = [*_retention_problems(group.get("retentionInDays"), parameters), *_key_problems(group, parameters)]
    return Verdict.non_compliant(" ".join(problems)) if problems else Verdict.compliant("Retention and key are right.")


def _retention_problems(days: int | None, parameters: Parameters) -> Iterator[str]:
    bounds = f"set {parameters.min_days} to {parameters.max_days} days"
    if days is None:
        if not parameters.allow_never_expiring:
            yield f"Events never expire: {bounds}."
    elif not parameters.min_days <= days <= parameters.max_days:
        yield f"Events are kept {days} days: {bounds}."


def _key_problems(group: LogGroupTypeDef, parameters: Parameters) -> Iterator[str]:
    key = group.get("kmsKeyId")
    if not key:
        if parameters.require_key or parameters.approved_keys:
            yield "No KMS key encrypts the group: associate one."
    elif parameters.approved_keys and not is_approved(key, parameters.approved_keys):
        yield f"KMS key {key} is not approved."


CHECK = PeriodicCheck(
    id="log-group-retention",
    title="Retention of log groups",
    description="Log groups must keep their events for a time within bounds, not forever, and be encrypted with a KMS "
    "key where one is asked for.",
    remediation="Set the log group's retention within the bounds, and its KMS key where one is asked for.",
    severity=Severity.MEDIUM,
    resource_types=("AWS::Logs::LogGroup",),
    parameters=Parameters,
    evaluate=evaluate,
    actions=("logs:DescribeLogGroups",),
)
