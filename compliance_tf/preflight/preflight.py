"""A preflight: synthesizes the app, and asks the account about every stack of it. Nothing is changed anywhere."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from compliance_tf.errors import PreflightError
from compliance_tf.preflight.account import Region, ask_caller
from compliance_tf.preflight.assumptions import Assumptions
from compliance_tf.preflight.cost import CostQuestions
from compliance_tf.preflight.findings import Finding, Verdict
from compliance_tf.preflight.names import NameQuestions
from compliance_tf.preflight.permissions import PermissionQuestions
from compliance_tf.preflight.planned import PlannedStack, read_stack
from compliance_tf.preflight.quotas import RegionQuotas, role_quota
from compliance_tf.preflight.recorder import RecorderQuestions
from compliance_tf.preflight.report import Report
from compliance_tf.terraform.console import Evaluator
from compliance_tf.terraform.machine import run
from compliance_tf.terraform.project import OUTPUT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from compliance_tf.preflight.account import Caller
    from compliance_tf.terraform.machine import Machine

WORKSPACE = "Workspace"


@dataclass(frozen=True)
class Options:
    """What may be chosen.

    Parameters
    ----------
    workspace
        The Terraform workspace, which need not exist; None for the one that is selected in each stack.
    deployer
        The ARN of the role or user that will deploy; None for whoever asks.
    assumptions
        What the estimate of the cost rests on.
    """

    workspace: str | None = None
    deployer: str | None = None
    assumptions: Assumptions = field(default_factory=Assumptions)


def preflight(machine: Machine, folder: Path, options: Options, on_line: Callable[[str], None]) -> Report:
    """Ask whether the app in a folder can be deployed.

    Parameters
    ----------
    folder
        Where its ``cdktf.json`` stands.
    on_line
        Takes each line that the synthesis prints.

    Raises
    ------
    ComplianceError
        When the app does not synthesize, there are no credentials, or AWS cannot be reached.
    """
    environment = machine.environment()
    run(["cdktf", "synth"], environment=environment, folder=folder, on_line=on_line)
    planned: list[tuple[PlannedStack, Evaluator]] = []
    for stack_folder in _stack_folders(folder):
        workspace = options.workspace or _selected_workspace(stack_folder)
        evaluator = Evaluator(workspace, environment)
        planned.append((read_stack(stack_folder, workspace, evaluator), evaluator))
    caller = ask_caller(planned[0][0].region)
    return Report(
        caller=caller,
        workspaces=tuple(sorted({stack.workspace for stack, _ in planned})),
        findings=tuple(_findings(planned, caller, options)),
    )


def _findings(planned: list[tuple[PlannedStack, Evaluator]], caller: Caller, options: Options) -> Iterator[Finding]:
    regions = {stack.region: Region(stack.region) for stack, _ in planned}
    by_region: defaultdict[str, list[PlannedStack]] = defaultdict(list)
    for stack, evaluator in planned:
        region = regions[stack.region]
        by_region[stack.region].append(stack)
        yield _workspace(stack)
        yield from RecorderQuestions(stack, region, evaluator).findings()
        yield from NameQuestions(stack, region).findings()
        yield PermissionQuestions(stack, region, caller, options.deployer).finding()
        yield CostQuestions(stack, region, options.assumptions).finding()
    for name, stacks in by_region.items():
        yield from RegionQuotas(regions[name], stacks).findings()
    yield role_quota(next(iter(regions.values())), [stack for stack, _ in planned])


def _workspace(stack: PlannedStack) -> Finding:
    if stack.refusals:
        advice = "Choose another one with --workspace, or allow it."
        return Finding(stack.place, WORKSPACE, Verdict.FAIL, " ".join(stack.refusals), advice)
    return Finding(stack.place, WORKSPACE, Verdict.OK, f"'{stack.workspace}' may be deployed to.")


def _stack_folders(folder: Path) -> list[Path]:
    output = folder / OUTPUT
    stacks = json.loads((output / "manifest.json").read_text(encoding="utf-8"))["stacks"]
    if not stacks:
        raise PreflightError("The app has no stack: add a ComplianceStack to it.")
    return [output / stacks[stack]["workingDirectory"] for stack in sorted(stacks)]


def _selected_workspace(stack_folder: Path) -> str:
    """Find the workspace that Terraform would work in, which it keeps in this file."""
    selection = stack_folder / ".terraform" / "environment"
    return selection.read_text(encoding="utf-8").strip() if selection.is_file() else "default"
