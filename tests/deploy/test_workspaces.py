"""One configuration, two workspaces, one account: neither touches the other or the recorder."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.deploy import account
from tests.deploy.conftest import REGION, REPOSITORY, Project, record_everything

if TYPE_CHECKING:
    from compliance_tf.local import LocalAws


@pytest.fixture(scope="module")
def project(aws: LocalAws, tmp_path_factory: pytest.TempPathFactory) -> Project:
    record_everything(aws)
    project = Project.create(tmp_path_factory.mktemp("workspaces") / "app", aws.environment(region=REGION))
    project.apply("dev")
    project.apply("prod")
    return project


def test_the_configuration_is_valid_without_a_warning(project: Project) -> None:
    assert project.terraform("validate").strip() == "Success! The configuration is valid."


@pytest.mark.parametrize("workspace", ["dev", "prod"])
def test_a_second_plan_has_no_changes_and_no_warning(project: Project, workspace: str) -> None:
    project.select(workspace)
    output = project.terraform("plan", "-detailed-exitcode", "-input=false")
    assert "No changes." in output
    assert "Warning" not in output


@pytest.mark.usefixtures("project")
def test_both_workspaces_have_all_of_their_own(aws: LocalAws) -> None:
    description = account.describe(aws, REGION)
    counts = {"config rule": 15, "function": 3, "event rule": 3, "table": 1, "role": 3, "log group": 3}
    for workspace in ("dev", "prod"):
        own = account.of(description, f"compliance-{workspace}-")
        assert {kind: len(own[kind]) for kind in counts} == counts
        assert all({"Key": "workspace", "Value": workspace} in tags for _, tags in own["config rule"].values())


@pytest.mark.usefixtures("project")
def test_only_the_protected_workspace_protects_its_table(aws: LocalAws) -> None:
    tables = account.describe(aws, REGION)["table"]
    protected = {name: table["DeletionProtectionEnabled"] for name, table in tables.items()}
    assert protected == {"compliance-dev-results": False, "compliance-prod-results": True}


def test_each_workspace_has_a_state_of_its_own_outside_of_what_is_generated(project: Project) -> None:
    states = sorted(path.relative_to(project.folder) for path in project.folder.rglob("terraform.tfstate"))
    kept = [path for path in states if path.parts[0] != "cdktf.out"]
    home = Path("state/compliance-eu-west-1/workspaces")
    assert kept == [home / "dev" / "terraform.tfstate", home / "prod" / "terraform.tfstate"]


def test_destroying_one_leaves_the_other_and_the_recorder_as_they_were(project: Project, aws: LocalAws) -> None:
    before = account.describe(aws, REGION)
    project.destroy("dev")
    after = account.describe(aws, REGION)
    assert after["recorder"] == before["recorder"]
    assert after == account.of(before, "compliance-prod-")


def test_renaming_the_stack_and_removing_what_is_generated_loses_no_state(aws: LocalAws, tmp_path: Path) -> None:
    record_everything(aws)
    app = (REPOSITORY / "main.py").read_text().replace('project="compliance"', 'project="renamed"')
    project = Project.create(tmp_path / "app", aws.environment(region=REGION), app)
    project.apply("dev")
    shutil.rmtree(project.folder / "cdktf.out")
    (project.folder / "main.py").write_text(app.replace('"compliance",', '"other",', 1))
    project.run("python", "main.py")
    project.select("dev", stack="other")
    assert "No changes." in project.terraform("plan", "-detailed-exitcode", "-input=false", stack="other")
    project.destroy("dev", stack="other")


def test_state_in_s3_is_kept_by_workspace_and_locked(aws: LocalAws, tmp_path: Path) -> None:
    record_everything(aws)
    s3 = aws.client("s3", region=REGION)
    s3.create_bucket(Bucket="states", CreateBucketConfiguration={"LocationConstraint": REGION})
    app = (
        "from compliance_tf import ComplianceStack, S3State, synthesize\n"
        "synthesize(lambda app: ComplianceStack(\n"
        '    app, "compliance", project="remote", region="eu-west-1",\n'
        '    state=S3State(bucket="states", region="eu-west-1"),\n'
        "))\n"
    )
    project = Project.create(tmp_path / "app", aws.environment(region=REGION), app)
    # Local AWS has no name of its own for each bucket; the rest is as it is on AWS.
    project.terraform("init", "-input=false", "-backend-config=use_path_style=true")
    project.terraform("workspace", "select", "-or-create", "dev")
    project.terraform("apply", "-auto-approve", "-input=false")

    key = "compliance-tf/dev/remote/eu-west-1/terraform.tfstate"
    s3.put_object(Bucket="states", Key=f"{key}.tflock", Body=b'{"ID": "somebody", "Operation": "apply"}')
    assert "Error acquiring the state lock" in project.terraform("plan", "-input=false", fails=True)
    s3.delete_object(Bucket="states", Key=f"{key}.tflock")
    project.terraform("destroy", "-auto-approve", "-input=false")
    assert key in [entry["Key"] for entry in s3.list_objects_v2(Bucket="states")["Contents"]]
