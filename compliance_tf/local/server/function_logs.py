"""Collection of what a function logs during an invocation.

MiniStack waits 50 milliseconds for a function's first line; on a busy machine lines are lost, or appear in the log of
the next invocation.
"""

from __future__ import annotations

import fcntl
import struct
import termios
import time
from queue import Empty
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from queue import Queue

_QUIET_SECONDS = 0.02
_MAX_SECONDS = 5.0


def collect_log(worker: Any) -> str:  # noqa: ANN401 -- MiniStack has no types
    """Collect all lines that a worker's process wrote before its response.

    They are in the pipe, in the thread that reads it, or in the queue: wait until the pipe is empty and the thread
    has run.

    Returns
    -------
    str
        The lines, with line breaks between them; empty where it wrote none.
    """
    queue: Queue[str] = worker._stderr_queue  # noqa: SLF001 -- MiniStack has no public API
    lines: list[str] = []
    start = quiet_since = time.monotonic()
    while time.monotonic() - start < _MAX_SECONDS:
        try:
            lines.append(queue.get_nowait())
            quiet_since = time.monotonic()
            continue
        except Empty:
            pass
        if _unread(worker._proc):  # noqa: SLF001
            quiet_since = time.monotonic()
        elif time.monotonic() - quiet_since >= _QUIET_SECONDS:
            break
        time.sleep(0.001)
    return "\n".join(lines)


def _unread(process: Any) -> int:  # noqa: ANN401
    """Return the number of bytes in the pipe of a process's standard error; 0 when the process has ended."""
    if process is None or process.stderr is None or process.stderr.closed:
        return 0
    answer = fcntl.ioctl(process.stderr.fileno(), termios.FIONREAD, struct.pack("i", 0))
    return int(struct.unpack("i", answer)[0])
