"""Modules import each other in no circle, and files and packages have sizes that one can read."""

from __future__ import annotations

import ast
from collections import Counter
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, Final

import pytest

from tests.repository import REPOSITORY, syntax

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MAX_LINES: Final = 400
SMALL_LINES: Final = 40
MAX_SMALL: Final = 9
"""Files of fewer than ``SMALL_LINES`` lines in a package."""

FOLDERS: Final = ("compliance_tf", "lambda_src/compliance_runtime", "maintenance", "tests")


def files(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from (REPOSITORY / folder).rglob("*.py")


def imported_when_loaded(file: Path) -> Iterator[str]:
    """The names that a module imports before anything in it is called; those for type checkers are not."""
    pending: list[ast.stmt] = list(syntax(file).body)
    while pending:
        node = pending.pop()
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            pending += node.orelse
        elif isinstance(node, ast.If | ast.Try | ast.With | ast.ClassDef):
            pending += [inner for inner in ast.iter_child_nodes(node) if isinstance(inner, ast.stmt)]


def graph(root: Path, folder: str) -> dict[str, set[str]]:
    modules = {".".join(file.relative_to(root).with_suffix("").parts): file for file in files(folder)}
    return {
        name: {one for one in imported_when_loaded(file) if one in modules and one != name}
        for name, file in modules.items()
    }


@pytest.mark.parametrize(
    ("root", "folder"),
    [(REPOSITORY, "compliance_tf"), (REPOSITORY / "lambda_src", "lambda_src/compliance_runtime")],
)
def test_modules_import_each_other_in_no_circle(root: Path, folder: str) -> None:
    try:
        tuple(TopologicalSorter(graph(root, folder)).static_order())
    except CycleError as cause:
        pytest.fail(" → ".join(cause.args[1]))


def test_no_file_is_too_long_to_read() -> None:
    lengths = {file: len(file.read_text(encoding="utf-8").splitlines()) for file in files(*FOLDERS)}
    assert {file.relative_to(REPOSITORY).as_posix(): n for file, n in lengths.items() if n > MAX_LINES} == {}


def test_no_package_is_a_heap_of_tiny_files() -> None:
    tiny = Counter(
        file.parent.relative_to(REPOSITORY).as_posix()
        for file in files("compliance_tf", "lambda_src/compliance_runtime", "maintenance")
        if file.name != "__init__.py" and len(file.read_text(encoding="utf-8").splitlines()) < SMALL_LINES
    )
    assert {folder: number for folder, number in tiny.items() if number > MAX_SMALL} == {}
