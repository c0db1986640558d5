"""The function ``record``, with the calls that it made beside what it returned."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from botocore.client import BaseClient

from compliance_runtime import handlers

if TYPE_CHECKING:
    from collections.abc import Callable

CALLS: Counter[str] = Counter()


def _counted(call: Callable[..., Any]) -> Callable[..., Any]:
    def counted(client: BaseClient, operation: str, parameters: Any) -> Any:
        CALLS[operation] += 1
        return call(client, operation, parameters)

    return counted


BaseClient._make_api_call = _counted(BaseClient._make_api_call)  # type: ignore[attr-defined]


def handle(event: object, context: Any) -> dict[str, Any]:
    CALLS.clear()
    counts = handlers.record(event, context)
    return {"counts": counts, "calls": dict(CALLS)}
