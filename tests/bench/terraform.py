"""What our commands and the synthesized JSON cost: Terraform with hand-written HCL of the same resources beside it.

Processor seconds of the whole program with Terraform and its provider, in pairs, on the local AWS. The HCL has neither
the reading of the recorder nor a condition. To deploy by our command is compared with Terraform's plan and apply.
Terraform has Go's own settings but where our commands run it.
"""

from __future__ import annotations

import json
import resource
import shutil
import statistics
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from compliance_tf.local import LocalAws, create_recorder
from compliance_tf.terraform import checksums
from tests.bench.hcl import hand_written
from tests.deploy.conftest import REGION, Project

if TYPE_CHECKING:
    from collections.abc import Iterator

PAIRS = 3
GOALS = {"plan": 1.1, "apply": 1.1, "deploy": 1.3, "destroy": 1.3}
"""Times the processor time with hand-written HCL."""

DEFAULT_GARBAGE_COLLECTION = {"GOGC": "100"}

APP = """
from compliance_tf import CheckRule, ComplianceStack, LocalState, ManagedRule, Workspaces, synthesize
from compliance_runtime.checks import bucket_tls_only

def build(app):
    stack = ComplianceStack(app, "compliance", project="bench", region="eu-west-1", state=LocalState(),
                            workspaces=Workspaces(protected=()))
    for name, identifier in {
        "trail": "CLOUD_TRAIL_ENABLED", "root": "IAM_ROOT_ACCESS_KEY_CHECK", "versions": "S3_BUCKET_VERSIONING_ENABLED",
        "volumes": "ENCRYPTED_VOLUMES", "eips": "EIP_ATTACHED", "rotation": "CMK_BACKING_KEY_ROTATION_ENABLED",
    }.items():
        ManagedRule(stack, name, identifier=identifier)
    CheckRule(stack, "tls", check=bucket_tls_only.CHECK)

synthesize(build)
"""


def measure() -> Iterator[Table]:
    """Yield the medians of all pairs."""
    table = Table(
        *("what", "hand-written HCL", "synthesized JSON", "ratio", "goal"),
        title="Terraform, processor seconds",
        caption=f"Medians of {PAIRS} {'pair' if PAIRS == 1 else 'pairs'}.",
    )
    taken: dict[str, list[tuple[float, float]]] = {}
    console = Console(stderr=True)
    with LocalAws.start() as aws, tempfile.TemporaryDirectory() as temporary:
        create_recorder(aws.client("config", region=REGION))
        project = Project.create(Path(temporary, "app"), aws.environment(region=REGION), APP)
        written = _hand_written(project)
        for number in range(PAIRS):
            with console.status(f"Pair {number + 1} of {PAIRS}"):
                for what, seconds in _pair(project, written):
                    taken.setdefault(what, []).append(seconds)
    for what, pairs in taken.items():
        theirs, ours = (statistics.median(one) for one in zip(*pairs, strict=True))
        ratio = statistics.median(mine / hcl for hcl, mine in pairs)
        goal = GOALS[what]
        verdict = "met" if ratio <= goal else "NOT MET"
        table.add_row(what, f"{theirs:.2f}", f"{ours:.2f}", f"{ratio:.2f} x", f"{goal} x: {verdict}")
    yield table


def _hand_written(project: Project) -> Path:
    """Write the same resources by hand, beside the zip of the functions."""
    folder = project.folder / "hcl"
    shutil.copytree(project.stack_folder() / "assets", folder / "assets")
    configuration = json.loads(project.configuration())
    (folder / "main.tf").write_text(hand_written(configuration, "terraform.tfstate"))
    project.run("terraform", "init", "-input=false", folder=folder)
    return folder


def _pair(project: Project, written: Path) -> Iterator[tuple[str, tuple[float, float]]]:
    """Plan, apply and destroy both, one after the other, for they have the same names; deploy with our command."""
    plain = replace(project, variables={**project.variables, **DEFAULT_GARBAGE_COLLECTION})
    theirs = _with_terraform(plain, written)
    project.select("default")
    checksums.restore(project.stack_folder())  # the hand-written folder has them
    ours = _with_terraform(plain, project.stack_folder())
    for what in ("plan", "apply"):
        yield what, (theirs[what], ours[what])
    terraform = theirs["plan"] + theirs["apply"]
    deploy = _seconds(project, ["compliance-tf", "deploy", "-w", "bench", "--auto-approve"], project.folder)
    yield "deploy", (terraform, deploy)
    destroy = _seconds(project, ["compliance-tf", "destroy", "-w", "bench", "--auto-approve"], project.folder)
    yield "destroy", (theirs["destroy"], destroy)


def _with_terraform(project: Project, folder: Path) -> dict[str, float]:
    lines = {
        "plan": ["plan", "-input=false", "-out=plan"],
        "apply": ["apply", "-input=false", "plan"],
        "destroy": ["destroy", "-input=false", "-auto-approve"],
    }
    return {what: _seconds(project, ["terraform", *line], folder) for what, line in lines.items()}


def _seconds(project: Project, command: list[str], folder: Path) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    project.run(*command, folder=folder)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
