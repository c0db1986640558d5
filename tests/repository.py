"""Where this repository stands, and what its tests share on this machine."""

import ast
from functools import cache
from pathlib import Path
from typing import Final

REPOSITORY: Final = Path(__file__).parents[1]
DOCS: Final = REPOSITORY / "docs"
REFERENCE: Final = DOCS / "reference"

JSII_CACHE: Final = {"JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(Path.home() / ".cache" / "aws" / "jsii" / "package-cache")}
"""For programs with a home of their own, in which jsii would unpack all packages and index their types anew."""


@cache
def syntax(file: Path) -> ast.Module:
    """Return the syntax tree of a source file, which is parsed once a process: for all files that takes a second."""
    return ast.parse(file.read_text(encoding="utf-8"))
