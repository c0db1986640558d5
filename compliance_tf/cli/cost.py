"""``compliance-tf cost``."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from compliance_tf.cli.exit_codes import ExitCode
from compliance_tf.cli.options import FleetFile, SomeWorkspace, TableFormat, TableOrJson
from compliance_tf.preflight.assumptions import USUAL_CHANGES, Assumptions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from compliance_tf.fleet.running import Outcome
    from compliance_tf.preflight.cost import ResourceCounts
    from compliance_tf.preflight.rule_costs import Pricing, RuleCost, StackCost

Resources = Annotated[
    int | None,
    typer.Option(
        "--resources",
        min=0,
        help="Assume that each rule evaluates so many resources in each cell, and ask nobody.",
        show_default=False,
    ),
]
Changes = Annotated[float, typer.Option("--changes-per-month", help="How often a resource changes in a month.")]
EvaluationPrice = Annotated[
    float | None,
    typer.Option(min=0, help="Of one evaluation, where AWS's is not known or yours is another.", show_default=False),
]
WritePrice = Annotated[
    float | None,
    typer.Option(min=0, help="Of a million write request units of DynamoDB, likewise.", show_default=False),
]


def cost(
    *,
    workspace: SomeWorkspace = None,
    fleet: FleetFile = None,
    resources: Resources = None,
    changes_per_month: Changes = USUAL_CHANGES,
    evaluation_price: EvaluationPrice = None,
    write_price: WritePrice = None,
    output: TableOrJson = TableFormat.TABLE,
    top: Annotated[int, typer.Option(min=1, help="Rules to list at most in a table.")] = 20,
) -> None:
    """Estimate what a deployment, or a whole fleet, costs in a month: by rule, and what less evaluations would save.

    The numbers of resources are those that AWS Config has recorded, unless they are assumed; nothing is changed.
    """
    from compliance_tf.preflight.rule_costs import Pricing

    assumptions, pricing = Assumptions(changes_per_month), Pricing(evaluation_price, write_price)
    failed: list[Outcome] = []
    if fleet is None:
        costs = _of_app(workspace, resources, assumptions, pricing)
    else:
        costs, failed = _of_fleet(fleet, workspace, resources, assumptions, pricing)
    rules = _summed(costs)
    if output is TableFormat.JSON:
        _print_json(rules, costs, assumptions, failed)
    else:
        _print_table(rules, top)
        _print_sum(rules, costs, assumptions, resources)
    for outcome in failed:
        typer.echo(f"missing: {outcome.cell}: {outcome.in_a_line}", err=True)
    raise typer.Exit(ExitCode.ERROR if failed else ExitCode.FINE)


def _of_app(
    workspace: str | None, resources: int | None, assumptions: Assumptions, pricing: Pricing
) -> list[StackCost]:
    from compliance_tf.preflight.account import Region
    from compliance_tf.preflight.cost import discovered_counts
    from compliance_tf.preflight.preflight import planned_stacks
    from compliance_tf.preflight.rule_costs import stack_cost
    from compliance_tf.results.boto_errors import explained
    from compliance_tf.results.frameworks.equivalents import equivalent_identifiers
    from compliance_tf.terraform.machine import Machine

    stacks = [
        stack for stack, _ in planned_stacks(Machine.this(), Path(), workspace, lambda line: typer.echo(line, err=True))
    ]
    elsewhere: dict[str, list[str]] = {}
    for stack in stacks:
        for rule in stack.rules:
            elsewhere.setdefault(rule.name.removeprefix(f"{stack.project}-{stack.workspace}-"), []).append(stack.region)
    costs = []
    for stack in stacks:
        counts: ResourceCounts = resources or 0
        if resources is None:
            subject, action = f"AWS Config in {stack.region}", "config:GetDiscoveredResourceCounts"
            with explained(subject, action, missing="AWS Config is not there."):
                counts = discovered_counts(Region(stack.region).config)
        costs.append(
            stack_cost(
                stack,
                counts,
                assumptions=assumptions,
                pricing=pricing,
                asks=equivalent_identifiers,
                elsewhere=elsewhere,
            )
        )
    return costs


def _of_fleet(
    file: Path, workspace: str | None, resources: int | None, assumptions: Assumptions, pricing: Pricing
) -> tuple[list[StackCost], list[Outcome]]:
    from compliance_tf.cli.fleet import USUAL_PARALLEL
    from compliance_tf.fleet.begin import begin
    from compliance_tf.fleet.cells import Choice
    from compliance_tf.fleet.costs import fleet_costs
    from compliance_tf.fleet.settings import Assumed, read_fleet
    from compliance_tf.lifecycle.person import Person

    groups = read_fleet(file).groups
    assumed = {group.name: group.assumed for group in groups if group.assumed}
    if resources is not None:
        assumed = {group.name: Assumed(resources, assumptions.changes_per_month) for group in groups}
    with begin(file, Choice(), Person.at_terminal(), parallel=USUAL_PARALLEL) as one:
        cells = tuple(cell for cell in one.cells if workspace in {None, cell.workspace})
        outcomes, costs = fleet_costs(replace(one, cells=cells), assumed, assumptions, pricing)
        one.runner.require_no_signal()
    return costs, [outcome for outcome in outcomes if outcome.failed]


def _summed(costs: Sequence[StackCost]) -> list[RuleCost]:
    from compliance_tf.preflight.rule_costs import RuleCost

    rules: dict[str, RuleCost] = {}
    for one in costs:
        for rule in one.rules:
            rules.setdefault(rule.rule, RuleCost(rule.rule)).add(rule)
    return sorted(rules.values(), key=lambda rule: (-rule.cost, rule.rule))


def _print_table(rules: Sequence[RuleCost], top: int) -> None:
    from compliance_tf.output.terminal_table import print_table

    columns = ("Rule", "Cells", "Evaluations", "A month", "Would save", "How")
    rows = [
        (
            rule.rule,
            str(rule.cells),
            f"{rule.evaluations:,.0f}",
            f"{rule.cost:,.2f}",
            "; ".join(f"{saved:,.2f}" for saved in rule.savings.values()),
            "; ".join(rule.savings),
        )
        for rule in rules[:top]
    ]
    print_table(columns, rows, whole=columns[:5])


def _print_sum(
    rules: Sequence[RuleCost], costs: Sequence[StackCost], assumptions: Assumptions, resources: int | None
) -> None:
    from compliance_tf.preflight.prices import prices

    known = prices()
    beside = [one.beside for one in costs if one.beside is not None]
    without, spared = len(costs) - len(beside), sum(one.spared for one in costs)
    evaluations, charged = sum(rule.evaluations for rule in rules), sum(rule.cost for rule in rules)
    said = [
        f"{len(costs):,} {'cell' if len(costs) == 1 else 'cells'}: {charged:,.2f} {known.currency} a month for "
        f"{evaluations:,.0f} evaluations; functions and tables at most {sum(beside):,.2f}"
        + (
            f", without the tables of {without:,} whose region's price is not known (--write-price)."
            if without
            else "."
        )
    ]
    if spared:
        said.append(f"Rules that are evaluated in a home region alone would cost {spared:,.2f} more elsewhere.")
    each = f"{resources:,} resources for each rule (--resources), " if resources is not None else ""
    said.append(
        f"Assumed, unless a group says otherwise: {each}{assumptions.changes_per_month:g} changes of a resource a "
        f"month (--changes-per-month). No free tier, prices of {known.as_of}. Each saving is by itself: they do not "
        "add up."
    )
    typer.echo("\n".join(said), err=True)


def _print_json(
    rules: Sequence[RuleCost], costs: Sequence[StackCost], assumptions: Assumptions, failed: Sequence[Outcome]
) -> None:
    from compliance_tf.output.sanitize import json_text
    from compliance_tf.preflight.prices import prices

    known = prices()
    document = {
        "currency": known.currency,
        "pricesAsOf": known.as_of.isoformat(),
        "changesPerMonth": assumptions.changes_per_month,
        "evaluations": sum(rule.evaluations for rule in rules),
        "cost": sum(rule.cost for rule in rules),
        "functionsAndTables": sum(one.beside or 0.0 for one in costs),
        "sparedByHomeRegions": sum(one.spared for one in costs),
        "rules": [
            {
                "rule": rule.rule,
                "cells": rule.cells,
                "evaluations": rule.evaluations,
                "cost": rule.cost,
                "savings": [{"how": how, "saved": saved} for how, saved in rule.savings.items()],
            }
            for rule in rules
        ],
        "missing": [{"cell": str(outcome.cell), "why": outcome.said} for outcome in failed],
    }
    typer.echo(json_text(document, indent=2))
