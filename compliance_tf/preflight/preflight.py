"""The preflight: synthesizes the app, and checks the account for every stack of it. Nothing is changed anywhere."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from compliance_tf.catalog.home_region import only_region
from compliance_tf.preflight.account import Region, ask_caller
from compliance_tf.preflight.assumptions import Assumptions
from compliance_tf.preflight.cost import CostPreflight
from compliance_tf.preflight.findings import Finding, Verdict, enumerated
from compliance_tf.preflight.names import NamePreflight
from compliance_tf.preflight.permissions import PermissionPreflight
from compliance_tf.preflight.planned import PlannedStack, read_stack
from compliance_tf.preflight.quotas import RegionQuotas, role_quota
from compliance_tf.preflight.recorder import RecorderPreflight
from compliance_tf.preflight.report import Report
from compliance_tf.terraform.app import require_app, synthesize
from compliance_tf.terraform.console import Evaluator
from compliance_tf.terraform.programs import Programs
from compliance_tf.terraform.synthesized import MANIFEST, OUTPUT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from compliance_tf.preflight.account import Caller
    from compliance_tf.terraform.machine import Machine

WORKSPACE = "Workspace"
HOME_REGION = "Home region"


@dataclass(frozen=True)
class Options:
    """Options of a preflight.

    Parameters
    ----------
    workspace
        The Terraform workspace, which need not exist; None for the one that is selected in ``cdktf.out``.
    deployer
        The ARN of the role or user that will deploy; None for the caller.
    assumptions
        The assumptions of the cost estimate.
    """

    workspace: str | None = None
    deployer: str | None = None
    assumptions: Assumptions = field(default_factory=Assumptions)


def preflight(machine: Machine, folder: Path, options: Options, say: Callable[[str], None]) -> Report:
    """Check whether the app in a folder can be deployed.

    Parameters
    ----------
    folder
        The folder of its ``cdktf.json`` or ``main.py``.
    say
        Prints a message about progress.

    Returns
    -------
    Report
        The caller, the workspaces, and the findings of all stacks.

    Raises
    ------
    ComplianceError
        When the app does not synthesize, there are no credentials, or AWS cannot be reached.
    """
    planned = planned_stacks(machine, folder, options.workspace, say)
    caller = ask_caller(planned[0][0].region)
    return Report(
        caller=caller,
        workspaces=tuple(sorted({stack.workspace for stack, _ in planned})),
        findings=tuple(_findings(planned, caller, options)),
    )


def planned_stacks(
    machine: Machine, folder: Path, workspace: str | None, say: Callable[[str], None]
) -> list[tuple[PlannedStack, Evaluator]]:
    """Synthesize the app in a folder, and read its stacks; nothing is asked of AWS.

    Parameters
    ----------
    workspace
        The Terraform workspace; None for the one that is selected in ``cdktf.out``.

    Returns
    -------
    list[tuple[PlannedStack, Evaluator]]
        Each stack with the evaluator of expressions in its workspace.

    Raises
    ------
    ComplianceError
        When the app does not synthesize.
    """
    require_app(folder)
    environment = machine.environment()
    planned: list[tuple[PlannedStack, Evaluator]] = []
    # In a folder of its own, because commands on workspaces may be running.
    with TemporaryDirectory(prefix="compliance-tf-preflight-") as temporary:
        output = Path(temporary, OUTPUT)
        programs = Programs(environment, say=say, show=say)
        with programs.interruptible():
            synthesize(programs, folder, output)
        for stack_folder in _stack_folders(output):
            chosen = workspace or _selected_workspace(folder / OUTPUT / "stacks" / stack_folder.name)
            evaluator = Evaluator(chosen, environment)
            planned.append((read_stack(stack_folder, chosen, evaluator), evaluator))
    return planned


def _findings(planned: list[tuple[PlannedStack, Evaluator]], caller: Caller, options: Options) -> Iterator[Finding]:
    regions = {stack.region: Region(stack.region) for stack, _ in planned}
    by_region: defaultdict[str, list[PlannedStack]] = defaultdict(list)
    for stack, evaluator in planned:
        region = regions[stack.region]
        by_region[stack.region].append(stack)
        yield _workspace(stack)
        yield from RecorderPreflight(stack, region, evaluator).findings()
        yield from NamePreflight(stack, region).findings()
        yield PermissionPreflight(stack, region, caller, options.deployer).finding()
        yield CostPreflight(stack, region, options.assumptions).finding()
    for name, stacks in by_region.items():
        yield from RegionQuotas(regions[name], stacks).findings()
    yield role_quota(next(iter(regions.values())), [stack for stack, _ in planned])
    yield from paid_twice([stack for stack, _ in planned])


def paid_twice(stacks: Sequence[PlannedStack]) -> Iterator[Finding]:
    """Warn of rules about what an account has once that stacks of several regions evaluate."""
    regions: defaultdict[str, list[str]] = defaultdict(list)
    for stack in stacks:
        for rule in stack.rules:
            if only_region(rule.resource_types or (), rule.identifier, "home") == "home":
                regions[rule.name].append(stack.region)
    repeated = {name: where for name, where in regions.items() if len(where) > 1}
    if repeated:
        where = ", ".join(sorted({region for places in repeated.values() for region in places}))
        figure = f"Evaluated in several regions, and paid for in each: {enumerated(repeated)} ({where})."
        advice = "Give ComplianceStack a home_region: what is global is evaluated there alone."
        yield Finding("account", HOME_REGION, Verdict.WARNING, figure, advice)


def _workspace(stack: PlannedStack) -> Finding:
    if stack.refusals:
        advice = "Choose another one with --workspace, or allow it."
        return Finding(stack.place, WORKSPACE, Verdict.FAIL, " ".join(stack.refusals), advice)
    return Finding(stack.place, WORKSPACE, Verdict.OK, f"'{stack.workspace}' may be deployed to.")


def _stack_folders(output: Path) -> list[Path]:
    stacks = json.loads((output / MANIFEST).read_text(encoding="utf-8"))["stacks"]
    return [output / stacks[stack]["workingDirectory"] for stack in sorted(stacks)]


def _selected_workspace(stack_folder: Path) -> str:
    """Read the workspace that plain Terraform or cdktf would use, which is stored in this file."""
    selection = stack_folder / ".terraform" / "environment"
    return selection.read_text(encoding="utf-8").strip() if selection.is_file() else "default"
