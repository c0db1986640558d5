"""Validation of the check that a user's file declares; errors name the file and the line."""

from __future__ import annotations

import ast
import inspect
import re
import traceback
from dataclasses import dataclass, is_dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, NoReturn

from compliance_runtime.check import MAX_DESCRIPTION, ChangeCheck, LookupCheck, PeriodicCheck, Severity
from compliance_runtime.errors import ParameterError
from compliance_runtime.parameters import declared_parameters
from compliance_runtime.suggestions import hint
from compliance_tf.catalog.recorded_types import check_types
from compliance_tf.errors import SettingError

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

    from compliance_runtime.check import Check

_ARGUMENTS: Final = {
    ChangeCheck: "(item, parameters)",
    LookupCheck: "(item, parameters, account)",
    PeriodicCheck: "(account, parameters)",
}
"""The arguments of ``evaluate`` by kind of check."""

_ACTION: Final = re.compile(r"[a-z0-9-]+:[A-Z][A-Za-z0-9]+")


def declared_check(path: Path, check_id: str, module: ModuleType) -> Check[Any]:
    """Return the check that a file declares.

    Parameters
    ----------
    path
        The file.
    check_id
        The id that follows from the file's name.
    module
        The file, imported.

    Returns
    -------
    Check
        The file's ``CHECK``, of which everything was validated that a deployment needs.

    Raises
    ------
    SettingError
        When it declares none, or one that cannot be deployed; the message begins with file and line.
    """
    return _File(path).check(check_id, getattr(module, "CHECK", None))


def import_problem(path: Path, cause: BaseException) -> SettingError:
    """Describe why a file cannot be imported, with the line of that file that caused it."""
    if isinstance(cause, SyntaxError):
        return SettingError(f"{cause.filename or path}, line {cause.lineno or 1} is not Python: {cause.msg}.")
    frames = traceback.extract_tb(cause.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == str(path.resolve()) and frame.lineno]
    return SettingError(
        f"{path}, line {lines[-1] if lines else 1}: the check cannot be imported: {type(cause).__name__}: {cause}."
    )


@dataclass(frozen=True)
class _File:
    path: Path

    def check(self, check_id: str, declared: object) -> Check[Any]:
        if not isinstance(declared, ChangeCheck | LookupCheck | PeriodicCheck):
            what = "has none" if declared is None else f"has {declared!r:.80}"
            self._refuse(
                "", f"the file must end in CHECK = ChangeCheck(id={check_id!r}, ...), or another kind; it {what}."
            )
        if declared.id != check_id:
            self._refuse("id", f"id={declared.id!r} must be {check_id!r}, because the file is called {self.path.name}.")
        if not isinstance(declared.severity, Severity):
            names = [f"Severity.{name}" for name in Severity.__members__]
            asked = f"Severity.{str(declared.severity).upper()}"
            self._refuse(
                "severity", f"severity={declared.severity!r} is not one of {', '.join(names)}.{hint(asked, names)}"
            )
        self._check_texts(declared)
        self._check_parameters(declared)
        self._check_evaluate(declared)
        if isinstance(declared, LookupCheck | PeriodicCheck):
            self._check_actions(declared.actions)
        return declared

    def _check_texts(self, declared: Check[Any]) -> None:
        for name in ("title", "description"):
            value = getattr(declared, name)
            if not isinstance(value, str) or not value.strip():
                self._refuse(name, f"{name}={value!r:.80} is not a string.")
        if len(declared.description) > MAX_DESCRIPTION:
            self._refuse(
                "description",
                f"the description is too long: it has {len(declared.description)} characters (at most "
                f"{MAX_DESCRIPTION}).",
            )
        types: object = declared.resource_types
        if not isinstance(types, tuple) or not all(isinstance(one, str) for one in types):
            self._refuse(
                "resource_types",
                f"resource_types={types!r:.80} is not a tuple of strings, such as ('AWS::S3::Bucket',).",
            )
        try:
            check_types(f"check {declared.id}", declared.resource_types)
        except SettingError as cause:
            self._refuse("resource_types", str(cause))

    def _check_parameters(self, declared: Check[Any]) -> None:
        if not isinstance(declared.parameters, type) or not is_dataclass(declared.parameters):
            self._refuse(
                "parameters", f"parameters={declared.parameters!r:.80} is not an instance of a frozen dataclass."
            )
        try:
            declared_parameters(declared.parameters)
        except ParameterError as cause:
            self._refuse("parameters", str(cause))

    def _check_evaluate(self, declared: Check[Any]) -> None:
        arguments = _ARGUMENTS[type(declared)]
        evaluate: Any = getattr(declared, "evaluate")  # noqa: B009 (its type depends on the kind)
        if not callable(evaluate):
            self._refuse("evaluate", f"evaluate={evaluate!r:.80} is not a function: give evaluate{arguments}.")
        try:
            signature = inspect.signature(evaluate)
            signature.bind(*arguments.split(", "))
        except (TypeError, ValueError):
            code = getattr(evaluate, "__code__", None)
            own = code is not None and code.co_filename == str(self.path.resolve())
            kind = type(declared).__name__
            self._refuse(
                "evaluate",
                f"a {kind} calls evaluate{arguments}, and {getattr(evaluate, '__name__', 'it')}{signature} cannot take "
                "that.",
                line=code.co_firstlineno if own and code else None,
            )

    def _check_actions(self, actions: object) -> None:
        if not isinstance(actions, tuple) or not actions:
            self._refuse("actions", f"actions={actions!r:.80} is not a tuple of IAM actions, as ('iam:ListRoles',).")
        for action in actions:
            if not isinstance(action, str) or not _ACTION.fullmatch(action):
                self._refuse(
                    "actions",
                    f"the action {action!r:.80} is not complete: give the service and the name, such as iam:ListRoles.",
                )

    def _refuse(self, member: str, message: str, *, line: int | None = None) -> NoReturn:
        raise SettingError(f"{self.path}, line {line or self._lines.get(member) or self._lines.get('', 1)}: {message}")

    @cached_property
    def _lines(self) -> dict[str, int]:
        """The lines of the declaration, ``""``, and of its arguments."""
        lines: dict[str, int] = {}
        for statement in ast.parse(self.path.read_bytes()).body:
            targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
            if not any(isinstance(target, ast.Name) and target.id == "CHECK" for target in targets):
                continue
            lines[""] = statement.lineno
            value = getattr(statement, "value", None)
            keywords = value.keywords if isinstance(value, ast.Call) else []
            lines |= {keyword.arg: keyword.value.lineno for keyword in keywords if keyword.arg}
        return lines
