"""What the wheel imports is what it declares."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from functools import cache
from importlib.metadata import distribution
from typing import TYPE_CHECKING, Final

from tests.repository import REPOSITORY, syntax

if TYPE_CHECKING:
    from collections.abc import Iterator

EXTRA_OF: Final = {
    "constructs": "synth",
    "local": "local",
    # What it imports may be absent: it has no wheels for newer Pythons either.
    "compliance_tf/model/guard_policy.py": "synth",
}
"""The rooms, and files, that may import what an extra brings."""

OWN: Final = {"compliance_tf", "compliance_runtime"}


def imported_at_run_time(node: ast.AST) -> Iterator[str]:
    """Yield the top-level packages that code imports, but not those that only a type checker reads."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and isinstance(child.test, ast.Name) and child.test.id == "TYPE_CHECKING":
            continue
        if isinstance(child, ast.ImportFrom) and child.module:
            yield child.module.partition(".")[0]
        elif isinstance(child, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in child.names)
        else:
            yield from imported_at_run_time(child)


@cache
def declared(extra: str | None = None) -> set[str]:
    """The top-level packages of what is declared."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    lines = [*project["dependencies"], *(project["optional-dependencies"][extra] if extra else ())]
    return {package for line in lines for package in packages(re.split(r"[^A-Za-z0-9_-]", line)[0])}


def packages(name: str) -> set[str]:
    """The top-level packages that a distribution brings."""
    found = distribution(name)
    listed = (found.read_text("top_level.txt") or "").split()
    return {*listed} or {file.parts[0].partition(".")[0] for file in found.files or ()}


def test_what_is_imported_is_declared() -> None:
    for source in (REPOSITORY / "compliance_tf", REPOSITORY / "lambda_src" / "compliance_runtime"):
        for file in source.rglob("*.py"):
            names = {*imported_at_run_time(syntax(file))} - OWN - sys.stdlib_module_names
            extra = EXTRA_OF.get(
                file.relative_to(REPOSITORY).as_posix(), EXTRA_OF.get(file.relative_to(source).parts[0])
            )
            assert names <= declared(extra), f"{file.relative_to(REPOSITORY)} imports what is not declared"


def test_the_demo_plays_the_example_to_copy() -> None:
    demo = REPOSITORY / "compliance_tf" / "local" / "demo_app.txt"
    assert demo.read_text() == (REPOSITORY / "main.py").read_text(), "copy main.py to compliance_tf/local/demo_app.txt"


def test_no_message_asks_people_to_run_make() -> None:
    """Those who have the wheel have no Makefile."""
    for file in (REPOSITORY / "compliance_tf").rglob("*.py"):
        found = re.findall(r"(?:run|with|by) `?make [a-z]+", file.read_text())
        assert found == [], f"{file.relative_to(REPOSITORY)}: {found}"
