"""The estimated monthly cost of a deployment, from the number of resources that the account has of each type."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from compliance_runtime.account import ACCOUNT_TYPE
from compliance_tf.preflight.findings import Finding, Verdict, answered, enumerated
from compliance_tf.preflight.prices import prices

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mypy_boto3_config import ConfigServiceClient
    from mypy_boto3_config.type_defs import GetDiscoveredResourceCountsRequestTypeDef

    from compliance_tf.preflight.account import Region
    from compliance_tf.preflight.assumptions import Assumptions
    from compliance_tf.preflight.planned import Function, PlannedStack
    from compliance_tf.preflight.planned_rules import PlannedRule

ResourceCounts: TypeAlias = "Mapping[str, int] | int"
"""The number of resources by type, or a number that each rule evaluates, whatever its types."""

SUBJECT = "Cost of a month"

HOURS_OF_A_MONTH = 30 * 24

WRITE_UNITS = 8
"""Maximum write request units of recording one compliance change, in items of up to 1 KB, without a notification.

The result and its history are written in a transaction, which costs double: four. The result's entry in three indexes,
of which one moves: four. Source: DynamoDB, "Read/write capacity mode" on transactions, and "Global secondary indexes",
provisioned throughput considerations.
"""

FUNCTION_SECONDS = 0.5
"""Assumed seconds of an invocation of a function."""

_RATE = re.compile(r"rate\((?P<number>\d+) (?P<unit>minute|hour|day)s?\)")
_HOURS_OF_A_UNIT = {"minute": 1 / 60, "hour": 1.0, "day": 24.0}
_MAX_PAGES = 50
_PAGE = 100  # AWS Config API, GetDiscoveredResourceCounts.limit
_MEGABYTES_OF_A_GIGABYTE = 1024


@dataclass(frozen=True)
class Estimate:
    """The evaluations of one month.

    Parameters
    ----------
    first
        Evaluations that follow once, from the creation of rules.
    monthly
        Evaluations of each month.
    by_function
        The monthly evaluations by a Lambda function.
    uncounted
        The names of rules whose resources cannot be counted.
    """

    first: float
    monthly: float
    by_function: float
    uncounted: tuple[str, ...]


@dataclass(frozen=True)
class CostPreflight:
    """The cost of one stack."""

    stack: PlannedStack
    region: Region
    assumptions: Assumptions

    def finding(self) -> Finding:
        """Count the resources, and estimate."""
        return answered(self.stack.place, SUBJECT, self._ask)

    def _ask(self) -> Finding:
        estimate = estimated(self.stack, discovered_counts(self.region.config), self.assumptions)
        known = prices()
        priced_as = self.stack.region if self.stack.region in known.per_write else next(iter(known.per_write))
        # An upper bound: it assumes that every evaluation changes a result, which it hardly ever does.
        writes = estimate.monthly * WRITE_UNITS * known.per_write[priced_as]
        functions = function_cost(self.stack, estimate.by_function) + function_cost(self.stack, estimate.monthly)
        total = known.of_evaluations(estimate.monthly) + writes + functions
        figure = (
            f"At most {total:,.2f} {known.currency}: {estimate.monthly:,.0f} evaluations "
            f"{known.of_evaluations(estimate.monthly):,.2f}, table writes {writes:,.2f}, functions {functions:,.2f}. "
            f"Once, when all rules are new, {known.of_evaluations(estimate.first):,.2f} for {estimate.first:,.0f} more."
        )
        assumed = (
            f"Assumed: {self.assumptions.changes_per_month:g} changes of a resource a month (--changes-per-month), "
            f"every evaluation changes a result, no free tier; prices of {known.as_of} in {priced_as}."
        )
        problems = list(self._left_out(estimate, priced_as))
        verdict = Verdict.WARNING if problems else Verdict.OK
        return Finding(self.stack.place, SUBJECT, verdict, figure, " ".join([assumed, *problems]))

    def _left_out(self, estimate: Estimate, priced_as: str) -> Iterator[str]:
        if estimate.uncounted:
            yield f"Not counted, because their resources are not recorded by type: {enumerated(estimate.uncounted)}."
        if self.stack.reevaluation and hours_between(self.stack.reevaluation) is None:
            yield f"Not counted: evaluating everything at {self.stack.reevaluation}."
        if priced_as != self.stack.region:
            yield f"Prices of {self.stack.region} are not known here: look them up."


def function_cost(stack: PlannedStack, invocations: float) -> float:
    """Price invocations of a stack's functions, as if all were of the most expensive one."""
    per_second = max((_per_second(function) for function in stack.functions), default=0.0)
    return invocations * (prices().per_function_request + FUNCTION_SECONDS * per_second)


