"""The monthly cost of each rule of a deployment, and possible savings.

AWS Config's evaluations are over 99 % of the bill of a large deployment: functions and table are one sum.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from compliance_tf.catalog.home_region import only_region
from compliance_tf.errors import SettingError
from compliance_tf.model.regions import partition
from compliance_tf.preflight.cost import WRITE_UNITS, evaluations_by_rule, function_cost
from compliance_tf.preflight.prices import prices

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from compliance_tf.preflight.assumptions import Assumptions
    from compliance_tf.preflight.cost import ResourceCounts
    from compliance_tf.preflight.planned import PlannedStack
    from compliance_tf.preflight.planned_rules import PlannedRule

_SLOWEST_HOURS: Final = 24
"""The longest time between two evaluations. Source: AWS Config API, ConfigRule.MaximumExecutionFrequency."""


@dataclass(frozen=True)
class Pricing:
    """The prices of a region: those that are known, or those that are given.

    Parameters
    ----------
    per_evaluation
        Of one evaluation, whatever their number; AWS's tiers unless given.
    per_million_writes
        Of a million of DynamoDB's write request units; those that are known unless given.
    """

    per_evaluation: float | None = None
    per_million_writes: float | None = None

    def of_evaluations(self, number: float, region: str) -> float:
        """Price the evaluations of a month, account and region.

        Returns
        -------
        float
            US dollars, by AWS's tiers unless a price is given.

        Raises
        ------
        SettingError
            When the partition's prices are not known, and none is given.
        """
        if self.per_evaluation is not None:
            return number * self.per_evaluation
        if partition(region) != "aws":
            raise SettingError(
                f"What AWS Config charges for an evaluation in {region} is not known here: look it up, and give it "
                "with --evaluation-price."
            )
        return prices().of_evaluations(number)

    def of_writes(self, units: float, region: str) -> float | None:
        """Price writes to the table; None where the region's price is neither known nor given."""
        each = prices().per_write.get(region) if self.per_million_writes is None else self.per_million_writes / 1e6
        return None if each is None else units * each


@dataclass(frozen=True)
class Saving:
    """The monthly saving by fewer evaluations of a rule.

    Parameters
    ----------
    how
        What to change.
    evaluations
        How many there would be less.
    """

    how: str
    evaluations: float


@dataclass
class RuleCost:
    """A rule, in one cell or summed over many.

    Parameters
    ----------
    rule
        Its id.
    evaluations
        The evaluations of a month.
    cost
        What AWS Config charges for them.
    cells
        In how many cells it is.
    savings
        What would be saved in a month, by what to change.
    """

    rule: str
    evaluations: float = 0.0
    cost: float = 0.0
    cells: int = 0
    savings: dict[str, float] = field(default_factory=dict)

    def add(self, other: RuleCost) -> None:
        """Add another cell's."""
        self.evaluations += other.evaluations
        self.cost += other.cost
        self.cells += other.cells
        for how, saved in other.savings.items():
            self.savings[how] = self.savings.get(how, 0.0) + saved


@dataclass(frozen=True)
class StackCost:
    """The monthly cost of a deployment.

    Parameters
    ----------
    rules
        Its rules.
    beside
        What the functions and the table cost at most; None where the price of the region's table is not known.
    spared
        What rules would cost here that are evaluated in a home region alone.
    """

    rules: tuple[RuleCost, ...]
    beside: float | None
    spared: float = 0.0


def stack_cost(
    stack: PlannedStack,
    counts: ResourceCounts,
    *,
    assumptions: Assumptions,
    pricing: Pricing,
    asks: Callable[[str], Iterable[str]],
    elsewhere: Mapping[str, Sequence[str]],
    others: float = 0.0,
    at_home: Iterable[PlannedRule] = (),
) -> StackCost:
    """Estimate what a deployment costs.

    Parameters
    ----------
    counts
        The number of recorded resources by type.
    asks
        Tells which managed rules a rule's own identifier stands for.
    elsewhere
        Other regions of the account that have a rule, by its id.
    others
        Evaluations of a month by other deployments of the account and region: AWS's tiers are of all together.
    at_home
        The rules of the account's home region.

    Returns
    -------
    StackCost
        US dollars per month: of each rule with what could be saved, and of everything beside AWS Config, which is None
        where the price of a write is not known.

    Raises
    ------
    SettingError
        When a price is not known.
    """
    evaluations = {rule: monthly for rule, (_, monthly) in evaluations_by_rule(stack, counts, assumptions).items()}
    total = sum(evaluations.values())
    every = total + others
    whole = pricing.of_evaluations(every, stack.region)
    prefix = f"{stack.project}-{stack.workspace}-"
    costs = {
        rule: RuleCost(rule.name.removeprefix(prefix), number, whole * number / every if every else 0.0, 1)
        for rule, number in evaluations.items()
    }
    for rule, cost in costs.items():
        for saving in (
            *_slower(rule, evaluations[rule]),
            *_at_home(rule, cost, stack.region, elsewhere),
            *_one_of_two(rule, evaluations, asks, prefix),
        ):
            less = pricing.of_evaluations(every - saving.evaluations, stack.region)
            cost.savings[saving.how] = whole - less
    left = replace(stack, rules=tuple(rule for rule in at_home if _is_global(rule) and rule not in evaluations))
    more = sum(monthly for _, monthly in evaluations_by_rule(left, counts, assumptions).values())
    writes = pricing.of_writes(total * WRITE_UNITS, stack.region)
    by_function = sum(number for rule, number in evaluations.items() if rule.runs_function)
    beside = None if writes is None else writes + function_cost(stack, by_function) + function_cost(stack, total)
    return StackCost(tuple(costs.values()), beside, pricing.of_evaluations(every + more, stack.region) - whole)


def _slower(rule: PlannedRule, evaluations: float) -> Iterator[Saving]:
    if rule.every_hours and rule.every_hours < _SLOWEST_HOURS and not rule.change_triggered:
        yield Saving("evaluate it once a day", evaluations * (1 - rule.every_hours / _SLOWEST_HOURS))


def _at_home(
    rule: PlannedRule, cost: RuleCost, region: str, elsewhere: Mapping[str, Sequence[str]]
) -> Iterator[Saving]:
    """Find what is global and evaluated in other regions as well: the first of all keeps it."""
    if _is_global(rule) and any(other < region for other in elsewhere.get(cost.rule, ())):
        yield Saving("evaluate it in a home region alone: it is paid for in each region", cost.evaluations)


def _is_global(rule: PlannedRule) -> bool:
    return only_region(rule.resource_types or (), rule.identifier, "home") == "home"


def _one_of_two(
    rule: PlannedRule, evaluations: Mapping[PlannedRule, float], asks: Callable[[str], Iterable[str]], prefix: str
) -> Iterator[Saving]:
    """Find another rule that asks the same of the same types: of the two the one with fewer evaluations is spared."""
    if rule.identifier is None:
        return
    own, types = set(asks(rule.identifier)), set(rule.resource_types or ())
    for other, number in evaluations.items():
        if other.identifier in {None, rule.identifier} or not types & set(other.resource_types or ()):
            continue
        is_less = (evaluations[rule], rule.name) < (number, other.name)
        if is_less and own & set(asks(other.identifier or "")):
            name = other.name.removeprefix(prefix)
            yield Saving(f"leave it to {name}, which asks the same unless its parameters differ", evaluations[rule])
