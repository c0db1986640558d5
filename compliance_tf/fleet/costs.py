"""The cost of a fleet by rule, summed over its cells."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Any

from compliance_tf.fleet.running import Outcome, State
from compliance_tf.preflight.cost import discovered_counts
from compliance_tf.preflight.planned import PlannedStack, read_stack
from compliance_tf.preflight.rule_costs import stack_cost
from compliance_tf.results.frameworks.equivalents import equivalent_identifiers
from compliance_tf.terraform.console import Evaluator

if TYPE_CHECKING:
    from compliance_tf.fleet.cells import Cell
    from compliance_tf.fleet.commands import Fleet
    from compliance_tf.preflight.assumptions import Assumptions
    from compliance_tf.preflight.rule_costs import Pricing, StackCost


def fleet_costs(fleet: Fleet, assumptions: Assumptions, pricing: Pricing) -> tuple[list[Outcome], list[StackCost]]:
    """Count the resources of each cell, and estimate what it costs.

    Returns
    -------
    tuple
        The outcomes, of which some may be failures, and the costs of the other cells.
    """
    planned = _planned(fleet)
    elsewhere: dict[str, dict[str, list[str]]] = {}
    for cell in fleet.cells:
        stack = planned[_key(cell)]
        prefix = f"{stack.project}-{stack.workspace}-"
        regions = elsewhere.setdefault(cell.account, {})
        for rule in stack.rules:
            regions.setdefault(rule.name.removeprefix(prefix), []).append(cell.region.region)
    costs: dict[Cell, StackCost] = {}
    guard = Lock()

    def work(cell: Cell) -> tuple[State, str]:
        config: Any = fleet.credentials.session(cell).client("config")
        cost = stack_cost(
            planned[_key(cell)],
            discovered_counts(config),
            assumptions=assumptions,
            pricing=pricing,
            asks=equivalent_identifiers,
            elsewhere=elsewhere[cell.account],
        )
        with guard:
            costs[cell] = cost
        return State.DONE, f"{sum(rule.cost for rule in cost.rules):,.2f} a month"

    outcomes = fleet.runner.each(fleet.cells, work)
    return outcomes, [costs[cell] for cell in fleet.cells if cell in costs]


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
