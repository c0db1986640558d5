"""One configuration, two workspaces, one account: neither touches the other or the recorder."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.deploy import account
from tests.deploy.conftest import REGION, Project
from tests.deploy.shared.deployed import APP

if TYPE_CHECKING:
    from compliance_tf.local import LocalAws
    from tests.deploy.shared.deployed import Deployed


def test_a_deployment_does_not_warn(deployed: Deployed) -> None:
    for output in deployed.applied:
        assert "Warning" not in output


@pytest.mark.usefixtures("deployed")
def test_both_workspaces_have_all_of_their_own(aws: LocalAws) -> None:
    description = account.describe(aws, REGION)
    counts = {"function": 3, "table": 1, "role": 3, "log group": 3}
    rules = {"dev": 7, "prod": 8}
    for workspace in ("dev", "prod"):
        own = account.of(description, f"acme-{workspace}-")
        assert {kind: len(own[kind]) for kind in counts} == counts
        assert len(own["config rule"]) == rules[workspace]
        assert all({"Key": "workspace", "Value": workspace} in tags for _, tags in own["config rule"].values())


@pytest.mark.usefixtures("deployed")
def test_a_policy_comes_to_aws_as_it_was_written(aws: LocalAws) -> None:
    policy = aws.client("config", region=REGION).get_custom_rule_policy(ConfigRuleName="acme-dev-guard")["PolicyText"]
    assert "/^${x}/" in policy


@pytest.mark.usefixtures("deployed")
def test_only_the_protected_workspace_protects_its_table(aws: LocalAws) -> None:
    tables = account.describe(aws, REGION)["table"]
    protected = {name: table["DeletionProtectionEnabled"] for name, table in tables.items()}
    assert protected == {"acme-dev-results": False, "acme-prod-results": True}


def test_a_preflight_finds_what_the_workspace_deployed_as_its_own(deployed: Deployed) -> None:
    output = deployed.project.run("compliance-tf", "preflight", "--workspace", "dev", "--format", "json")
    figures = {line["subject"]: line["figure"] for line in json.JSONDecoder().raw_decode(output)[0]["findings"]}
    assert figures["Names of Config rules"] == "0 free, 7 this workspace's own."
    for kind in ("functions", "EventBridge rules", "roles", "tables", "log groups"):
        assert figures[f"Names of {kind}"].startswith("0 free, ")
    assert figures["Config rules"].startswith("15 + 0 new = 15 of")


def test_each_workspace_has_a_state_of_its_own_outside_of_what_is_generated(deployed: Deployed) -> None:
    folder = deployed.project.folder
    states = sorted(path.relative_to(folder) for path in folder.rglob("terraform.tfstate"))
    kept = [path for path in states if path.parts[0] != "cdktf.out"]
    home = Path("state/acme-eu-west-1/workspaces")
    assert kept == [home / "dev" / "terraform.tfstate", home / "prod" / "terraform.tfstate"]


def test_a_second_plan_has_no_changes_also_where_the_stack_is_renamed_and_what_is_generated_removed(
    deployed: Deployed, tmp_path: Path
) -> None:
    original = deployed.project.folder
    shutil.copy(original.parent / "waivers.yaml", tmp_path)
    project = Project.create(tmp_path / "app", deployed.project.variables, APP.replace('"compliance",', '"other",', 1))
    shutil.copytree(original / "state", project.folder / "state")
    project.select("prod", stack="other")
    output = project.terraform("plan", "-detailed-exitcode", "-input=false", stack="other")
    assert "No changes." in output
    assert "Warning" not in output
