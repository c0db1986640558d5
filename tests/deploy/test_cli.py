"""``compliance-tf`` deploys with Terraform alone: one command, no prompt, one message when it cannot be done."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.deploy import account
from tests.deploy.conftest import REGION, Project, record_everything

if TYPE_CHECKING:
    from pathlib import Path

    from compliance_tf.local import LocalAws

APP = """
from compliance_tf import ComplianceStack, ManagedRule, Workspaces, synthesize

def build(app):
    stack = ComplianceStack(app, "compliance", project="acme", region="eu-west-1",
                            workspaces=Workspaces(protected=("prod",)))
    ManagedRule(stack, "trail", identifier="CLOUD_TRAIL_ENABLED")

synthesize(build)
"""


@pytest.fixture(scope="module")
def project(aws: LocalAws, tmp_path_factory: pytest.TempPathFactory) -> Project:
    record_everything(aws)
    return Project.create(tmp_path_factory.mktemp("cli") / "app", aws.environment(region=REGION), APP)


def test_a_workspace_that_does_not_exist_is_planned_deployed_and_destroyed_without_a_prompt(
    project: Project, aws: LocalAws
) -> None:
    before = account.describe(aws, REGION)
    assert f"{project.resource_count()} to add" in project.run("compliance-tf", "plan", "--workspace", "first")
    assert account.describe(aws, REGION) == before
    project.run("compliance-tf", "deploy", "--workspace", "first", "--auto-approve")
    project.run("compliance-tf", "deploy", "--workspace", "second", "--auto-approve")
    description = account.describe(aws, REGION)
    assert set(description["config rule"]) == {"acme-first-trail", "acme-second-trail"}
    for workspace in ("first", "second"):
        output = project.run("compliance-tf", "destroy", "--workspace", workspace, "--auto-approve")
        assert output.count("Destroy complete") + output.count("destroyed.") == 1
    assert account.describe(aws, REGION) == before


def test_into_a_file_no_escapes_are_written_and_a_failure_is_told_once_at_the_end(project: Project) -> None:
    empty = Project(project.folder, {**project.variables, "AWS_ACCESS_KEY_ID": "000000000077", "TF_CLI_ARGS": ""})
    output = empty.run("compliance-tf", "plan", "--workspace", "first", fails=True)
    assert "\x1b" not in output
    assert output.count("couldn't find resource") == 1
    assert (
        output.splitlines()[-1]
        .lstrip()
        .startswith(
            f"What to do: recorder default: if it cannot be read, turn on AWS Config in {REGION} or set recorder_name"
        )
    )


def test_what_refuses_connections_is_given_up_at_once(project: Project) -> None:
    nowhere = Project(project.folder, {**project.variables, "AWS_ENDPOINT_URL": "http://127.0.0.1:1"})
    output = nowhere.run("compliance-tf", "plan", "--workspace", "first", fails=True)
    assert "error: AWS cannot be reached" in output
    assert "AWS_ENDPOINT_URL" in output


def test_a_workspace_that_is_not_there_is_not_made_by_its_destruction(project: Project) -> None:
    output = project.run("compliance-tf", "destroy", "--workspace", "nowhere", "--auto-approve")
    assert "Nothing to destroy: compliance has no workspace 'nowhere'." in output
    assert not [*project.folder.glob("state/*/workspaces/nowhere")]


def test_plain_cdktf_works_in_the_selected_workspace_and_in_no_other_than_is_meant(
    project: Project, aws: LocalAws
) -> None:
    project.select("plain")

    def meant(workspace: str) -> Project:
        return Project(project.folder, {**project.variables, "TF_VAR_workspace": workspace})

    options = ("--auto-approve", "--skip-provider-lock")
    # cdktf-cli loses what Terraform says last: Terraform is asked itself.
    refused = meant("other").terraform("plan", "-input=false", fails=True)
    assert re.search(r"'other'\s+is\s+meant,\s+and\s+'plain'\s+is\s+selected", refused)
    meant("other").run("cdktf", "deploy", *options, fails=True)
    assert account.describe(aws, REGION)["table"] == {}
    meant("plain").run("cdktf", "deploy", *options)
    assert set(account.describe(aws, REGION)["table"]) == {"acme-plain-results"}
    meant("other").run("cdktf", "destroy", *options, fails=True)
    assert set(account.describe(aws, REGION)["table"]) == {"acme-plain-results"}
    # A state that was made by cdktf is found by the commands.
    project.run("compliance-tf", "destroy", "--workspace", "plain", "--auto-approve")
    assert account.describe(aws, REGION)["table"] == {}


def test_a_protected_workspace_is_not_half_destroyed(project: Project, aws: LocalAws) -> None:
    project.run("compliance-tf", "deploy", "--workspace", "prod", "--auto-approve")
    before = account.describe(aws, REGION)
    output = project.run("compliance-tf", "destroy", "--workspace", "prod", "--auto-approve", fails=True)
    assert "error: The workspace 'prod' is protected, and with it the table acme-prod-results" in output
    assert account.describe(aws, REGION) == before


def test_a_failed_plan_ends_with_its_exit_code_and_one_message(project: Project) -> None:
    output = project.run("compliance-tf", "plan", "--workspace", "longer_than_names_have_room_for", fails=True)
    assert "The workspace 'longer_than_names_have_room_for' has 31 characters" in output
    assert not [*project.folder.glob("state/*/workspaces/longer*")]
    assert "Traceback" not in output


def test_a_provider_that_is_nowhere_is_one_message_with_what_to_do(project: Project, tmp_path: Path) -> None:
    empty = tmp_path / "empty.rc"
    (tmp_path / "mirror").mkdir()
    empty.write_text(f'provider_installation {{\n  filesystem_mirror {{\n    path = "{tmp_path}/mirror"\n  }}\n}}\n')
    stranger = Project(tmp_path / "app", {**project.variables, "TF_CLI_CONFIG_FILE": str(empty)})
    Project.create(stranger.folder, stranger.variables, APP)
    output = stranger.run("compliance-tf", "plan", "--workspace", "dev", fails=True)
    assert "What to do: terraform found no AWS provider 5.100.0: connect to the registry, or name a folder" in output
    assert "Traceback" not in output


def test_a_mistake_in_the_app_is_one_message_with_its_line(project: Project, tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text(APP.replace("CLOUD_TRAIL_ENABLED", "CLOUDTRAIL_ENABLED"))
    output = project.run("python", "main.py", folder=tmp_path, fails=True)
    assert output.startswith("main.py:7: error: managed rule 'CLOUDTRAIL_ENABLED' is not known")
    assert "CLOUD_TRAIL_ENABLED" in output
    assert len(output.strip().splitlines()) == 1


def test_what_the_guard_refuses_is_one_message_too(project: Project, tmp_path: Path) -> None:
    addition = '    stack.add_override("resource.aws_config_delivery_channel.mine", {"s3_bucket_name": "b"})\n'
    (tmp_path / "main.py").write_text(APP.replace("\nsynthesize(build)", addition + "\nsynthesize(build)"))
    output = project.run("python", "main.py", folder=tmp_path, fails=True)
    assert "aws_config_delivery_channel.mine: a resource of type aws_config_delivery_channel is refused" in output
    assert "Traceback" not in output


def test_the_local_aws_is_started_found_and_stopped_by_command(project: Project, tmp_path: Path) -> None:
    folder = ("--folder", str(tmp_path))
    assert "not running" in project.run("compliance-tf", "local", "status", *folder, fails=True)
    exports = project.run("compliance-tf", "local", "up", *folder)
    assert "export AWS_ENDPOINT_URL=http://127.0.0.1:" in exports
    assert project.run("compliance-tf", "local", "up", *folder) == exports
    assert "running at http://127.0.0.1:" in project.run("compliance-tf", "local", "status", *folder)
    assert "stopped" in project.run("compliance-tf", "local", "down", *folder)
    assert "not running" in project.run("compliance-tf", "local", "status", *folder, fails=True)
    assert "none was running" in project.run("compliance-tf", "local", "down", *folder)
