"""Works on many cells at once: what goes wrong in one is its outcome, and neither hides nor stops the others."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Final

from compliance_tf.errors import FleetError, InterruptedCommandError
from compliance_tf.output.sanitize import visible
from compliance_tf.terraform.failures import ADVICE
from compliance_tf.terraform.signals import handled

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path
    from types import FrameType

    from compliance_tf.fleet.cells import Cell

_POLL_SECONDS: Final = 0.2
_ANSWERS: Final = (0, 2, 3)
"""Exit codes of commands that were done: docs/reference/exit-codes.md."""

_ERROR: Final = "error: "
_MAX_REASON: Final = 2_000
"""Characters of what a command said that are repeated; its log has all of it."""


_MAX_LINE: Final = 400
_MAX_REASON_BESIDE_ADVICE: Final = 160


class State(Enum):
    """The outcome of a command on a cell."""

    DONE = "done"
    UNCHANGED = "unchanged"
    FOUND = "found"
    """It was done, and found what somebody has to look at."""
    FAILED = "failed"
    NOT_BEGUN = "not begun"
    """The command was interrupted before."""


@dataclass(frozen=True)
class Outcome:
    """The outcome of a command on a cell.

    Parameters
    ----------
    cell
        The cell.
    state
        What became of it.
    said
        What there is to say, in a few words; of a failure, why.
    seconds
        How long it took.
    """

    cell: Cell
    state: State
    said: str = ""
    seconds: float = 0.0

    @property
    def in_a_line(self) -> str:
        """The outcome as one line of a table; what to do is in it, however long the reason is."""
        reason, advised, advice = " ".join(self.said.split()).partition(ADVICE)
        if not advised:
            return visible(reason, _MAX_LINE)
        return f"{visible(reason, _MAX_REASON_BESIDE_ADVICE)} {visible(advised + advice, _MAX_LINE)}"

    @property
    def failed(self) -> bool:
        """Return whether it was not done."""
        return self.state in {State.FAILED, State.NOT_BEGUN}


@dataclass
class Runner:
    """Works on cells, so many at once.

    Parameters
    ----------
    parallel
        Cells at once: at least 1.
    lock
        The descriptor that the commands inherit.
    on_done
        Called with each finished cell and the number of finished ones, one call at a time.
    """

    parallel: int
    lock: int
    on_done: Callable[[Outcome, int, int], None]
    signal: signal.Signals | None = field(default=None, init=False)
    _running: set[subprocess.Popen[bytes]] = field(default_factory=set, init=False)
    _guard: threading.Lock = field(default_factory=threading.Lock, init=False)

    def each(self, cells: Sequence[Cell], work: Callable[[Cell], tuple[State, str]]) -> list[Outcome]:
        """Do something with each cell.

        Parameters
        ----------
        work
            Does it, in a thread of its own; what it raises is the cell's failure.

        Returns
        -------
        list
            The outcomes, in the order of the cells.
        """
        outcomes: dict[Cell, Outcome] = {}
        with ThreadPoolExecutor(self.parallel, thread_name_prefix="cell") as pool, handled(self._on_signal):
            open_: set[Future[Outcome]] = {pool.submit(self._one, cell, work) for cell in cells}
            while open_:
                # Not for ever: a signal is noticed between two waits.
                done, open_ = wait(open_, _POLL_SECONDS, FIRST_COMPLETED)
                for outcome in (one.result() for one in done):
                    outcomes[outcome.cell] = outcome
                    self.on_done(outcome, len(outcomes), len(cells))
        return [outcomes[cell] for cell in cells]

    def command(
        self, arguments: Sequence[str], *, folder: Path, variables: Mapping[str, str], log: Path, given: bytes = b""
    ) -> int:
        """Run a command of this program to its end.

        Parameters
        ----------
        given
            What it reads from its standard input.
        log
            The file into which all that it writes goes.

        Returns
        -------
        int
            Its exit code: 0 for done, 2 and 3 for what it found, as ``docs/reference/exit-codes.md`` has them.

        Raises
        ------
        FleetError
            When it failed, or was ended by a signal; the message is what it said.
        """
        with log.open("wb") as file, tempfile.TemporaryFile() as standard_input:
            standard_input.write(given)
            standard_input.seek(0)
            process = subprocess.Popen(  # noqa: S603 (this program)
                [sys.executable, "-P", "-m", "compliance_tf", *arguments],
                cwd=folder,
                env=dict(variables),
                stdin=standard_input,
                stdout=file,
                stderr=file,
                start_new_session=True,
                pass_fds=(self.lock,),
            )
            with self._guard:
                self._running.add(process)
                interrupted = self.signal is not None
            if interrupted:
                _send(process, signal.SIGINT)
            code = process.wait()
            with self._guard:
                self._running.discard(process)
        if code not in _ANSWERS:
            raise FleetError(_reason(log, code))
        return code

    def require_no_signal(self) -> None:
        """Make sure that nobody wants it to end.

        Raises
        ------
        InterruptedCommandError
            When a signal came.
        """
        if self.signal is not None:
            raise InterruptedCommandError(
                self.signal,
                "Interrupted. The cells have ended what they had begun, and no other was begun. Give the same command "
                "again to go on: a cell that is done has nothing to change.",
            )

    def _one(self, cell: Cell, work: Callable[[Cell], tuple[State, str]]) -> Outcome:
        if self.signal is not None:
            return Outcome(cell, State.NOT_BEGUN, "interrupted before it began")
        started = time.monotonic()
        try:
            state, said = work(cell)
        except Exception as error:  # noqa: BLE001 (whatever it is, it is the failure of this cell alone)
            state, said = State.FAILED, str(error) or type(error).__name__
        return Outcome(cell, state, said, time.monotonic() - started)

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        self.signal = self.signal or signal.Signals(number)
        for process in [*self._running]:
            _send(process, number)


def _send(process: subprocess.Popen[bytes], number: int) -> None:
    """Pass a signal on to a command: it knows that SIGINT after SIGINT means at once, and SIGTERM after it does not."""
    try:
        os.kill(process.pid, number)
    except ProcessLookupError:
        return


def _reason(log: Path, code: int) -> str:
    """Find what a failed command said of it: what follows its last "error: "."""
    text = log.read_text(encoding="utf-8", errors="replace").strip()
    _, found, reason = text.rpartition(f"\n{_ERROR}")
    if not found:
        reason = text.removeprefix(_ERROR) if text.startswith(_ERROR) else text[-_MAX_REASON:]
    ended = f" (ended by {signal.Signals(-code).name})" if code < 0 else ""
    reason, advised, advice = (reason.strip() or "It said nothing.").partition(ADVICE)
    return reason[:_MAX_REASON] + advised + advice[:_MAX_REASON] + ended
