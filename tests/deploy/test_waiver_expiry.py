"""When a plan lists a waiver as expiring: Terraform itself evaluates the expression."""

from __future__ import annotations

import json
import subprocess
from datetime import date
from typing import TYPE_CHECKING

from compliance_runtime.waivers.waiver import ResourceId
from compliance_tf.waivers.expiry import expiring_soon
from tests.unit.compliance_runtime.builders import deployed_waiver

if TYPE_CHECKING:
    from pathlib import Path

CASES = [
    ("2026-05-31T23:59:59Z", (), False),
    ("2026-06-01T00:00:00Z", (), True),
    ("2026-07-01T23:59:59Z", (), True),
    ("2026-07-02T00:00:00Z", (), False),
    ("2026-06-15T00:00:00Z", ("default",), True),
    ("2026-06-15T00:00:00Z", ("prod",), False),
]
"""The time of the plan, the workspaces of the waiver, and whether it is listed in the workspace ``default``."""


def test_a_waiver_is_listed_from_thirty_days_before_to_its_last_day_where_it_is_for_the_workspace(
    tmp_path: Path,
) -> None:
    expressions = []
    for now, workspaces, _ in CASES:
        waiver = deployed_waiver("tls", ResourceId("logs"), expires=date(2026, 7, 1), workspaces=workspaces)
        expression = expiring_soon([waiver]).removeprefix("${").removesuffix("}")
        expressions.append(f"length({expression})".replace("plantimestamp()", f'"{now}"'))

    answer = subprocess.run(
        ["terraform", "console"],
        cwd=tmp_path,
        input=f"jsonencode([{', '.join(expressions)}])",
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    assert [bool(length) for length in json.loads(json.loads(answer))] == [listed for *_, listed in CASES]
