"""The account's quotas, and whether the planned resources fit."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from compliance_tf.preflight.findings import Finding, Verdict, answered
from compliance_tf.preflight.tags import read_tags

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from compliance_tf.preflight.account import Region
    from compliance_tf.preflight.planned import PlannedStack

NEARLY_FULL = 0.9
"""The share of a quota above which the report warns."""

LOW_CONCURRENCY = 100
"""Minimum unreserved concurrency, except in new accounts. Source: Lambda, "Configuring reserved concurrency"."""

_MEBIBYTE = 1024 * 1024


@dataclass(frozen=True)
class Quota:
    """A quota of AWS Service Quotas.

    Parameters
    ----------
    subject
        The limited resource, in a few words.
    service
        The service's code.
    default
        The documented default.
    default_in
        The defaults of regions that have another one.
    code
        The quota's code; None to find it by its name.
    name
        A pattern of the quota's name.
    adjustable
        Whether it can be raised on request.
    """

    subject: str
    service: str
    default: int
    default_in: tuple[tuple[str, int], ...] = ()
    code: str | None = None
    name: str = ""
    adjustable: bool = True

    def default_of(self, region: str) -> int:
        """Return the documented default of a region."""
        return dict(self.default_in).get(region, self.default)


# AWS Config Developer Guide, "Service Limits". Its code in Service Quotas is documented nowhere.
CONFIG_RULES = Quota(
    "Config rules",
    "config",
    1000,
    name=r"(?i)config rules per (region|account)(?!.*conformance)",
    adjustable=False,
)
# AWS General Reference, "Amazon EventBridge endpoints and quotas": "Number of rules", per event bus.
EVENT_RULES = Quota(
    "EventBridge rules", "events", 300, default_in=(("af-south-1", 100), ("eu-south-1", 100)), code="L-244521F2"
)
# AWS General Reference, "Amazon DynamoDB endpoints and quotas": "Maximum number of tables".
TABLES = Quota("DynamoDB tables", "dynamodb", 2500, code="L-F98FE922")

ROLES = "IAM roles"
CONCURRENCY = "Lambda concurrency"
CODE_STORAGE = "Lambda code storage"


@dataclass(frozen=True)
class Limit:
    """The value of a quota.

    Parameters
    ----------
    value
        The number.
    known
        Whether it is the account's own value; otherwise it is AWS's documented default.
    """

    value: int
    known: bool = True


@dataclass(frozen=True)
class RegionQuotas:
    """The quotas of one region, for all stacks in it.

    Parameters
    ----------
    region
        The region.
    stacks
        The stacks in it.
    """

    region: Region
    stacks: Sequence[PlannedStack]

    def findings(self) -> Iterator[Finding]:
        """Compare the quotas with what exists and what is planned."""
        rules = {rule.name for stack in self.stacks for rule in stack.rules}
        event_rules = {name for stack in self.stacks for name in stack.event_rules}
        tables = {name for stack in self.stacks for name in stack.tables}
        yield self._counted(CONFIG_RULES, rules, lambda: self.region.config_rules)
        yield self._counted(EVENT_RULES, event_rules, lambda: self.region.event_rules)
        yield self._counted(TABLES, tables, lambda: self.region.tables)
        yield answered(self.region.name, CONCURRENCY, self._concurrency)
        yield answered(self.region.name, CODE_STORAGE, self._code_storage)

    def _counted(self, quota: Quota, planned: Collection[str], listed: Callable[[], Collection[str]]) -> Finding:
        return answered(self.region.name, quota.subject, partial(self._count, quota, planned, listed))

    def _count(self, quota: Quota, planned: Collection[str], listed: Callable[[], Collection[str]]) -> Finding:
        present = listed()
        new = len(set(planned) - set(present))
        return room(
            self.region.name,
            quota.subject,
            present=len(present),
            new=new,
            limit=limit_of(quota, self.region),
            adjustable=quota.adjustable,
        )

    def _concurrency(self) -> Finding:
        unreserved = self.region.functions.get_account_settings()["AccountLimit"]["UnreservedConcurrentExecutions"]
        if unreserved < LOW_CONCURRENCY:
            return Finding(
                self.region.name,
                CONCURRENCY,
                Verdict.WARNING,
                f"{unreserved} concurrent executions, shared with all functions that reserve none.",
                "Ask for more of 'Concurrent executions' (L-B99A9384): until then evaluations are delayed and retried "
                "after many changes at once.",
            )
        return Finding(
            self.region.name,
            CONCURRENCY,
            Verdict.OK,
            f"{unreserved} unreserved concurrent executions; this deployment reserves none.",
        )

    def _code_storage(self) -> Finding:
        settings = self.region.functions.get_account_settings()
        used, limit = settings["AccountUsage"]["TotalCodeSize"], settings["AccountLimit"]["TotalCodeSize"]
        new = sum(function.code_bytes for stack in self.stacks for function in stack.functions)
        figure = f"{_mebibytes(used)} + at most {_mebibytes(new)} of {_mebibytes(limit)}"
        request = "'Function and layer storage' (L-2ACBD22F)"
        return _judged(self.region.name, CODE_STORAGE, figure, used=used + new, limit=limit, request=request)


def role_quota(region: Region, stacks: Sequence[PlannedStack]) -> Finding:
    """Compare the quota of roles, which is one for all regions of an account.

    Parameters
    ----------
    region
        Any region.
    stacks
        All stacks.

    Returns
    -------
    Finding
        Whether the roles of all stacks fit; UNKNOWN where AWS does not answer.
    """
    return answered("account", ROLES, partial(_roles, region, stacks))


def _roles(region: Region, stacks: Sequence[PlannedStack]) -> Finding:
    summary = region.iam.get_account_summary()["SummaryMap"]
    planned = {name for stack in stacks for name in stack.roles}
    new = sum(read_tags("aws_iam_role", region.iam, name) is None for name in planned)
    return room(
        "account", ROLES, present=summary["Roles"], new=new, limit=Limit(summary["RolesQuota"]), adjustable=True
    )


def limit_of(quota: Quota, region: Region) -> Limit:
    """Read a quota from Service Quotas; AWS's documented default where it does not answer."""
    try:
        value = _by_code(quota.service, quota.code, region) if quota.code else _by_name(quota, region)
    except (ClientError, BotoCoreError):
        value = None
    return Limit(quota.default_of(region.name), known=False) if value is None else Limit(int(value))


