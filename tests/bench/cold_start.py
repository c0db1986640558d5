"""Import and start: the deployed function against boto3, which it cannot do without.

The function has no bytecode, since AWS Lambda unpacks the zip where nothing can be written; boto3 has.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from rich.table import Table

from tests.bench.change_events import change_event
from tests.bench.fresh_process import EVALUATE

if TYPE_CHECKING:
    from tests.bench.fresh_process import FreshProcess

RUNS = 7
GOAL = 1.2
"""How many times as long as boto3 at most."""

BARE = "pass"
BOTO3 = """
import boto3
boto3.client("config")
boto3.client("dynamodb")
"""
HANDLERS = "import compliance_runtime.handlers"
STARTED = """
import compliance_runtime.handlers
from compliance_runtime.clients import client
client("config")
client("dynamodb")
"""
FIRST_CALL = "boto3_alone.handle"


def table(process: FreshProcess) -> Table:
    """Measure each several times in turn, and show the best and what it takes beyond the bare interpreter."""
    programs = (BARE, BOTO3, HANDLERS, STARTED)
    event = change_event()
    best = dict.fromkeys((*programs, FIRST_CALL, EVALUATE), float("inf"))
    for _ in range(RUNS):
        for program in programs:
            best[program] = min(best[program], process.seconds(program))
        for handler in (FIRST_CALL, EVALUATE):
            started = time.perf_counter()
            process.invoke(handler, [event])
            best[handler] = min(best[handler], time.perf_counter() - started)

    shown = Table(
        "",
        "whole",
        "beyond bare",
        "against boto3",
        "goal",
        title="Import and start, milliseconds",
        caption="Clients of AWS Config and DynamoDB; a first call needs only one.",
    )

    def add(name: str, measured: str, reference: str | None = None) -> None:
        beyond = best[measured] - best[BARE]
        figures = [f"{best[measured] * 1000:.0f}", f"{beyond * 1000:.0f}"]
        if reference:
            ratio = beyond / (best[reference] - best[BARE])
            figures += [f"{ratio:.2f} x", f"{GOAL} x: {'met' if ratio <= GOAL else 'NOT MET'}"]
        shown.add_row(name, *figures)

    add("bare interpreter", BARE)
    add("handlers", HANDLERS)
    add("boto3, 2 clients", BOTO3)
    add("handlers, 2 clients", STARTED, BOTO3)
    add("boto3, first call", FIRST_CALL)
    add("handlers, first event", EVALUATE, FIRST_CALL)
    return shown
