"""Imports go one way, so that each room can be read without those above it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

import pytest

from tests.repository import REPOSITORY, syntax

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LIBRARY: Final = REPOSITORY / "compliance_tf"
RUNTIME: Final = REPOSITORY / "lambda_src" / "compliance_runtime"

MAY_IMPORT: Final = {
    "model": set[str](),
    "output": set[str](),
    "catalog": {"model"},
    "checks": {"model", "output", "catalog"},
    "waivers": {"model", "catalog"},
    "packs": {"model", "catalog", "checks"},
    "scaffold": {"model", "output", "checks", "packs"},
    "constructs": {"model", "output", "catalog", "checks", "waivers", "packs", "terraform"},
    "terraform": {"model", "output"},
    "preflight": {"model", "output", "catalog", "terraform"},
    "results": {"model", "output", "catalog", "waivers", "terraform"},
    "review": {"model", "output", "catalog", "checks", "waivers", "packs", "terraform"},
    "lifecycle": {"model", "output", "terraform", "preflight", "review"},
    "verify": {"model", "output", "catalog", "terraform", "preflight", "results", "lifecycle"},
    "fleet": {"model", "output", "catalog", "terraform", "preflight", "review", "results", "lifecycle"},
    "local": {"model", "output", "catalog", "terraform", "lifecycle"},
}
"""The rooms that each room may import, beside ``compliance_tf.errors`` and ``compliance_runtime``: ``cli`` any."""


def imported(file: Path) -> Iterator[str]:
    """Yield the full name of each module that a file imports, wherever in the file."""
    for node in ast.walk(syntax(file)):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def rooms_imported_by(folder: Path) -> dict[str, set[str]]:
    """Return the rooms of the library that the files of a folder import, each with the files that do."""
    found: dict[str, set[str]] = {}
    for file in folder.rglob("*.py"):
        for name in imported(file):
            first, _, rest = name.partition(".")
            if first == "compliance_tf":
                found.setdefault(rest.partition(".")[0], set()).add(file.relative_to(REPOSITORY).as_posix())
    return found


def test_every_room_has_a_direction() -> None:
    assert {folder.parent.name for folder in LIBRARY.glob("*/__init__.py")} == {*MAY_IMPORT, "cli"}


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_a_room_imports_only_those_below_it(room: str) -> None:
    allowed = MAY_IMPORT[room] | {room, "errors"}
    assert {name: files for name, files in rooms_imported_by(LIBRARY / room).items() if name not in allowed} == {}


def test_directions_have_no_circle() -> None:
    order: list[str] = []
    while len(order) < len(MAY_IMPORT):
        free = [room for room, below in MAY_IMPORT.items() if room not in order and below <= set(order)]
        assert free, f"{set(MAY_IMPORT) - set(order)} import each other"
        order += free


def test_the_functions_import_nothing_of_the_library() -> None:
    assert rooms_imported_by(RUNTIME) == {}
