"""A local AWS that stays when the command that started it ends: ``compliance-tf local up``, ``down``, ``status``."""

from __future__ import annotations

import json
import os
import shutil
import signal
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from compliance_tf.errors import LocalAwsError
from compliance_tf.local.server.server import Endpoint, start_server, stop_group, wait_until_ready

if TYPE_CHECKING:
    from compliance_tf.local.server.behaviour import Behaviour

_STOP_SECONDS = 5.0


@dataclass(frozen=True)
class RunningLocalAws:
    """A detached local AWS.

    Parameters
    ----------
    pid
        The id of its process, which leads a process group.
    started
        The process's start time, in the kernel's clock ticks: another process may get the same id later.
    """

    pid: int
    started: str
    port: int

    @property
    def endpoint(self) -> Endpoint:
        """The endpoint of the server."""
        return Endpoint(self.port)


def up(state_dir: Path, port: int = 0, behaviour: Behaviour | None = None) -> RunningLocalAws:
    """Start a local AWS, or return the one that runs already.

    Parameters
    ----------
    state_dir
        The folder of its state file, log and temporary files; one local AWS per folder.
    port
        The port; 0 for a free one.

    Returns
    -------
    RunningLocalAws
        Its process and port.

    Raises
    ------
    LocalAwsError
        When it does not start.
    """
    if running := status(state_dir):
        return running
    home = _home(state_dir)
    shutil.rmtree(home, ignore_errors=True)
    process = start_server(home, port=port, behaviour=behaviour, outlive_parent=True)
    started = wait_until_ready(process, home)
    process.wait()
    running = RunningLocalAws(started.pid, _start_time(started.pid) or "", started.endpoint.port)
    _file(state_dir).write_text(json.dumps(asdict(running)) + "\n")
    return running


def status(state_dir: Path) -> RunningLocalAws | None:
    """Return the running local AWS; None when there is none, or when its process has ended."""
    try:
        found = RunningLocalAws(**json.loads(_file(state_dir).read_text()))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError) as error:
        raise LocalAwsError(
            f"{_file(state_dir)} does not say which local AWS runs ({error}): end it by hand if one does, and "
            "remove the file."
        ) from error
    return found if _is_alive(found) and found.endpoint.answers() else None


def down(state_dir: Path) -> bool:
    """Stop the running local AWS and remove its files.

    Returns
    -------
    bool
        Whether one ran.

    Raises
    ------
    LocalAwsError
        When the state file cannot be read.
    """
    running = status(state_dir)
    if running:
        os.kill(running.pid, signal.SIGTERM)
        deadline = time.monotonic() + _STOP_SECONDS
        while _is_alive(running) and time.monotonic() < deadline:
            time.sleep(0.02)
        stop_group(running.pid)
    _file(state_dir).unlink(missing_ok=True)
    shutil.rmtree(_home(state_dir), ignore_errors=True)
    return running is not None


def _file(state_dir: Path) -> Path:
    return state_dir / "local-aws.json"


def _home(state_dir: Path) -> Path:
    return state_dir / "local-aws"


def _is_alive(running: RunningLocalAws) -> bool:
    return _start_time(running.pid) == running.started


def _start_time(pid: int) -> str | None:
    """Return the start time of a process; None when there is none. Linux only: elsewhere the id alone has to do."""
    stat = Path(f"/proc/{pid}/stat")
    if stat.exists():
        return stat.read_text().rpartition(")")[2].split()[19]
    if Path("/proc/self").exists():
        return None
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return None
    return ""
