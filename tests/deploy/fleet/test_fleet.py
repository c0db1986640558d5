"""A fleet with real Terraform: accounts of their own, some of which refuse, and a kill in the middle."""

from __future__ import annotations

import json
import re
import time
from typing import TYPE_CHECKING

import pytest

from compliance_tf.local import LocalAws
from tests.deploy.fleet.accounts import ROLE, FleetProject, make_recorder, make_role, rules
from tests.deploy.lifecycle.commands import start

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

REGION = "eu-west-1"
FINE, DENIED, BARE = "111111111111", "222222222222", "333333333333"
RULES = {"acme-dev-trail", "acme-dev-root"}


@pytest.fixture
def world() -> Iterator[LocalAws]:
    """Another AWS for each test: accounts that others know nothing of."""
    with LocalAws.start() as aws:
        yield aws


def group(regions: list[str], accounts: list[str]) -> dict[str, object]:
    return {"role": ROLE, "groups": [{"name": "all", "workspace": "dev", "regions": regions, "accounts": accounts}]}


def test_cells_that_refuse_neither_hide_nor_stop_the_others(world: LocalAws, tmp_path: Path) -> None:
    """A deployment, for the refusals are Terraform's and those of STS, each in a process of its own."""
    make_role(world, FINE)
    make_recorder(world, FINE, REGION)
    make_role(world, DENIED, trusts="999999999999")
    make_role(world, BARE)
    fleet = FleetProject.create(world, tmp_path / "app", group([REGION], [DENIED, FINE, BARE]))
    runs = fleet.log_runs()

    code, output = fleet.run("fleet", "deploy", "--auto-approve")
    assert code == 1, output
    assert "1 cell: 111111111111 eu-west-1 dev: 28 to create" in output
    assert f"The role arn:aws:iam::{DENIED}:role/{ROLE} cannot be assumed" in output
    assert "turn on AWS Config in eu-west-1" in output
    assert "3 cells: 1 deployed, 2 failed." in output.replace("2 failed, 1 deployed", "1 deployed, 2 failed")
    assert rules(world, FINE, REGION) == RULES
    own = [line.split() for line in runs.read_text().splitlines() if f"/{FINE}." in line]
    assert [command for _, command, *_ in own] == ["init", "plan", "show", "apply"], "each takes seconds"
    assert rules(world, DENIED, REGION) == rules(world, BARE, REGION) == rules(world, "000000000001", REGION) == set()

    reviewed = tmp_path / "reviewed.json"
    code, output = fleet.run("fleet", "review", "--format", "json", "-o", str(reviewed))
    assert code == 1, output
    document = json.loads(reviewed.read_text())
    assert {one["account"] for one in document["failed"]} == {DENIED, FINE}
    # Terraform saves a plan that failed as well, and the review blocks it.
    assert [one["verdict"] for one in document["groups"]] == ["blocked"]

    code, output = fleet.run("cost", "--fleet", "fleet.yaml")
    assert code == 1, output
    assert "2 cells: " in output
    assert f"missing: {DENIED} eu-west-1 dev: The role" in output

    code, output = fleet.run("fleet", "status")
    assert code == 1, output
    assert "333333333333  eu-west-1  dev        found   not deployed" in output

    # The zip of the functions has a check that looks for such keys.
    written = [path for path in fleet.project.folder.rglob("*") if path.is_file() and path.suffix != ".zip"]
    assert not [path for path in written if re.search(rb"ASIA[0-9A-Z]{16}", path.read_bytes())], "a key was written"
    assert (fleet.project.folder / "state" / FINE / f"acme-{REGION}").is_dir()


@pytest.mark.long
def test_what_is_removed_from_cells_is_named_before(world: LocalAws, tmp_path: Path) -> None:
    account, place = "100000000001", "100000000001 eu-west-1 dev"
    make_role(world, account)
    make_recorder(world, account, "eu-west-1")
    logs = world.client("logs", account=account, region="eu-west-1")
    # Somebody copied a function with its tags and its name's beginning.
    copied = {"project": "acme", "workspace": "dev", "managed-by": "compliance_tf"}
    logs.create_log_group(logGroupName="/aws/lambda/acme-dev-copy", tags=copied)
    fleet = FleetProject.create(world, tmp_path / "app", group(["eu-west-1"], [account]))
    code, output = fleet.run("fleet", "recover", "--remove", "--auto-approve")
    assert code == 0, output
    assert f"{place}:   log group /aws/lambda/acme-dev-copy" in output
    assert logs.describe_log_groups()["logGroups"] == []


@pytest.mark.long
def test_twelve_cells_three_broken_and_a_kill_in_the_middle(world: LocalAws, tmp_path: Path) -> None:
    accounts = [f"{number:012}" for number in range(100000000001, 100000000005)]
    regions = ["eu-west-1", "us-east-1", "eu-central-1"]
    denied, bare, broken = (accounts[1], None), (accounts[2], "us-east-1"), (accounts[3], "eu-central-1")
    for account in accounts:
        make_role(world, account, trusts="999999999999" if account == denied[0] else "000000000001")
        for region in regions:
            if (account, region) != bare:
                make_recorder(world, account, region)
    # Terraform fails in one: a rule's function has a name that is taken, by something that is in no state.
    world.client("dynamodb", account=broken[0], region=broken[1]).create_table(
        TableName="acme-dev-results",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    fleet = FleetProject.create(world, tmp_path / "app", group(regions, accounts))
    cells = [(account, region) for account in accounts for region in regions]
    healthy = {cell for cell in cells if cell[0] != denied[0] and cell not in {bare, broken}}

    def deployed() -> set[tuple[str, str]]:
        return {cell for cell in cells if cell in healthy and rules(world, *cell)}

    running = start(fleet.project, "fleet", "deploy", "--auto-approve", "--parallel", "3")
    while len(deployed()) < 2 and running.process.poll() is None:
        time.sleep(1)
    running.process.kill()
    running.process.wait()
    assert deployed() < healthy, "the kill came too late to prove anything"

    for _ in range(60):
        code, output = fleet.run("fleet", "deploy", "--auto-approve", "--parallel", "3")
        if "works on the fleet in this folder" not in output:
            break
        time.sleep(2)
    assert code == 1, output
    assert deployed() == healthy, output
    assert output.count("cannot be assumed") >= 3
    assert "100000000003 us-east-1 dev: failed" in output
    assert "100000000004 eu-central-1 dev: failed" in output
    for account, region in healthy:
        # What is global is evaluated at home.
        assert rules(world, account, region) == (RULES if region == "eu-west-1" else {"acme-dev-trail"})

    make_role(world, denied[0])
    make_recorder(world, *bare)
    world.client("dynamodb", account=broken[0], region=broken[1]).delete_table(TableName="acme-dev-results")
    code, output = fleet.run("fleet", "plan", "--parallel", "3")
    assert code == 0, output
    reviewed = tmp_path / "reviewed.json"
    code, output = fleet.run("fleet", "review", "--format", "json", "-o", str(reviewed))
    assert code == 2, output
    assert len(json.loads(reviewed.read_text())["groups"]) < len(cells)
    code, output = fleet.run("fleet", "deploy", "--reviewed", str(reviewed), "--parallel", "3")
    assert code == 0, output
    assert all(rules(world, *cell) for cell in cells)

    code, output = fleet.run("fleet", "destroy", "--auto-approve", "--parallel", "3")
    assert code == 0, output
    assert not any(rules(world, *cell) for cell in cells)