def _by_code(service: str, code: str, region: Region) -> float | None:
    try:
        return region.quotas.get_service_quota(ServiceCode=service, QuotaCode=code)["Quota"].get("Value")
    except region.quotas.exceptions.NoSuchResourceException:
        # The response for a quota that was never raised.
        return region.quotas.get_aws_default_service_quota(ServiceCode=service, QuotaCode=code)["Quota"].get("Value")


def _by_name(quota: Quota, region: Region) -> float | None:
    pages = region.quotas.get_paginator("list_service_quotas").paginate(
        ServiceCode=quota.service, PaginationConfig={"MaxItems": 1000}
    )
    found = [
        listed.get("Value") for page in pages for listed in page["Quotas"] if re.search(quota.name, listed["QuotaName"])
    ]
    return found[0] if len(found) == 1 else None


def room(place: str, subject: str, *, present: int, new: int, limit: Limit, adjustable: bool) -> Finding:
    """Compare the resources that there will be with a limit.

    Parameters
    ----------
    present
        The number that exists.
    new
        The number of planned ones that do not exist yet.
    adjustable
        Whether the quota can be raised on request.

    Returns
    -------
    Finding
        FAIL where they do not fit, a warning where they nearly fill it, with both numbers.
    """
    source = "" if limit.known else " (AWS's default: the account's own quota could not be read)"
    figure = f"{present} + {new} new = {present + new} of {limit.value}{source}"
    request = f"the quota of {subject}" if adjustable else ""
    return _judged(place, subject, figure, used=present + new, limit=limit.value, request=request)


def _judged(place: str, subject: str, figure: str, *, used: int, limit: int, request: str) -> Finding:
    fixed = "remove some, because it cannot be raised"
    raising = f"ask AWS for more of {request}, or remove some" if request else fixed
    if used > limit:
        return Finding(place, subject, Verdict.FAIL, figure, f"The quota is exceeded: {raising}.")
    if used >= NEARLY_FULL * limit:
        return Finding(place, subject, Verdict.WARNING, figure, f"Nearly full: {raising}.")
    return Finding(place, subject, Verdict.OK, figure)


def _mebibytes(size: int) -> str:
    return f"{size / _MEBIBYTE:,.1f} MiB"
