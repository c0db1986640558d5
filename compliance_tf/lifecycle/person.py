"""Who gave a command: what they see, and what they answer."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from compliance_tf.errors import ComplianceError
from compliance_tf.output.sanitize import colored_line

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class Person:
    """Who gave a command.

    Parameters
    ----------
    show
        Takes each line of Terraform's output.
    say
        Takes a sentence about what goes on.
    in_color
        Whether they see colors.
    approves
        Whether they have approved beforehand whatever is planned.
    waits
        Whether they wait where another command works on the workspace.
    """

    show: Callable[[str], None]
    say: Callable[[str], None]
    in_color: bool = False
    approves: bool = False
    waits: bool = True

    @classmethod
    def at_terminal(cls, *, approves: bool = False, waits: bool = True) -> Person:
        """Describe whoever started this program."""
        in_color = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
        return cls(_show, _say, in_color=in_color, approves=approves, waits=waits)

    @property
    def answers(self) -> bool:
        """Whether they are asked, and not what they approved beforehand."""
        return not self.approves and sys.stdin.isatty()

    def require_somebody(self) -> None:
        """Make sure that somebody can approve.

        Raises
        ------
        ComplianceError
            When nothing is approved beforehand, and there is no terminal.
        """
        if not self.approves and not sys.stdin.isatty():
            raise ComplianceError("Nobody is there to approve the changes: use a terminal, or --auto-approve.")

    def confirm(self, question: str) -> None:
        """Ask, unless all is approved.

        Raises
        ------
        ComplianceError
            When the answer is not yes, or nobody is there to give one.
        """
        self.require_somebody()
        if not self.approves and input(f"{question} Only 'yes' is accepted: ").strip() != "yes":
            raise ComplianceError("Nothing was changed, for it was not approved.")


def _show(line: str) -> None:
    _write(sys.stdout.fileno(), colored_line(line))


def _say(sentence: str) -> None:
    _write(sys.stderr.fileno(), sentence)


def _write(descriptor: int, line: str) -> None:
    """Write a line at once; where nobody reads any more, Terraform goes on nevertheless."""
    try:
        os.write(descriptor, f"{line}\n".encode(errors="replace"))
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), descriptor)
