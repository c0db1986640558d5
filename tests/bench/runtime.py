"""The deployed function with real clients against one local endpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console

from compliance_tf.testing import REGION
from tests.bench import change_events, cold_start, schedules
from tests.bench.config_endpoint import ConfigEndpoint
from tests.bench.fresh_process import deployed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.table import Table


def measure() -> Iterator[Table]:
    """Yield a table of change events, of the start and of schedules."""
    console = Console(stderr=True)
    rules = change_events.RULES | schedules.RULES
    with ConfigEndpoint(REGION) as endpoint, deployed(rules, endpoint.variables) as process:
        with console.status("Sending change events"):
            shown = change_events.table(process, endpoint)
        yield shown
        with console.status("Starting"):
            shown = cold_start.table(process)
        yield shown
        with console.status("Evaluating on schedules"):
            shown = schedules.table(process, endpoint)
        yield shown
