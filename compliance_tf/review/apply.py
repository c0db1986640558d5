"""Applies just the plans that were reviewed: those that ``compliance-tf plan`` left in ``cdktf.out``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from compliance_tf.errors import ComplianceError
from compliance_tf.review.expectations import refusals
from compliance_tf.review.plan.plan_file import read_plan
from compliance_tf.terraform.machine import run
from compliance_tf.terraform.project import OUTPUT

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from compliance_tf.terraform.machine import Machine

PLAN = "plan"
"""What cdktf calls the saved plan in a stack's folder."""


def apply_expected(machine: Machine, folder: Path, workspace: str, expected: Collection[str]) -> None:
    """Apply the saved plan of every stack, if they are the expected ones; nothing is synthesized or planned again.

    Terraform itself refuses a plan after the state has changed.

    Parameters
    ----------
    machine
        What it runs on.
    folder
        Where ``cdktf.json`` stands.
    workspace
        The workspace that all the plans must be for.
    expected
        The fingerprints of the plans that were reviewed: no more and no fewer than there are plans.

    Raises
    ------
    ComplianceError
        When a plan is missing, is for another workspace, or is not expected, or when an expected one is not there.
        Then nothing has been applied.
    """
    paths = [*_paths(folder)]
    plans = {str(path): read_plan(str(path), machine) for path in paths}
    if refused := [f"- {refusal}" for refusal in refusals(plans, workspace, expected)]:
        raise ComplianceError("\n".join(["Nothing was applied, for this is not what was reviewed:", *refused]))
    for path in paths:
        command = ["terraform", "apply", "-input=false", path.name]
        run(command, environment=machine.environment(), folder=path.absolute().parent)


def _paths(folder: Path) -> Iterator[Path]:
    manifest = folder / OUTPUT / "manifest.json"
    if not manifest.is_file():
        raise ComplianceError(f"{manifest} does not exist: run `compliance-tf plan` first.")
    for stack in sorted(json.loads(manifest.read_text())["stacks"]):
        path = folder / OUTPUT / "stacks" / stack / PLAN
        if not path.is_file():
            raise ComplianceError(f"{path} does not exist: run `compliance-tf plan` first.")
        yield path
