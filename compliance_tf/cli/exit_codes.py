"""Exit codes of commands: docs/reference/exit-codes.md has them by command."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from compliance_tf.review.policies import Verdict


class ExitCode(IntEnum):
    """The result of a command. A signal ends one with 128 and the signal's number, as in a shell."""

    FINE = 0
    """Success, without findings."""
    ERROR = 1
    """An error, or wrong usage."""
    FOUND = 2
    """Success, with findings."""
    BLOCKED = 3
    """A reviewed plan is blocked, or is not the expected one."""

    @classmethod
    def of_review(cls, verdict: Verdict) -> ExitCode:
        """Return the exit code of a review."""
        return {"clean": cls.FINE, "approval": cls.FOUND, "blocked": cls.BLOCKED}[verdict.value]
