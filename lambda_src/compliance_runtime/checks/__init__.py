"""The checks: one file each, found by name and imported only when needed."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from compliance_runtime.check import ChangeCheck, Check, LookupCheck, PeriodicCheck
from compliance_runtime.errors import CheckError
from compliance_runtime.suggestions import hint


@cache
def check_ids() -> tuple[str, ...]:
    """List the ids of the checks of this folder, sorted, without importing any."""
    return ids_in(Path(__file__).parent)


def ids_in(folder: Path) -> tuple[str, ...]:
    """List the ids of the checks of a folder, sorted: the names of its files, except those that begin with ``_``."""
    return tuple(sorted(file.stem.replace("_", "-") for file in folder.glob("*.py") if not file.stem.startswith("_")))


def check_module(check_id: str, package: str = __name__) -> str:
    """Return the name of the module that declares a check, in this package or in another one."""
    return f"{package}.{check_id.replace('-', '_')}"


def load_check(check_id: str) -> Check[Any]:
    """Import the declaration of one of the checks of this folder.

    Returns
    -------
    Check
        The check, as its file declares it.

    Raises
    ------
    CheckError
        When the id is unknown, or ``import_check`` finds no such declaration.
    """
    if check_id not in check_ids():
        allowed = check_ids()
        raise CheckError(f"There is no check {check_id!r}.{hint(check_id, allowed)} Allowed: {', '.join(allowed)}.")
    return import_check(check_module(check_id))


@cache
def import_check(module: str) -> Check[Any]:
    """Import the declaration of a check from its module, once per process.

    Returns
    -------
    Check
        The ``CHECK`` of the module.

    Raises
    ------
    CheckError
        When the file cannot be imported, or its ``CHECK`` is missing, is not a check, or has another id.
    """
    check_id = module.rpartition(".")[2].replace("_", "-")
    try:
        check = getattr(import_module(module), "CHECK", None)
    except Exception as cause:
        raise CheckError(f"Check {check_id} cannot be imported from {module}: {cause!r}.") from cause
    if not isinstance(check, ChangeCheck | LookupCheck | PeriodicCheck) or check.id != check_id:
        raise CheckError(f"{module} must end in CHECK = ChangeCheck(id={check_id!r}, ...); it has {check!r:.80}.")
    return check
