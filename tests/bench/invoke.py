"""Invokes a handler with events in a fresh process, as AWS Lambda does, and writes what each took.

python -P invoke.py <module.handler> <events.json> <measurements.json>
"""

from __future__ import annotations

import json
import resource
import sys
import time
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path


@dataclass(frozen=True)
class Context:
    """What AWS Lambda passes to a handler."""

    aws_request_id: str = "00000000-0000-4000-8000-000000000000"
    function_name: str = "bench-dev-evaluate"
    invoked_function_arn: str = "arn:aws:lambda:eu-central-1:123456789012:function:bench-dev-evaluate"

    def get_remaining_time_in_millis(self) -> int:
        return 900_000


def peak_mib() -> float:
    """The most memory that this process has used. Linux's ru_maxrss would count what the starting process used too."""
    status = Path("/proc/self/status")
    if status.exists():
        peak = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(peak.split()[1]) / 1024
    # macOS: in bytes.
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2


def main(handler: str, events: Path, measurements: Path) -> None:
    module, _, name = handler.rpartition(".")
    handle = getattr(import_module(module), name)
    context = Context()
    measured = []
    for event in json.loads(events.read_bytes()):
        started = time.perf_counter()
        handle(event, context)
        seconds = time.perf_counter() - started
        measured.append({"seconds": seconds, "peak_mib": peak_mib()})
    measurements.write_text(json.dumps(measured))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
