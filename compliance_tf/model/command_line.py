"""Commands as a person would give them, for messages that advise one."""

from __future__ import annotations

import os
from typing import Final

CELL: Final = "COMPLIANCE_TF_CELL"
"""The environment variable with the options of ``fleet`` that choose the cell which a command works on."""


def command_line(command: str, workspace: str) -> str:
    """Word a command on a workspace.

    Returns
    -------
    str
        The command; in a cell of a fleet the fleet's on this cell, for by the fleet alone it has its credentials and
        its state.
    """
    cell = os.environ.get(CELL)
    return f"compliance-tf fleet {command} {cell}" if cell else f"compliance-tf {command} -w {workspace}"
