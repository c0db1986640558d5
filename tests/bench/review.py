"""``compliance-tf review`` of a plan of 1,000 rules, the whole program: processor seconds, and the comment's size."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from rich.table import Table

from compliance_tf.review.rendering import Format
from tests.unit.review.builders import (
    of_type,
    output,
    plan_json,
    resource_change,
    rule,
    update,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.unit.review.builders import PlanJson

RULES = 1000
RUNS = 3
GOAL = 1.0
"""Seconds of processor time at most."""
MAX_COMMENT = 65_536
"""Bytes that GitHub takes."""


def measure() -> Iterator[Table]:
    """Yield the best of several runs for each kind of plan and each form."""
    table = Table(
        *("plan", "MB", "form", "processor seconds", f"at most {GOAL:g} s", "output, bytes"),
        title=f"Review of {RULES:,} rules",
        caption=f"A comment may have {MAX_COMMENT:,} bytes.",
    )
    with tempfile.TemporaryDirectory() as folder:
        for name, plan in (("all are new", _of_new_rules()), ("all are changed", _of_changed_rules())):
            path = Path(folder) / "plan.json"
            path.write_text(json.dumps(plan))
            for form in Format:
                seconds, size = min(_review(path, form) for _ in range(RUNS))
                met = "met" if seconds <= GOAL else "NOT MET"
                megabytes = f"{path.stat().st_size / 1e6:.1f}"
                table.add_row(name, megabytes, form.value, f"{seconds:.2f}", met, f"{size:,}")
    yield table


def _review(plan: Path, form: Format) -> tuple[float, int]:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [str(Path(sys.executable).with_name("compliance-tf")), "review", str(plan), "--format", form.value]
    completed = subprocess.run(command, cwd=plan.parent, capture_output=True, check=False)
    if completed.returncode not in {0, 2, 3}:
        raise RuntimeError(f"{command} failed: {completed.stderr.decode()}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime, len(completed.stdout)


def _of_changed_rules() -> PlanJson:
    """Each rule with another parameter, other tags and another severity."""
    plan = _with_state(plan_json(tuple(f"rule-{number:04}" for number in range(RULES))))
    for number, one in enumerate(of_type(plan, "aws_config_config_rule")):
        tags = {**one["change"]["after"]["tags_all"], "owner": "others"}
        update(one, input_parameters=json.dumps({"maxAccessKeyAge": str(number)}), tags_all=tags)
    severities = plan["output_changes"]["rules"]["after"]
    plan["output_changes"]["rules"] = output(dict.fromkeys(severities, "HIGH cis-1.4-level-1 hipaa"), severities)
    return plan


def _of_new_rules() -> PlanJson:
    """Each rule is new, and with unknown attributes."""
    plan = plan_json(())
    names = [f"rule-{number:04}" for number in range(RULES)]
    for name in names:
        new = resource_change("aws_config_config_rule", name, rule(name), actions=["create"], before=None)
        new["change"]["after_unknown"] = {"arn": True, "id": True, "rule_id": True, "tags_all": {}}
        plan["resource_changes"].append(new)
    plan["output_changes"]["rules"] = output(dict.fromkeys(names, "HIGH cis-1.4-level-1"), {})
    return _with_state(plan)


def _with_state(plan: PlanJson) -> PlanJson:
    """Add what a real plan repeats: the planned values, the state before, and the configuration."""
    values = [
        {**{key: one[key] for key in ("address", "mode", "type", "name")}, "values": one["change"]["after"]}
        for one in plan["resource_changes"]
    ]
    plan["planned_values"] = plan["prior_state"]["values"] = {"root_module": {"resources": values}}
    plan["configuration"]["root_module"]["resources"] = [
        {**one, "expressions": {key: {"constant_value": value} for key, value in one.pop("values").items()}}
        for one in json.loads(json.dumps(values))
    ]
    return plan
