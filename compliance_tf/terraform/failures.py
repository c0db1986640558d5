"""Terraform's errors as plain text, with what to do where that is known."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from compliance_tf.model.command_line import command_line
from compliance_tf.terraform.machine import AWS_PROVIDER_VERSION, MIRROR_VARIABLE
from compliance_tf.terraform.synthesized import read_configuration

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_ESCAPE: Final = re.compile(r"\x1b\[[0-9;]*m")
_BOX: Final = re.compile(r"^[╷╵│] ?", re.MULTILINE)
_BLANK_LINES: Final = re.compile(r"\n\s*\n(\s*\n)+")

_ADVICE_IN_ADDRESS: Final = re.compile(r'existing_recorder\["([^"]+)"\]')
_LOCK_ID: Final = re.compile(r"Lock Info:\s+ID:\s+(\S+)")
_LOCK_OWNER: Final = re.compile(r"^\s*Who:\s+(.+?)\s*$", re.MULTILINE)
_LOCK_TIME: Final = re.compile(r"^\s*Created:\s+(\S+ \d\d:\d\d:\d\d)", re.MULTILINE)
_LOCK_OF_FILE: Final = re.compile(r"resource temporarily unavailable|already locked")
"""Errors of flock, and of Terraform itself, for a locked state in a file."""

_TAKEN: Final = re.compile(
    r"(EntityAlreadyExists|ResourceAlreadyExists|ResourceConflict|ResourceInUse)(Exception)?\b|already exists"
)
"""Errors of IAM, CloudWatch Logs, Lambda and DynamoDB for a name that is taken."""

ADVICE: Final = "What to do: "
"""The beginning of each piece of advice, which comes after Terraform's own words."""

ERRORED_STATE: Final = "errored.tfstate"
"""The file in which Terraform saves the state when its backend fails."""


def explain(errors: str, command: str, folder: Path, workspace: str, engine: str = "terraform") -> str:
    """Describe a failure of Terraform: its errors, and what to do.

    Parameters
    ----------
    errors
        Its standard error.
    command
        Terraform's command, such as ``plan``.
    folder
        The stack's folder.
    workspace
        The workspace.
    engine
        The name of the program: ``terraform``, or ``tofu``.

    Returns
    -------
    str
        Plain text without escape sequences and boxes; the advice comes last.
    """
    plain = _BLANK_LINES.sub("\n\n", _BOX.sub("", _ESCAPE.sub("", errors))).strip()
    advice = [f"{ADVICE}{text}" for text in _advice(plain, command, folder, workspace, engine)]
    return "\n\n".join([f"`{engine} {command}` failed for {folder.name} in {workspace}:", plain, *advice])


def _advice(plain: str, command: str, folder: Path, workspace: str, engine: str) -> Iterator[str]:
    in_one_line = re.sub(r"\s+", " ", plain)
    if found := _ADVICE_IN_ADDRESS.search(in_one_line):
        yield f"recorder {found[1]}."
    if "provider packages" in plain:
        yield (
            f"{engine} found no AWS provider {pinned_version(folder)}: connect to the registry, or name a folder that "
            f"mirrors it in {MIRROR_VARIABLE}, for OpenTofu below registry.opentofu.org."
        )
    if lock := _LOCK_ID.search(plain):
        owner, created = _LOCK_OWNER.search(plain), _LOCK_TIME.search(plain)
        advice = (
            f"The state is locked by {owner[1] if owner else 'somebody'} since {created[1] if created else 'before'} "
            "(UTC). Wait for that command to end."
        )
        # The operating system releases the lock of a file: whoever holds one runs.
        if not _LOCK_OF_FILE.search(plain):
            advice += (
                f" If it was killed, release the lock by `{command_line('recover', workspace)} --unlock {lock[1]}`."
            )
        yield advice
    if command == "apply" and _TAKEN.search(plain):
        yield (
            "Something of this name exists and is in no state. If an earlier command was killed, it belongs to this "
            f"deployment: `{command_line('recover', workspace)}` shows it and imports it into the state."
        )
    if command == "apply" and "protected against deletion" in in_one_line:
        yield (
            "AWS does not delete a protected table. If Terraform wants to replace it because an earlier command was "
            f"interrupted while it made it, `{command_line('recover', workspace)}` keeps the table."
        )
    if command != "state" and (folder / ERRORED_STATE).is_file():
        yield (
            f"Terraform could not save the state to its backend and left it in {folder / ERRORED_STATE}. Before "
            f"anything else, `{command_line('recover', workspace)}` saves it."
        )


def pinned_version(folder: Path) -> str:
    """Return the version of the AWS provider that the stack in a folder is pinned to."""
    try:
        configuration = read_configuration(folder)
        return str(configuration["terraform"]["required_providers"]["aws"]["version"])
    except (OSError, ValueError, KeyError, TypeError):
        return AWS_PROVIDER_VERSION
