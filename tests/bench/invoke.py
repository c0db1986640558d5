"""Invokes a handler with events in a fresh process, as AWS Lambda does, and writes what each took.

python -P invoke.py <module.handler> <events.json> <measurements.json>
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
import uuid
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path

TIMEOUT_SECONDS = 900
FUNCTION_ARN = "BENCH_FUNCTION_ARN"
"""The environment variable that names another function than this."""

DEFAULT_ARN = "arn:aws:lambda:eu-central-1:123456789012:function:bench-dev-evaluate"


@dataclass(frozen=True)
class Context:
    """What AWS Lambda passes to a handler."""

    deadline: float
    aws_request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    function_name: str = "bench-dev-evaluate"
    invoked_function_arn: str = field(default_factory=lambda: os.environ.get(FUNCTION_ARN, DEFAULT_ARN))

    def get_remaining_time_in_millis(self) -> int:
        return int((self.deadline - time.monotonic()) * 1000)


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
    measured = []
    for event in json.loads(events.read_bytes()):
        context = Context(deadline=time.monotonic() + TIMEOUT_SECONDS)
        started, worked = time.perf_counter(), time.process_time()
        returned = handle(event, context)
        seconds, cpu_seconds = time.perf_counter() - started, time.process_time() - worked
        measured.append({"seconds": seconds, "cpu_seconds": cpu_seconds, "peak_mib": peak_mib(), "returned": returned})
    measurements.write_text(json.dumps(measured))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
