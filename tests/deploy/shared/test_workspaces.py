"""One configuration, two workspaces, one account: neither touches the other or the recorder."""

from __future__ import annotations

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


def test_neither_validation_nor_a_deployment_warns(deployed: Deployed) -> None:
    assert deployed.project.terraform("validate").strip() == "Success! The configuration is valid."
    for output in deployed.applied:
        assert "Warning" not in output


@pytest.mark.parametrize("workspace", ["prod", "dev"])
def test_a_second_plan_has_no_changes_and_no_warning(deployed: Deployed, workspace: str) -> None:
    deployed.project.select(workspace)
    output = deployed.project.terraform("plan", "-detailed-exitcode", "-input=false")
    assert "No changes." in output
    assert "Warning" not in output


@pytest.mark.usefixtures("deployed")
def test_both_workspaces_have_all_of_their_own(aws: LocalAws) -> None:
    description = account.describe(aws, REGION)
    counts = {"function": 3, "table": 1, "role": 3, "log group": 3}
    rules = {"dev": 6, "prod": 7}
    for workspace in ("dev", "prod"):
        own = account.of(description, f"acme-{workspace}-")
        assert {kind: len(own[kind]) for kind in counts} == counts
        assert len(own["config rule"]) == rules[workspace]
        assert all({"Key": "workspace", "Value": workspace} in tags for _, tags in own["config rule"].values())


@pytest.mark.usefixtures("deployed")
def test_only_the_protected_workspace_protects_its_table(aws: LocalAws) -> None:
    tables = account.describe(aws, REGION)["table"]
    protected = {name: table["DeletionProtectionEnabled"] for name, table in tables.items()}
    assert protected == {"acme-dev-results": False, "acme-prod-results": True}


def test_each_workspace_has_a_state_of_its_own_outside_of_what_is_generated(deployed: Deployed) -> None:
    folder = deployed.project.folder
    states = sorted(path.relative_to(folder) for path in folder.rglob("terraform.tfstate"))
    kept = [path for path in states if path.parts[0] != "cdktf.out"]
    home = Path("state/acme-eu-west-1/workspaces")
    assert kept == [home / "dev" / "terraform.tfstate", home / "prod" / "terraform.tfstate"]


def test_renaming_the_stack_and_removing_what_is_generated_loses_no_state(deployed: Deployed, tmp_path: Path) -> None:
    original = deployed.project.folder
    shutil.copy(original.parent / "waivers.yaml", tmp_path)
    project = Project.create(tmp_path / "app", deployed.project.variables, APP.replace('"compliance",', '"other",', 1))
    shutil.copytree(original / "state", project.folder / "state")
    project.select("dev", stack="other")
    assert "No changes." in project.terraform("plan", "-detailed-exitcode", "-input=false", stack="other")
