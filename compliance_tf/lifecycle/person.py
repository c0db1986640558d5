"""The person at a command: output, questions and answers."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from compliance_tf.errors import ComplianceError
from compliance_tf.output.sanitize import colored_line, visible

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class Person:
    """The person at a command.

    Parameters
    ----------
    show
        Prints a line of Terraform's output.
    say
        Prints a message about progress.
    in_color
        Whether the output has colors.
    approves
        Whether every plan is approved beforehand (``--auto-approve``).
    waits
        Whether to wait for another command on the workspace.
    """

    show: Callable[[str], None]
    say: Callable[[str], None]
    in_color: bool = False
    approves: bool = False
    waits: bool = True

    @classmethod
    def at_terminal(cls, *, approves: bool = False, waits: bool = True) -> Person:
        """Describe the person who started this program."""
        in_color = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
        return cls(_show if in_color else _show_plainly, _say, in_color=in_color, approves=approves, waits=waits)

    @property
    def answers(self) -> bool:
        """Return whether they answer questions themselves: nothing is approved beforehand."""
        return not self.approves and sys.stdin.isatty()

    def require_interactive(self) -> None:
        """Require that somebody can approve.

        Raises
        ------
        ComplianceError
            When nothing is approved beforehand, and there is no terminal.
        """
        if not self.approves and not sys.stdin.isatty():
            raise ComplianceError("There is no terminal on which to approve the changes: use one, or --auto-approve.")

    def confirm(self, question: str) -> None:
        """Ask for approval, unless everything is approved.

        Raises
        ------
        ComplianceError
            When the answer is not yes, or there is no terminal.
        """
        self.require_interactive()
        if not self.approves and input(f"{question} Only 'yes' is accepted: ").strip() != "yes":
            raise ComplianceError("Nothing was changed, because it was not approved.")


def _show(line: str) -> None:
    _write(sys.stdout.fileno(), colored_line(line))


def _show_plainly(line: str) -> None:
    _write(sys.stdout.fileno(), visible(line.replace("\t", "    ")))


def _say(sentence: str) -> None:
    _write(sys.stderr.fileno(), sentence)


def _write(descriptor: int, line: str) -> None:
    """Write a line at once; an output that is closed, full or a terminal that has gone does not stop Terraform."""
    try:
        os.write(descriptor, f"{line}\n".encode(errors="replace"))
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), descriptor)
