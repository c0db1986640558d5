"""One configuration, two workspaces, one account: neither touches the other or the recorder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.deploy import account
from tests.deploy.conftest import REGION
from tests.deploy.shared.deployed import FOREIGN_RULES, foreign_rules

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
    rules = {"dev": 8, "prod": 9}
    for workspace in ("dev", "prod"):
        own = account.of(description, f"compliance-{workspace}-")
        own["config rule"] = {name: rule for name, rule in own["config rule"].items() if name not in FOREIGN_RULES}
        assert {kind: len(own[kind]) for kind in counts} == counts
        assert len(own["config rule"]) == rules[workspace]
        assert all({"Key": "workspace", "Value": workspace} in tags for _, tags in own["config rule"].values())


@pytest.mark.usefixtures("deployed")
def test_a_policy_comes_to_aws_as_it_was_written(aws: LocalAws) -> None:
    answer = aws.client("config", region=REGION).get_custom_rule_policy(ConfigRuleName="compliance-dev-guard")
    assert "/^${x}/" in answer["PolicyText"]


@pytest.mark.usefixtures("deployed")
def test_only_the_protected_workspace_protects_its_table(aws: LocalAws) -> None:
    tables = account.describe(aws, REGION)["table"]
    protected = {name: table["DeletionProtectionEnabled"] for name, table in tables.items()}
    assert protected == {"compliance-dev-results": False, "compliance-prod-results": True}


def test_a_preflight_finds_what_the_workspace_deployed_as_its_own(deployed: Deployed) -> None:
    output = deployed.admin.run("compliance-tf", "preflight", "--workspace", "dev", "--format", "json")
    figures = {line["subject"]: line["figure"] for line in json.JSONDecoder().raw_decode(output)[0]["findings"]}
    assert figures["Names of Config rules"] == "0 free, 8 this workspace's own."
    for kind in ("functions", "EventBridge rules", "roles", "tables", "log groups"):
        assert figures[f"Names of {kind}"].startswith("0 free, ")
    assert figures["Config rules"].startswith("20 + 0 new = 20 of")


def test_each_workspace_has_a_state_of_its_own_outside_of_what_is_generated(deployed: Deployed) -> None:
    folder = deployed.project.folder
    states = sorted(path.relative_to(folder) for path in folder.rglob("terraform.tfstate"))
    kept = [path for path in states if path.parts[0] != "cdktf.out"]
    home = Path("state/compliance-eu-west-1/workspaces")
    assert kept == [home / "dev" / "terraform.tfstate", home / "prod" / "terraform.tfstate"]


@pytest.mark.changes_deployment
def test_a_destruction_leaves_the_other_workspace_the_recorder_and_what_is_others(deployed: Deployed) -> None:
    """The last of all tests of the deployment."""
    before = account.describe(deployed.aws, REGION)

    assert "Destroy complete!" in deployed.project.destroy("dev")

    after = account.describe(deployed.aws, REGION)
    left = account.of(after, "compliance-dev-")
    assert {name for kind, named in left.items() if kind != "recorder" for name in named} == {
        name for name in FOREIGN_RULES if name.startswith("compliance-dev-")
    }
    # With the recorder.
    assert account.of(after, "compliance-prod-") == account.of(before, "compliance-prod-")
    assert foreign_rules(deployed.aws) == deployed.foreign
