"""The versions of the packages that are installed here, for a new project to begin with."""

from __future__ import annotations

import re
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_EXTRA: Final = re.compile(r"(?: and )?extra == ['\"]([^'\"]+)['\"](?: and )?")


@cache
def pins(name: str, extra: str) -> tuple[str, ...]:
    """List what a package with an extra needs, directly or not, as pip's requirements with exact versions.

    Parameters
    ----------
    name
        The package, which is installed.
    extra
        Its extra, which may be missing here.

    Returns
    -------
    tuple[str, ...]
        Sorted requirements such as ``boto3==1.40.1``, with the condition that a Python or platform needs it: only of
        what is installed, and without the package itself.
    """
    conditions: dict[str, set[str]] = {}
    waiting = [(name, extra)]
    while waiting:
        one, of_it = waiting.pop()
        try:
            needed = distribution(one).requires or []
        except PackageNotFoundError:
            # For another platform or Python.
            continue
        for requirement in needed:
            wanted = _EXTRA.search(requirement)
            inner = _name(requirement)
            if (wanted and wanted[1] != of_it) or inner == name:
                continue
            if inner not in conditions:
                waiting.append((inner, ""))
            conditions.setdefault(inner, set()).add(_EXTRA.sub("", requirement.partition(";")[2]).strip())
    return tuple(line for one in sorted(conditions) for line in _pin(one, conditions[one]))


def _pin(name: str, conditions: Collection[str]) -> list[str]:
    """Pin a package under the conditions that its dependents have; unconditionally if one has none."""
    try:
        pinned = f"{name}=={distribution(name).version}"
    except PackageNotFoundError:
        return []
    joined = " or ".join(f"({one})" if len(conditions) > 1 else one for one in sorted(conditions))
    return [pinned if "" in conditions else f"{pinned}; {joined}"]


def _name(requirement: str) -> str:
    """Return the normalized name of a requirement's package."""
    match = _NAME.match(requirement)
    return re.sub(r"[-_.]+", "-", match[0]).lower() if match else ""
