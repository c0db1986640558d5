"""Runs of programs to their end, with an orderly shutdown when this program is interrupted.

A program has no terminal: this one alone receives Ctrl-C, and passes it on once, so that Terraform finishes what it
has begun, saves its state and releases its lock. Its output goes to files: a broken pipe would end Terraform in the
middle of an apply when its reader is killed.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Final

from compliance_tf.errors import CommandError, InterruptedCommandError
from compliance_tf.terraform.signals import handled

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path
    from types import FrameType

SILENCE_SECONDS: Final = 3.0
"""Seconds without output after which a message says what is waited for."""

_POLL_SECONDS: Final = 0.2
"""Seconds between looks at the output; whether a program has ended is looked at more often, at first."""
_PR_SET_PDEATHSIG: Final = 1  # linux/prctl.h


@dataclass
class Programs:
    """A runner of programs, one after another.

    Parameters
    ----------
    environment
        Their environment variables.
    say
        Prints a message for the person who waits.
    show
        Prints a line of the programs' visible output.
    kept_open
        File descriptors that the programs inherit: a lock is held until the last of them has ended.
    """

    environment: Mapping[str, str]
    say: Callable[[str], None]
    show: Callable[[str], None]
    kept_open: tuple[int, ...] = ()
    _running: subprocess.Popen[bytes] | None = field(default=None, init=False)
    _signal: signal.Signals | None = field(default=None, init=False)

    def interruptible(self) -> AbstractContextManager[None]:
        """Let signals end the running program in order, and this program afterwards.

        Returns
        -------
        AbstractContextManager[None]
            A context in which signals are handled so; before and after it they do what they did.

        Raises
        ------
        InterruptedCommandError
            When a signal came.
        """
        return handled(self._on_signal)

    def run(
        self,
        command: Sequence[str],
        *,
        folder: Path,
        waiting_for: str,
        visible: bool = False,
        variables: Mapping[str, str] | None = None,
    ) -> str:
        """Run a program to its end.

        Parameters
        ----------
        command
            The program, with its path, and its arguments.
        folder
            Its working directory.
        waiting_for
            What it does, worded to follow "Waiting for".
        visible
            Whether its output is shown while it runs.
        variables
            Its variables beside the environment.

        Returns
        -------
        str
            Its standard output.

        Raises
        ------
        CommandError
            When it fails; the message is its standard error.
        InterruptedCommandError
            When a signal came; the program has ended.
        """
        with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
            with subprocess.Popen(  # noqa: S603
                command,
                env={**self.environment, **(variables or {})},
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=errors,
                start_new_session=True,
                pass_fds=self.kept_open,
                preexec_fn=_end_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509 (no threads)
            ) as process:
                self._running = process
                try:
                    self._follow(process, _Lines(output, self.show if visible else None), waiting_for)
                finally:
                    self._running = None
                    if process.poll() is None:
                        _send(process, signal.SIGINT)
            if self._signal is not None:
                raise InterruptedCommandError(self._signal, _text(errors) if process.returncode else "")
            if process.returncode != 0:
                raise CommandError(_text(errors) or _text(output) or f"It ended with {process.returncode}.")
            return _text(output)

    def _follow(self, process: subprocess.Popen[bytes], lines: _Lines, waiting_for: str) -> None:
        heard, silence = time.monotonic(), SILENCE_SECONDS
        while True:
            ended = _has_ended(process)
            if lines.forward(all_of_it=ended):
                heard = time.monotonic()
            if ended:
                return
            if time.monotonic() - heard > silence:
                self.say(f"Waiting for {waiting_for} ({time.monotonic() - heard:.0f} s) ...")
                silence *= 5

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        is_first, self._signal = self._signal is None, self._signal or signal.Signals(number)
        if self._running is None:
            raise InterruptedCommandError(self._signal)
        if is_first:
            self.say(
                "Interrupted: waiting for the running program to finish what it has begun. Interrupt once more to end "
                "it at once."
            )
            _send(self._running, signal.SIGINT)
        elif number == signal.SIGINT:
            # A person insists. A machine's shutdown sends SIGTERM after SIGINT, and Terraform may still finish in time.
            _send(self._running, signal.SIGINT)


@dataclass
class _Lines:
    """The output that a program has written, line by line."""

    file: IO[bytes]
    show: Callable[[str], None] | None
    _position: int = 0
    _rest: bytes = b""

    def forward(self, *, all_of_it: bool) -> bool:
        """Show the new lines, and return whether there were any."""
        # The program writes with the same descriptor, whose position must not be moved.
        size = os.fstat(self.file.fileno()).st_size
        new = os.pread(self.file.fileno(), size - self._position, self._position)
        self._position += len(new)
        *lines, self._rest = (self._rest + new).split(b"\n")
        if all_of_it and self._rest:
            lines, self._rest = [*lines, self._rest], b""
        if self.show:
            for line in lines:
                self.show(line.decode(errors="replace").rstrip())
        return bool(new)


def _has_ended(process: subprocess.Popen[bytes]) -> bool:
    try:
        process.wait(_POLL_SECONDS)
    except subprocess.TimeoutExpired:
        return False
    return True


def _send(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    """Send a signal to a program and its children, as a terminal does."""
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        return


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode(errors="replace").strip()


if sys.platform == "linux":
    _LIBC: Final = ctypes.CDLL(None)

    def _end_with_parent() -> None:
        """Have Linux interrupt this process when its parent is killed."""
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGINT)
