"""``compliance-tf check-plan`` of a plan of 1,000 resources, the whole program: processor seconds."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterator

RESOURCES = 1000
RUNS = 3
GOAL = 2.0
"""Seconds of processor time at most."""

_PLAN = Path(__file__).parents[1] / "unit" / "review" / "resources" / "plans" / "stack.json"


def measure() -> Iterator[Table]:
    """Yield the best of several runs for each form."""
    table = Table(
        "form", "processor seconds", f"at most {GOAL:g} s", title=f"A plan of {RESOURCES:,} resources, judged"
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "plan.json"
        path.write_text(json.dumps(large_plan()))
        for form in ("terminal", "markdown", "json", "sarif", "junit"):
            seconds = min(_check(path, form) for _ in range(RUNS))
            table.add_row(form, f"{seconds:.2f}", "met" if seconds <= GOAL else "NOT MET")
    yield table


def large_plan() -> dict[str, Any]:
    """The resources of a real plan, over and over, each time in a module of its own."""
    plan: dict[str, Any] = json.loads(_PLAN.read_text())
    changes, root = plan["resource_changes"], plan["configuration"]["root_module"]
    copies = -(-RESOURCES // len(changes))
    plan["configuration"]["root_module"] = {
        "module_calls": {f"c{number}": {"module": root} for number in range(copies)}
    }
    plan["resource_changes"] = [_in_module(one, f"module.c{number}") for number in range(copies) for one in changes][
        :RESOURCES
    ]
    return plan


def _in_module(change: dict[str, Any], module: str) -> dict[str, Any]:
    one = deepcopy(change)
    one["address"] = f"{module}.{change['address']}"
    inner = change.get("module_address")
    one["module_address"] = f"{module}.{inner}" if inner else module
    return one


def _check(plan: Path, form: str) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [str(Path(sys.executable).with_name("compliance-tf")), "check-plan", str(plan), "--format", form]
    completed = subprocess.run(command, cwd=plan.parent, capture_output=True, check=False)
    if completed.returncode not in {0, 2}:
        raise RuntimeError(f"{command} failed: {completed.stderr.decode()}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