def _per_second(function: Function) -> float:
    return function.memory_megabytes / _MEGABYTES_OF_A_GIGABYTE * prices().per_gigabyte_second[function.architecture]


def discovered_counts(config: ConfigServiceClient) -> Mapping[str, int]:
    """Count the recorded resources of the client's region by type."""
    counts: dict[str, int] = {}
    request: GetDiscoveredResourceCountsRequestTypeDef = {"limit": _PAGE}
    for _ in range(_MAX_PAGES):
        page = config.get_discovered_resource_counts(**request)
        counts |= {count["resourceType"]: count["count"] for count in page.get("resourceCounts", [])}
        if not page.get("nextToken"):
            break
        request["nextToken"] = page["nextToken"]
    return counts


def estimated(stack: PlannedStack, counts: Mapping[str, int], assumptions: Assumptions) -> Estimate:
    """Estimate the evaluations of a stack.

    Parameters
    ----------
    counts
        The number of recorded resources by type.

    Returns
    -------
    Estimate
        Evaluations once and per month, and the names of the rules that it cannot count.
    """
    by_rule = evaluations_by_rule(stack, counts, assumptions)
    uncounted = tuple(rule.name for rule in stack.rules if rule.resource_types is None and not rule.change_triggered)
    return Estimate(
        first=sum(first for first, _ in by_rule.values()),
        monthly=sum(monthly for _, monthly in by_rule.values()),
        by_function=sum(monthly for rule, (_, monthly) in by_rule.items() if rule.runs_function),
        uncounted=uncounted,
    )


def evaluations_by_rule(
    stack: PlannedStack, counts: ResourceCounts, assumptions: Assumptions
) -> dict[PlannedRule, tuple[float, float]]:
    """Estimate the evaluations of each rule: those that follow once, and those of each month."""
    everything_again = _times_a_month(stack.reevaluation)
    found: dict[PlannedRule, tuple[float, float]] = {}
    for rule in stack.rules:
        resources = _resources(rule, counts)
        monthly = resources * everything_again
        if rule.change_triggered:
            monthly += resources * assumptions.changes_per_month
        if rule.every_hours:
            monthly += resources * HOURS_OF_A_MONTH / rule.every_hours
        found[rule] = (resources, monthly)
    return found


def _resources(rule: PlannedRule, counts: ResourceCounts) -> int:
    if rule.single or rule.resource_types in {(), (ACCOUNT_TYPE,)}:
        return 1
    if isinstance(counts, int):
        return counts
    if rule.resource_types is None:
        return sum(counts.values()) if rule.change_triggered else 0
    return sum(1 if type_ == ACCOUNT_TYPE else counts.get(type_, 0) for type_ in rule.resource_types)


def _times_a_month(schedule: str | None) -> float:
    hours = hours_between(schedule) if schedule else None
    return HOURS_OF_A_MONTH / hours if hours else 0.0


def hours_between(schedule: str) -> float | None:
    """Parse EventBridge's ``rate(7 days)`` to hours; None for a cron expression."""
    rate = _RATE.fullmatch(schedule)
    return int(rate["number"]) * _HOURS_OF_A_UNIT[rate["unit"]] if rate else None
