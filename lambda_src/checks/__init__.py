"""The checks: one file each, found by name and imported only when needed."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from lambda_src.check import Check
from lambda_src.errors import CheckError
from lambda_src.suggestions import hint


def check_ids() -> tuple[str, ...]:
    """List the ids of all checks, sorted, without importing any."""
    return tuple(
        sorted(
            file.stem.replace("_", "-") for file in Path(__file__).parent.glob("*.py") if not file.stem.startswith("_")
        )
    )


@cache
def load_check(check_id: str) -> Check[Any]:
    """Import the declaration of one check, looked for once per process.

    Raises
    ------
    CheckError
        When the id is unknown, the file cannot be imported, or its ``CHECK`` is missing or has another id.
    """
    if check_id not in check_ids():
        allowed = check_ids()
        raise CheckError(f"There is no check {check_id!r}.{hint(check_id, allowed)} Allowed: {', '.join(allowed)}.")
    name = f"{__name__}.{check_id.replace('-', '_')}"
    try:
        check = getattr(import_module(name), "CHECK", None)
    except Exception as cause:
        raise CheckError(f"Check {check_id} cannot be imported from {name}: {cause!r}.") from cause
    if not isinstance(check, Check) or check.id != check_id:
        raise CheckError(f"{name} must end in CHECK = Check(id={check_id!r}, ...); it has {check!r:.80}.")
    return check
