"""A folder of the user's own checks: found, validated, and packed with the functions."""

from __future__ import annotations

import ast
import re
import sys
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from compliance_runtime.checks import check_ids, check_module, ids_in
from compliance_runtime.suggestions import hint
from compliance_tf.checks.declaration import declared_check, import_problem
from compliance_tf.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from compliance_runtime.check import Check

IN_THE_FUNCTION = frozenset({"boto3", "botocore", "compliance_runtime"})
"""Packages that code in the function can import beside the standard library and its own folder."""


@dataclass(frozen=True)
class CheckFolder:
    """A folder of Python files, each of which declares a check; files that begin with ``_`` are helpers.

    In the function it has its own name as a package, so that ``from checks._names import ...`` works there as it does
    on this machine.

    Parameters
    ----------
    path
        The folder.

    Raises
    ------
    SettingError
        When there is no such folder, or its name is not valid for a package.
    """

    path: Path

    def __post_init__(self) -> None:
        if not self.path.is_dir():
            raise SettingError(f"checks={str(self.path)!r}: the folder does not exist.")
        taken = {*sys.stdlib_module_names, *IN_THE_FUNCTION, "compliance_tf"}
        if not self.package.isidentifier() or self.package in taken:
            raise SettingError(
                f"checks={str(self.path)!r}: the folder's name is that of a package, so it must be a Python name that "
                "no module has yet: call it checks, for example."
            )

    @property
    def package(self) -> str:
        """The package name of the folder."""
        return self.path.resolve().name

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of its checks, sorted."""
        return ids_in(self.path)

    def module(self, check_id: str) -> str:
        """Return the name of the module that declares a check."""
        return check_module(check_id, self.package)

    def load(self, check_id: str) -> Check[Any]:
        """Import a check in the same way as the function.

        Returns
        -------
        Check
            The check, imported and validated.

        Raises
        ------
        SettingError
            When it does not exist, its declaration is invalid, or it imports what the function does not have.
        """  # noqa: DOC501 import_problem returns a SettingError
        self._refuse_misplaced()
        if check_id not in self.ids:
            raise SettingError(
                f"There is no check {check_id!r} in {self.path}.{hint(check_id, self.ids)} "
                f"It has {', '.join(self.ids) or 'none'}."
            )
        if check_id in check_ids():
            raise SettingError(f"{self.path} has a check {check_id!r}, which is also a shipped check: rename yours.")
        self._import_package()
        path = self.path / f"{check_id.replace('-', '_')}.py"
        try:
            module = import_module(self.module(check_id))
        except Exception as cause:
            raise import_problem(path, cause) from cause
        return declared_check(path, check_id, module)

    def validate(self) -> None:
        """Validate that all checks can be deployed.

        Raises
        ------
        SettingError
            For the first file that cannot.
        """
        self._refuse_misplaced()
        for path in self._files("*.py"):
            self._refuse_foreign_imports(path)
        for check_id in self.ids:
            self.load(check_id)

    def files(self) -> Mapping[str, bytes]:
        """Return the files to pack, by their path in the zip."""
        return {
            f"{self.package}/{path.relative_to(self.path).as_posix()}": path.read_bytes() for path in self._files("*")
        }

    def _files(self, pattern: str) -> Iterator[Path]:
        for path in sorted(self.path.rglob(pattern)):
            parts = path.relative_to(self.path).parts
            if path.is_file() and not any(part.startswith(".") or part == "__pycache__" for part in parts):
                yield path

    def _refuse_misplaced(self) -> None:
        """Refuse a check that would not be found: in a subfolder, or in a file that Python cannot import."""
        for path in self._files("*.py"):
            below = path.relative_to(self.path)
            if len(below.parts) == 1 and path.stem.startswith("_"):
                continue
            if len(below.parts) > 1 and _declares_a_check(path):
                raise SettingError(
                    f"{path} declares a check in a subfolder of {self.path}, where checks are not searched: move it to "
                    f"{self.path / path.name}. Subfolders may only have helpers."
                )
            if len(below.parts) == 1 and not path.stem.isidentifier():
                name = _python_name(path.stem)
                raise SettingError(
                    f"{path} cannot be imported, because its name is not a Python identifier: call it {name}.py. Its "
                    f"check then has the id {name.replace('_', '-')!r}."
                )

    def _import_package(self) -> None:
        parent = str(self.path.resolve().parent)
        if parent not in sys.path:
            # At the end, so that nothing beside the folder shadows a module that others import.
            sys.path.append(parent)
        places = [Path(place).resolve() for place in import_module(self.package).__path__]
        if self.path.resolve() not in places:
            raise SettingError(
                f"checks={str(self.path)!r}: Python finds another package {self.package!r} in {places[0]}: "
                "rename the folder."
            )

    def _refuse_foreign_imports(self, path: Path) -> None:
        allowed = {*sys.stdlib_module_names, *IN_THE_FUNCTION, self.package}
        try:
            tree = ast.parse(path.read_bytes(), filename=str(path))
        except (SyntaxError, ValueError) as cause:
            raise import_problem(path, cause) from cause
        for line, name in _imports(tree.body):
            if name.partition(".")[0] not in allowed:
                raise SettingError(
                    f"{path}, line {line} imports {name}, which the function does not have: a check can import "
                    "Python's own modules, boto3, compliance_runtime and its own folder."
                )


def _imports(body: list[ast.stmt]) -> Iterator[tuple[int, str]]:
    """Yield the line and module of all imports except relative ones and those for type checkers."""
    for statement in body:
        if isinstance(statement, ast.If) and ast.unparse(statement.test) in {"TYPE_CHECKING", "typing.TYPE_CHECKING"}:
            yield from _imports(statement.orelse)
            continue
        if isinstance(statement, ast.Import):
            yield from ((statement.lineno, alias.name) for alias in statement.names)
        elif isinstance(statement, ast.ImportFrom) and not statement.level:
            yield (statement.lineno, statement.module or "")
        for block in ("body", "orelse", "finalbody"):
            yield from _imports(getattr(statement, block, []))
        for handler in getattr(statement, "handlers", []):
            yield from _imports(handler.body)


def _declares_a_check(path: Path) -> bool:
    try:
        body = ast.parse(path.read_bytes(), filename=str(path)).body
    except (SyntaxError, ValueError):
        return False
    targets = [target for statement in body if isinstance(statement, ast.Assign) for target in statement.targets]
    targets += [statement.target for statement in body if isinstance(statement, ast.AnnAssign)]
    return any(isinstance(target, ast.Name) and target.id == "CHECK" for target in targets)


def _python_name(stem: str) -> str:
    name = re.sub(r"\W", "_", stem)
    return name if name.isidentifier() else f"check_{name}"
