"""Terraform's errors in plain text, with what to do where that is known."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from compliance_tf.errors import CommandError
from compliance_tf.fleet.cells import Cell
from compliance_tf.model.command_line import CELL
from compliance_tf.model.fleet_regions import FleetRegion
from compliance_tf.terraform.failures import explain
from compliance_tf.terraform.working_folder import WorkingFolder

FOLDER = Path("cdktf.out/workspace-dev/compliance")

RECORDER = """\x1b[31m╷\x1b[0m\x1b[0m
\x1b[31m│\x1b[0m \x1b[0m\x1b[1m\x1b[31mError: \x1b[0m\x1b[0m\x1b[1mreading Cloud Control API Resource (default): couldn't find resource\x1b[0m
\x1b[31m│\x1b[0m \x1b[0m
\x1b[31m│\x1b[0m \x1b[0m\x1b[0m  with data.aws_cloudcontrolapi_resource.existing_recorder["default: if it cannot be read, turn on AWS Config in eu-west-1 or set recorder_name"],
\x1b[31m│\x1b[0m \x1b[0m  on cdk.tf.json line 71, in data.aws_cloudcontrolapi_resource.existing_recorder:
\x1b[31m╵\x1b[0m\x1b[0m
"""  # noqa: E501 (as Terraform writes it)

LOCKED = """
Error: Error acquiring the state lock

Error message: operation error S3: PutObject, https response error StatusCode:
412, api error PreconditionFailed
Lock Info:
  ID:        b0a2a0b1-9c1c-6a3b-5f0e-1d2c3b4a5968
  Path:      acme-state/compliance-tf/dev/acme/eu-west-1/terraform.tfstate
  Operation: OperationTypeApply
  Who:       ada@laptop
  Version:   1.11.4
  Created:   2026-11-26 17:00:00.123456 +0000 UTC
  Info:
"""


def test_escapes_and_boxes_are_removed_and_the_advice_of_the_recorder_comes_last() -> None:
    lines = explain(RECORDER, "plan", FOLDER, "dev").splitlines()
    assert lines[0] == "`terraform plan` failed for compliance in dev:"
    assert "Error: reading Cloud Control API Resource (default): couldn't find resource" in lines
    assert not any(sign in line for line in lines for sign in "\x1b╷│╵")
    assert lines[-1] == (
        "What to do: recorder default: if it cannot be read, turn on AWS Config in eu-west-1 or set recorder_name."
    )


def test_a_lock_is_explained_with_who_has_it_and_the_command_that_releases_it() -> None:
    assert explain(LOCKED, "apply", FOLDER, "dev").endswith(
        "The state is locked by ada@laptop since 2026-11-26 17:00:00 (UTC). Wait for that command to end. If it was "
        "killed, release the lock by `compliance-tf recover -w dev --unlock b0a2a0b1-9c1c-6a3b-5f0e-1d2c3b4a5968`."
    )


def test_in_a_cell_of_a_fleet_the_command_that_helps_is_the_fleets_on_this_cell(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """On the workspace alone it would work with the caller's credentials, and on another state."""
    cell = Cell("111122223333", FleetRegion("eu-west-1", "eu-west-1"), "dev", "all")
    monkeypatch.setenv(CELL, cell.options)
    chosen = "--group all --account 111122223333 --region eu-west-1"
    unlock = f"`compliance-tf fleet recover {chosen} --unlock b0a2a0b1-9c1c-6a3b-5f0e-1d2c3b4a5968`."
    assert explain(LOCKED, "apply", FOLDER, "dev").endswith(unlock)
    with pytest.raises(CommandError, match=f"`compliance-tf fleet plan {chosen}` first"):
        WorkingFolder(FOLDER, "dev").stacks()


def test_a_lock_of_a_file_is_never_to_be_released_for_its_holder_runs() -> None:
    explained = explain(LOCKED.replace("operation error S3", "resource temporarily unavailable"), "plan", FOLDER, "dev")
    assert explained.endswith("Wait for that command to end.")


def test_a_protected_table_that_is_replaced_because_it_is_tainted_leads_to_recover() -> None:
    error = (
        "deleting DynamoDB Table: ValidationException: Resource cannot be deleted as it is\nprotected against deletion."
    )
    assert "`compliance-tf recover -w dev` keeps the table" in explain(error, "apply", FOLDER, "dev")


@pytest.mark.parametrize(
    "error",
    [
        "creating IAM Role (acme-dev-record): operation error IAM: CreateRole, EntityAlreadyExists: Role exists.",
        "creating AWS DynamoDB Table (acme-dev-results): ResourceInUseException: Table already exists",
        "creating CloudWatch Logs Log Group: ResourceAlreadyExistsException: The specified log group already exists",
        "creating Lambda Function: operation error Lambda: CreateFunction, ResourceConflictException: Function exist",
        "adding Lambda Permission: ResourceConflictException: The statement id (config) provided already exists.",
    ],
)
def test_a_name_that_is_taken_leads_to_recover(error: str) -> None:
    assert "`compliance-tf recover -w dev`" in explain(f"Error: {error}", "apply", FOLDER, "dev")
    assert "recover" not in explain("Error: AccessDenied", "apply", FOLDER, "dev")


def test_the_program_that_failed_is_named() -> None:
    assert explain(LOCKED, "apply", FOLDER, "dev", "tofu").startswith("`tofu apply` failed for compliance in dev:")


def test_a_provider_that_is_nowhere_is_named_with_the_version_that_the_stack_is_pinned_to(tmp_path: Path) -> None:
    error = "Error: Failed to query available provider packages"
    assert "terraform found no AWS provider 5.100.0: " in explain(error, "init", tmp_path, "dev")
    pinned = {"terraform": {"required_providers": {"aws": {"source": "aws", "version": "6.25.0"}}}}
    (tmp_path / "cdk.tf.json").write_text(json.dumps(pinned))
    assert "tofu found no AWS provider 6.25.0: " in explain(error, "init", tmp_path, "dev", "tofu")


def test_a_state_that_could_not_be_kept_is_named_with_the_command_that_keeps_it(tmp_path: Path) -> None:
    (tmp_path / "errored.tfstate").touch()
    explained = explain("Error: Failed to persist state", "apply", tmp_path, "dev")
    assert (
        f"left it in {tmp_path / 'errored.tfstate'}. Before anything else, `compliance-tf recover -w dev`" in explained
    )
    assert "Before" not in explain("Error: it is newer", "state", tmp_path, "dev")
