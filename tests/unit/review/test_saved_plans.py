"""Only the plans that were reviewed are applied, and either all of them or none."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from compliance_tf.cli.main import app
from compliance_tf.errors import CommandError, ComplianceError
from compliance_tf.review.apply import apply_expected
from compliance_tf.review.plan.plan_json import plan_of_json
from compliance_tf.terraform.machine import Machine
from tests.unit.review.builders import DEPLOYMENT, output, plan_json

if TYPE_CHECKING:
    from pathlib import Path

OTHER = "0" * 32
WORDS = 'echo "$(basename "$PWD"): $*" >>"$APPLIED"\n'


class Folder:
    """A folder in which plans were saved for two stacks, and a Terraform that writes down what it is asked for."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.applied = path / "applied"
        stacks = path / "cdktf.out" / "stacks"
        self.plans = {name: stacks / name / "plan" for name in ("europe", "america")}
        for name, plan in self.plans.items():
            plan.parent.mkdir(parents=True)
            plan.write_text(json.dumps(plan_of(name)))
        (path / "cdktf.out" / "manifest.json").write_text(json.dumps({"stacks": {name: {} for name in self.plans}}))
        self.terraform(WORDS)

    def terraform(self, script: str) -> None:
        program = self.path / "bin" / "terraform"
        program.parent.mkdir(exist_ok=True)
        program.write_text(f"#!/bin/sh\n{script}")
        program.chmod(0o755)

    @property
    def fingerprints(self) -> dict[str, str]:
        return {name: plan_of_json(plan.read_bytes(), name).fingerprint for name, plan in self.plans.items()}

    def apply(self, *expected: str, workspace: str = "dev") -> list[str]:
        """Apply, and give what Terraform was asked for, by stack."""
        path = f"{self.path}/bin{os.pathsep}{os.environ['PATH']}"
        machine = Machine({"PATH": path, "APPLIED": str(self.applied)}, working_folder=self.path)
        apply_expected(machine, self.path, workspace, expected)
        return self.done()

    def done(self) -> list[str]:
        return self.applied.read_text().splitlines() if self.applied.exists() else []


def plan_of(region: str) -> dict[str, Any]:
    plan = plan_json()
    plan["output_changes"]["deployment"] = output({**DEPLOYMENT, "region": region})
    return plan


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def test_the_plans_that_were_reviewed_are_applied_as_they_were_saved(folder: Folder) -> None:
    command = "apply -input=false plan"
    assert folder.apply(*folder.fingerprints.values()) == [f"america: {command}", f"europe: {command}"]


def test_one_plan_that_was_not_reviewed_stops_all(folder: Folder) -> None:
    own = folder.fingerprints
    with pytest.raises(ComplianceError, match=f"europe.* has the fingerprint {own['europe']}, which is not expected"):
        folder.apply(own["america"])
    assert folder.done() == []


def test_a_reviewed_plan_that_is_not_there_stops_all(folder: Folder) -> None:
    with pytest.raises(ComplianceError, match=f"No plan has the expected fingerprint {OTHER}"):
        folder.apply(*folder.fingerprints.values(), OTHER)
    assert folder.done() == []


def test_plans_for_another_workspace_are_refused(folder: Folder) -> None:
    with pytest.raises(ComplianceError, match="is of the workspace 'dev', not 'prod'"):
        folder.apply(*folder.fingerprints.values(), workspace="prod")
    assert folder.done() == []


def test_a_stack_without_a_plan_is_told_what_to_do(folder: Folder) -> None:
    expected = tuple(folder.fingerprints.values())
    folder.plans["europe"].unlink()
    with pytest.raises(ComplianceError, match="europe/plan does not exist: run `compliance-tf plan` first"):
        folder.apply(*expected)
    assert folder.done() == []


def test_a_folder_without_plans_is_told_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ComplianceError, match=r"manifest\.json does not exist: run `compliance-tf plan` first"):
        apply_expected(Machine({}), tmp_path, "dev", [OTHER])


def test_after_a_failure_the_next_plan_is_left(folder: Folder) -> None:
    folder.terraform(f"{WORDS}exit 1\n")
    with pytest.raises(CommandError, match="failed with exit code 1"):
        folder.apply(*folder.fingerprints.values())
    assert len(folder.done()) == 1


def test_without_a_fingerprint_the_command_does_nothing() -> None:
    result = CliRunner().invoke(app, ["apply", "--workspace", "dev"])
    assert result.exit_code == 2
    assert "--expect" in result.output
