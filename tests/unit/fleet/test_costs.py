"""Cells of one account and region are charged together, each by what is assumed of it."""

from __future__ import annotations

import pytest

from compliance_tf.fleet.cells import Cell
from compliance_tf.fleet.costs import cell_costs
from compliance_tf.model.fleet_regions import FleetRegion
from compliance_tf.preflight.assumptions import Assumptions
from compliance_tf.preflight.rule_costs import Pricing
from tests.unit.preflight.builders import rule, stack


def test_workspaces_of_one_account_and_region_share_the_tiers_and_others_do_not() -> None:
    region = FleetRegion("eu-west-1", "eu-west-1")
    dev, prod, other = (
        Cell(account, region, workspace, "all")
        for account, workspace in (("1" * 12, "dev"), ("1" * 12, "prod"), ("2" * 12, "prod"))
    )
    planned = {
        (region.folder, name): stack(rules=(rule(f"acme-{name}-buckets"),), workspace=name) for name in ("dev", "prod")
    }
    assumed = {dev: (10_000, Assumptions(10)), prod: (10_000, Assumptions(10)), other: (10_000, Assumptions(20))}
    charged = [cost.rules[0].cost for cost in cell_costs(assumed, planned, Pricing())]
    assert charged == pytest.approx([(100 + 80) / 2, (100 + 80) / 2, 100 + 80])
