"""The cost of a fleet by rule, summed over its cells."""

from __future__ import annotations

from collections import Counter
from threading import Lock
from typing import TYPE_CHECKING, Any

from compliance_tf.fleet.running import Outcome, State
from compliance_tf.preflight.assumptions import Assumptions
from compliance_tf.preflight.cost import discovered_counts, evaluations_by_rule
from compliance_tf.preflight.planned import PlannedStack, read_stack
from compliance_tf.preflight.rule_costs import stack_cost
from compliance_tf.results.frameworks.equivalents import equivalent_identifiers
from compliance_tf.terraform.console import Evaluator

if TYPE_CHECKING:
    from collections.abc import Mapping

    from compliance_tf.fleet.cells import Cell
    from compliance_tf.fleet.commands import Fleet
    from compliance_tf.fleet.settings import Assumed
    from compliance_tf.preflight.cost import ResourceCounts
    from compliance_tf.preflight.planned_rules import PlannedRule
    from compliance_tf.preflight.rule_costs import Pricing, StackCost


def fleet_costs(
    fleet: Fleet, assumed: Mapping[str, Assumed], assumptions: Assumptions, pricing: Pricing
) -> tuple[list[Outcome], list[StackCost]]:
    """Count the resources of each cell, and estimate what it costs.

    Parameters
    ----------
    assumed
        What is assumed of the cells of a group, by its name: they are not asked.
    assumptions
        What is assumed of all others beside the number of their resources.

    Returns
    -------
    tuple
        The outcomes, of which some may be failures, and the costs of the other cells.
    """
    planned = _planned(fleet)
    counts: dict[Cell, tuple[ResourceCounts, Assumptions]] = {
        cell: (one.resources, Assumptions(one.changes_per_month))
        for cell in fleet.cells
        if (one := assumed.get(cell.group))
    }
    guard = Lock()

    def work(cell: Cell) -> tuple[State, str]:
        config: Any = fleet.credentials.session(cell).client("config")
        discovered = discovered_counts(config)
        with guard:
            counts[cell] = discovered, assumptions
        return State.DONE, f"{sum(discovered.values()):,} resources"

    outcomes = fleet.runner.each([cell for cell in fleet.cells if cell not in counts], work)
    return outcomes, cell_costs({cell: counts[cell] for cell in fleet.cells if cell in counts}, planned, pricing)


def cell_costs(
    counts: Mapping[Cell, tuple[ResourceCounts, Assumptions]],
    planned: Mapping[tuple[str, str], PlannedStack],
    pricing: Pricing,
) -> list[StackCost]:
    """Estimate what cells cost, of which those of one account and region share AWS's tiers.

    Parameters
    ----------
    counts
        The number of resources in each cell, and what is assumed of it.
    planned
        The stacks by the folder of their region and the workspace.

    Returns
    -------
    list
        The costs, in the order of the cells.
    """
    elsewhere: dict[str, dict[str, list[str]]] = {}
    evaluations: dict[Cell, float] = {}
    of_place: Counter[tuple[str, str]] = Counter()
    at_home: dict[tuple[str, str], tuple[PlannedRule, ...]] = {}
    for cell, (number, assumptions) in counts.items():
        stack = planned[_key(cell)]
        prefix = f"{stack.project}-{stack.workspace}-"
        regions = elsewhere.setdefault(cell.account, {})
        for rule in stack.rules:
            regions.setdefault(rule.name.removeprefix(prefix), []).append(cell.region.region)
        monthly = evaluations_by_rule(stack, number, assumptions).values()
        evaluations[cell] = sum(each for _, each in monthly)
        of_place.update({(cell.account, cell.region.region): evaluations[cell]})
        if cell.region.is_home:
            at_home[cell.account, cell.workspace] = stack.rules
    return [
        stack_cost(
            planned[_key(cell)],
            number,
            assumptions=assumptions,
            pricing=pricing,
            asks=equivalent_identifiers,
            elsewhere=elsewhere[cell.account],
            others=of_place[cell.account, cell.region.region] - evaluations[cell],
            at_home=at_home.get((cell.account, cell.workspace), ()),
        )
        for cell, (number, assumptions) in counts.items()
    ]


def _key(cell: Cell) -> tuple[str, str]:
    return cell.region.folder, cell.workspace


def _planned(fleet: Fleet) -> dict[tuple[str, str], PlannedStack]:
    """Read the stack of each region and workspace once: those of all accounts are the same."""
    environment = fleet.machine.environment()
    return {
        _key(cell): read_stack(
            fleet.folder.stack_folder(cell.region), cell.workspace, Evaluator(cell.workspace, environment)
        )
        for cell in {_key(cell): cell for cell in fleet.cells}.values()
    }
