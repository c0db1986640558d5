"""The first line of a docstring is an imperative or a noun phrase, as CONTRIBUTING.md says."""

from __future__ import annotations

import ast
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from tests.repository import REPOSITORY, syntax

if TYPE_CHECKING:
    from collections.abc import Iterator

REFUSED = {"What", "Which", "How", "Whether", "Where", "Who", "Whom", "Whose", "When", "Why", "Give", "Say", "Tell"}


@pytest.mark.parametrize("folder", ["compliance_tf", "lambda_src", "maintenance"])
def test_no_docstring_begins_with_a_question_word_or_a_vague_verb(folder: str) -> None:
    found = [
        f"{path.relative_to(REPOSITORY)}:{line}: {text.splitlines()[0]}"
        for path in sorted((REPOSITORY / folder).rglob("*.py"))
        for line, text in docstrings(syntax(path))
        if text.split()[0].strip(",:;") in REFUSED
    ]
    assert not found, "Begin with an imperative (Return ...) or a noun (The names of ...):\n" + "\n".join(found)


def docstrings(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield the line and the text of each docstring, and of each text behind the assignment of a constant."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            for before, statement in pairwise([None, *node.body]):
                match before, statement:
                    case ((None | ast.Assign() | ast.AnnAssign()), ast.Expr(value=ast.Constant(value=str(text)))):
                        yield statement.lineno, text.strip()
