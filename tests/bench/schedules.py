"""Schedules: the calls and the memory of a periodic check that finds many resources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.table import Table

from compliance_tf.testing import scheduled_event
from tests.bench.fresh_process import EVALUATE, PREFIX, of_rule

if TYPE_CHECKING:
    from tests.bench.config_endpoint import ConfigEndpoint
    from tests.bench.fresh_process import FreshProcess

RESOURCES = (1_000, 10_000, 100_000)
PER = 10_000

WARM_UP = "volumes-0"
RULES = {WARM_UP: "many-volumes"} | {f"volumes-{resources}": "many-volumes" for resources in RESOURCES}
"""A rule for each number, so that each begins without results."""

FIRST = "2026-03-01T10:00:00.000Z"
SECOND = "2026-03-02T10:00:00.000Z"


def table(process: FreshProcess, endpoint: ConfigEndpoint) -> Table:
    """Measure a schedule, and the next one, at which half of the resources are deleted."""
    shown = Table(
        "resources",
        "found",
        "seconds",
        "idle MiB",
        "peak MiB",
        "put calls",
        "list calls",
        title=f"Schedules; calls per {PER:,} resources",
        caption="PutEvaluations and GetComplianceDetailsByConfigRule. What is found no more is cleared.",
    )
    for resources in RESOURCES:
        for found, at in ((resources, FIRST), (resources // 2, SECOND)):
            endpoint.calls()
            before, measured = process.invoke(
                EVALUATE, [_event(WARM_UP, 0, at), _event(f"volumes-{resources}", found, at)]
            )
            calls = endpoint.calls()
            # The warm-up lists its own rule, which has no results: one call.
            listed = calls["GetComplianceDetailsByConfigRule"] - 1
            shown.add_row(
                f"{resources:,}",
                f"{found:,}",
                f"{measured.seconds:.1f}",
                f"{before.peak_mib:.1f}",
                f"+ {measured.peak_mib - before.peak_mib:.1f}",
                f"{calls['PutEvaluations'] * PER / resources:g}",
                f"{listed * PER / resources:g}",
            )
    return shown


def _event(rule: str, volumes: int, at: str) -> dict[str, Any]:
    return of_rule(scheduled_event(rule_name=f"{PREFIX}{rule}", parameters={"volumes": str(volumes)}, at=at))
