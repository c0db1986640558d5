"""Exit codes of commands: docs/reference/exit-codes.md has them by command."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """The result of a command. A signal ends one with 128 and the signal's number, as in a shell."""

    FINE = 0
    """Success, without findings."""
    ERROR = 1
    """An error, or wrong usage."""
    FOUND = 2
    """Success, with findings."""
