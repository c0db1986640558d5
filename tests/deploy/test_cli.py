"""``compliance-tf`` deploys with Terraform alone: one command, no prompt, one message when it cannot be done."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from compliance_tf.cli.main import app as cli
from tests.deploy import account
from tests.deploy.conftest import REGION, Project, record_everything
from tests.deploy.lifecycle.commands import create

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


LOOK_ALIKES = (
    "acme-plain",
    "acme-plain-keys2",
    "acme-plain-evaluate2",
    "acmeplain-trail",
    "acme-plainn-trail",
    "other",
)
"""Names of somebody else's things, or what these begin with."""


@pytest.fixture(scope="module")
def project(aws: LocalAws, tmp_path_factory: pytest.TempPathFactory) -> Project:
    record_everything(aws)
    return create(tmp_path_factory.mktemp("cli") / "app", aws.environment(region=REGION), APP)


def test_into_a_file_no_escapes_are_written_and_a_failure_is_reported_once_at_the_end(project: Project) -> None:
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


def test_plain_cdktf_deploys_to_the_selected_workspace_and_the_commands_destroy_it_beside_all_others(
    project: Project, aws: LocalAws
) -> None:
    """The one test of cdktf-cli, with which a user may deploy: only the program itself shows that it works."""
    account.create_look_alikes(aws, REGION, LOOK_ALIKES)
    project.select("plain")
    plain, other = (
        Project(project.folder, {**project.variables, "TF_VAR_workspace": name}) for name in ("plain", "other")
    )
    before = account.describe(aws, REGION)
    plain.run("cdktf", "deploy", "--auto-approve", "--skip-provider-lock", "--app", f"{sys.executable} main.py")
    deployed = account.describe(aws, REGION)
    assert deployed["config rule"].keys() - before["config rule"].keys() == {"acme-plain-trail"}
    # cdktf-cli loses what Terraform says last: Terraform is asked itself.
    refused = other.terraform("destroy", "-auto-approve", "-input=false", fails=True)
    assert re.search(r"'other'\s+is\s+meant,\s+and\s+'plain'\s+is\s+selected", refused)
    assert account.describe(aws, REGION) == deployed
    # A state that was made by cdktf is found by the commands.
    output = project.run("compliance-tf", "destroy", "--workspace", "plain", "--auto-approve")
    assert output.count("Destroy complete") + output.count("destroyed.") == 1
    assert account.describe(aws, REGION) == before


def test_a_provider_that_is_nowhere_is_one_message_with_what_to_do(project: Project, tmp_path: Path) -> None:
    empty = tmp_path / "empty.rc"
    (tmp_path / "mirror").mkdir()
    empty.write_text(f'provider_installation {{\n  filesystem_mirror {{\n    path = "{tmp_path}/mirror"\n  }}\n}}\n')
    nowhere = Project(project.folder, {**project.variables, "TF_CLI_CONFIG_FILE": str(empty)})
    output = nowhere.run("compliance-tf", "plan", "--workspace", "dev", fails=True)
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


def test_the_local_aws_is_started_found_and_stopped_by_command(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project.folder)
    folder = ("--folder", str(tmp_path))

    def local(command: str, *, code: int = 0) -> str:
        answer = CliRunner().invoke(cli, ["local", command, *folder])
        assert answer.exit_code == code, (answer.output, answer.exception)
        return answer.output

    assert "not running" in local("status", code=1)
    # It runs on when the program that started it has ended.
    exports = project.run("compliance-tf", "local", "up", *folder)
    assert "export AWS_ENDPOINT_URL=http://127.0.0.1:" in exports
    assert local("up") == exports
    assert "running at http://127.0.0.1:" in local("status")
    assert "stopped" in local("down")
    assert "not running" in local("status", code=1)
    assert "none was running" in local("down")
