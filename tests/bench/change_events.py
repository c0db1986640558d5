"""Warm change events: the deployed function and rdklib, with the same check, client and endpoint."""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING, Any

from rich.table import Table

from compliance_tf.testing import config_event, event_item
from tests.bench.fresh_process import EVALUATE, PREFIX, of_rule

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.bench.config_endpoint import ConfigEndpoint
    from tests.bench.fresh_process import FreshProcess

RULE = "bucket-name"
RULES = {RULE: "bucket-name"}

WARM_UP = 10
EVENTS = 100
GOAL = 10
"""How many times faster than rdklib."""


def change_event() -> dict[str, Any]:
    """Build the event that all handlers are given."""
    return of_rule(config_event(event_item(resource_id="acme-logs"), rule_name=f"{PREFIX}{RULE}"))


def table(process: FreshProcess, endpoint: ConfigEndpoint) -> Table:
    """Measure, and show the median and the 95th percentile of each.

    Raises
    ------
    RuntimeError
        When a handler did not put each verdict: rdklib answers errors as if they were results.
    """
    events = [change_event()] * (WARM_UP + EVENTS)

    def measure(handler: str) -> tuple[Sequence[float], str]:
        endpoint.calls()
        times = [one.seconds for one in process.invoke(handler, events)[WARM_UP:]]
        calls = endpoint.calls()
        if calls["PutEvaluations"] != len(events):
            raise RuntimeError(f"{handler} was sent {len(events)} events and called {dict(calls)}.")
        return times, f"{calls.total() / len(events):g}"

    ours, calls = measure(EVALUATE)
    shown = Table(
        "",
        "calls",
        "median",
        "95 %",
        "compliance_tf is",
        "goal",
        title="Warm change event, milliseconds",
        caption="rdklib assumes a role at every event unless an option says otherwise.",
    )
    shown.add_row("compliance_tf", calls, *_figures(ours))
    for name, handler in (
        ("rdklib 0.3.10", "rdklib_rule.handle"),
        ("rdklib, own role", "rdklib_rule.handle_with_own_role"),
    ):
        theirs, calls = measure(handler)
        faster = statistics.median(theirs) / statistics.median(ours)
        goal = f"{GOAL} x: {'met' if faster >= GOAL else 'NOT MET'}"
        shown.add_row(name, calls, *_figures(theirs), f"{faster:.1f} x faster", goal)
    alone, calls = measure("boto3_alone.handle")
    shown.add_row("boto3 alone", calls, *_figures(alone))
    shown.add_row("endpoint alone", "1", *_figures(_round_trips(endpoint)))
    return shown


def _figures(seconds: Sequence[float]) -> tuple[str, str]:
    late = statistics.quantiles(seconds, n=20)[-1]
    return f"{statistics.median(seconds) * 1000:.2f}", f"{late * 1000:.2f}"


def _round_trips(endpoint: ConfigEndpoint) -> Sequence[float]:
    connection = endpoint.connection()
    times = []
    for _ in range(WARM_UP + EVENTS):
        started = time.perf_counter()
        connection.request("GET", "/")
        connection.getresponse().read()
        times.append(time.perf_counter() - started)
    connection.close()
    return times[WARM_UP:]
