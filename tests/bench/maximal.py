"""How long each check takes at most for an item as large as AWS lets it be, made to take long."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError
from rich.table import Table

from compliance_runtime.check import ChangeCheck, LookupCheck
from compliance_runtime.checks import check_ids, load_check
from compliance_runtime.errors import ComplianceError
from compliance_runtime.evaluation.configuration_item import item_from_event
from compliance_runtime.json_object import JsonObject
from tests.maximal_items import maximal_items
from tests.unit.compliance_runtime.evaluation.test_any_event import judged

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compliance_runtime.check import Check

GOAL_SECONDS = 1.0
"""Of one item, reading it included."""


def measure() -> Iterator[Table]:
    """Yield the worst item of each check, the slowest check first."""
    table = Table(title=f"The worst item of each check (goal: {GOAL_SECONDS:g} s of CPU time)")
    for column in ("Check", "Seconds", "What is hostile"):
        table.add_column(column, justify="right" if column == "Seconds" else "left", overflow="fold")
    found = {
        check.id: worst(check) for check in map(load_check, check_ids()) if isinstance(check, ChangeCheck | LookupCheck)
    }
    for check_id, (seconds, what) in sorted(found.items(), key=lambda one: one[1], reverse=True):
        table.add_row(check_id, f"{seconds:.2f}", what)
    yield table


def worst(check: Check[Any]) -> tuple[float, str]:
    """Find what takes a check longest, and how long."""
    return max(
        (
            (_seconds(check, item), what)
            for resource_type in check.resource_types
            for what, item in maximal_items(resource_type)
        ),
        default=(0.0, "nothing"),
    )


def _seconds(check: Check[Any], item: dict[str, Any]) -> float:
    started = time.process_time()
    with suppress(ComplianceError, ClientError):
        judged(check, item_from_event(JsonObject.of(item, "item", ComplianceError)))
    return time.process_time() - started
