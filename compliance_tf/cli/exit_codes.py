"""What commands end with: docs/reference/exit-codes.md says it by command."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """How a command ended. A signal ends one with 128 and the signal's number, as in a shell."""

    FINE = 0
    """It was done, and nothing that was looked for was found."""
    ERROR = 1
    """It could not be done, or was called wrongly."""
    FOUND = 2
    """It was done, and found what somebody has to look at."""
