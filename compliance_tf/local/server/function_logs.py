"""Collection of what a function logs during an invocation.

MiniStack waits 50 milliseconds for a function's first line, and of two invocations that make a log group at once the
later one replaces the group of the other: on a busy machine lines are lost, or are in the log of the next invocation.
"""

from __future__ import annotations

import os
import select
import threading
from importlib import import_module
from queue import Empty
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from queue import Queue

_CHUNK = 65536
"""In bytes: what a pipe of Linux holds."""

_END_SECONDS = 5.0
"""The longest wait for the end of a pipe whose process was killed: a child of it may still hold the pipe."""

_reading = threading.Lock()


def keep_all_logs() -> None:
    """Have MiniStack collect and store what functions log without losing a line."""
    runtime: Any = import_module("ministack.core.lambda_runtime")
    functions: Any = import_module("ministack.services.lambda_svc")
    worker, custom = runtime.Worker, runtime.ProvidedWorker
    for name in ("_drain_stderr", "_drain_stderr_bounded"):
        setattr(custom, name, getattr(worker, name))  # What runs a custom runtime reads another pipe.
    worker._read_stderr = _keep_reading  # noqa: SLF001 -- MiniStack has no public API
    worker._drain_stderr = worker._drain_stderr_bounded = _collect_log  # noqa: SLF001
    store, storing = functions._emit_lambda_logs, threading.Lock()  # noqa: SLF001

    def store_alone(*invocation: object, **more: object) -> None:
        with storing:
            store(*invocation, **more)

    functions._emit_lambda_logs = store_alone  # noqa: SLF001


def _keep_reading(worker: Any) -> None:  # noqa: ANN401 -- MiniStack has no types
    """Keep the pipe of a worker's standard error from filling up, which would stop its process, until the pipe ends."""
    process, queue = worker._proc, worker._stderr_queue  # noqa: SLF001
    if process is None:
        return  # It was ended meanwhile.
    readable = select.poll()
    readable.register(process.stderr, select.POLLIN)
    is_open = True
    while is_open:
        readable.poll()
        is_open = _read(process.stderr, queue)


def _collect_log(worker: Any) -> str:  # noqa: ANN401
    """Collect all that a worker's process wrote before its response.

    It is in the pipe or in the queue, whether the thread of :func:`_keep_reading` has run or not. Where the process was
    killed, wait for the end of the pipe.

    Returns
    -------
    str
        The lines, with line breaks between them; empty where it wrote none.
    """
    process, queue = worker._proc, worker._stderr_queue  # noqa: SLF001
    if process is None:
        worker._stderr_thread.join(_END_SECONDS)  # noqa: SLF001
    else:
        _read(process.stderr, queue)
    chunks: list[bytes] = []
    try:
        while True:
            chunks.append(queue.get_nowait())
    except Empty:
        return b"".join(chunks).decode(errors="replace").removesuffix("\n")


def _read(pipe: IO[str], queue: Queue[bytes]) -> bool:
    """Move what is in a pipe into a queue, without waiting.

    Returns
    -------
    bool
        Whether more may come.
    """
    readable = select.poll()
    readable.register(pipe, select.POLLIN)
    # Nobody else has bytes in his hands that are in neither.
    with _reading:
        while readable.poll(0):
            chunk = os.read(pipe.fileno(), _CHUNK)
            if not chunk:
                return False
            queue.put(chunk)
    return True
