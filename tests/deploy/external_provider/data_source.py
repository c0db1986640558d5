"""The data source ``external``: its schema, and how it reads.

Source: the documentation of the data source in the provider hashicorp/external 2.3.5.
"""

from __future__ import annotations

import subprocess

import msgspec

SCHEMA = {
    "block": {
        "attributes": [
            {"name": "id", "type": b'"string"', "computed": True},
            {"name": "program", "type": b'["list","string"]', "required": True},
            {"name": "query", "type": b'["map","string"]', "optional": True},
            {"name": "result", "type": b'["map","string"]', "computed": True},
            {"name": "working_dir", "type": b'"string"', "optional": True},
        ]
    }
}
"""What it has, in the protocol's form; a type is JSON."""


class ProgramError(Exception):
    """The program failed, or its answer is no object of texts.

    Parameters
    ----------
    summary
        The headline of Terraform's error.
    detail
        The text below it.
    """

    def __init__(self, summary: str, detail: str) -> None:
        super().__init__(summary)
        self.summary = summary
        self.detail = detail


class State(msgspec.Struct, frozen=True):
    """The data source's attributes; None is null."""

    program: list[str]
    query: dict[str, str] | None = None
    working_dir: str | None = None
    result: dict[str, str] | None = None
    id: str | None = None


def read(configured: State) -> State:
    """Run the program, and add what it answers.

    Raises
    ------
    ProgramError
        When it fails, or answers something else than a JSON object of texts.
    """
    completed = subprocess.run(
        configured.program,
        cwd=configured.working_dir,
        input=msgspec.json.encode(configured.query or {}),
        capture_output=True,
        check=False,
    )
    if completed.returncode != 0:
        raise ProgramError(
            "External Program Execution Failed",
            f"Program: {configured.program[0]}\n"
            f"Error Message: {completed.stderr.decode()}\n"
            f"State: exit status {completed.returncode}",
        )
    try:
        result = msgspec.json.decode(completed.stdout, type=dict[str, str])
    except msgspec.DecodeError as error:
        raise ProgramError(
            "Unexpected External Program Results",
            f"Program output must be a JSON encoded map of string keys and string values.\n\nResult Error: {error}",
        ) from error
    return msgspec.structs.replace(configured, result=result, id="-")
