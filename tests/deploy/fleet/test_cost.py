"""The example of the how-to page is what the command says."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from tests.deploy.conftest import Project
from tests.deploy.fleet.accounts import ROLE, FleetProject
from tests.repository import DOCS

if TYPE_CHECKING:
    from pathlib import Path

    from compliance_tf.local import LocalAws

REGIONS = ["eu-west-1", "eu-central-1", "us-east-1", "us-west-2", "ap-southeast-2"]

APP = """
from compliance_runtime.checks import bucket_tls_only
from compliance_tf import CheckRule, ComplianceStack, ManagedRule, Workspaces, synthesize

SCHEDULES = {"mfa-enabled-for-iam-console-access": "One_Hour", "vpc-flow-logs-enabled": "Six_Hours"}

def build(app):
    stack = ComplianceStack(app, "compliance", project="acme", region="eu-west-1",
                            workspaces=Workspaces(allowed=("prod",)))
    CheckRule(stack, "bucket-tls-only", check=bucket_tls_only.CHECK)
    for id_ in RULES:
        ManagedRule(stack, id_, identifier=id_.upper().replace("-", "_"), frequency=SCHEDULES.get(id_))

synthesize(build)
"""


def by_tiers(evaluations: float) -> float:
    """Price the evaluations of one account and region, as AWS's page has it."""
    return (
        min(evaluations, 100_000) * 0.001
        + max(0, min(evaluations, 500_000) - 100_000) * 0.0008
        + max(0, evaluations - 500_000) * 0.0005
    )


def test_the_table_of_the_how_to_is_computed(local_aws: LocalAws, tmp_path: Path) -> None:
    page = (DOCS / "how-to" / "cost.md").read_text()
    example = r"    compliance-tf (cost [^\n]*--resources[^\n]*)\n\n```text\n(.*?)```"
    ((command, table),) = re.findall(example, page, re.DOTALL)
    rows = [re.split(r"  +", line) for line in table.splitlines()[1:21]]
    group = {"name": "all", "workspace": "prod", "regions": REGIONS, "accounts": [f"{10**11 + n}" for n in range(200)]}
    rules = [row[0] for row in rows if row[0] != "bucket-tls-only"]
    variables = local_aws.environment(account="000000000009", region="eu-west-1")
    app = APP.replace("for id_ in RULES", f"for id_ in {rules}")
    fleet = FleetProject(Project.write(tmp_path, variables, app))
    (tmp_path / "fleet.yaml").write_text(json.dumps({"role": ROLE, "groups": [group]}))

    code, output = fleet.run(*command.split())
    assert code == 0, output
    assert "".join(line for line in output.splitlines(keepends=True) if not line.startswith("Waiting")) == table

    everywhere = sum(int(row[2].replace(",", "")) / 1000 for row in rows if row[1] == "1000")
    at_home = sum(int(row[2].replace(",", "")) / 200 for row in rows if row[1] == "200")
    total = 800 * by_tiers(everywhere) + 200 * by_tiers(everywhere + at_home)
    assert f"1,000 cells: {total:,.2f} USD" in output
    assert sum(float(row[3].replace(",", "")) for row in rows) == pytest.approx(total)
