"""The versions of the packages that are installed here, for a new project to begin with."""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, distribution
from typing import Final

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_EXTRA: Final = re.compile(r"(?: and )?extra == ['\"]([^'\"]+)['\"](?: and )?")


def pins(name: str, extra: str) -> list[str]:
    """List what a package with an extra needs, directly or not, as pip's requirements with exact versions.

    Parameters
    ----------
    name
        The package, which is installed.
    extra
        Its extra, which may be missing here.

    Returns
    -------
    list[str]
        Sorted requirements such as ``boto3==1.40.1``, with the condition that a Python or platform needs it: only of
        what is installed, and without the package itself.
    """
    found: dict[str, str] = {}
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
            if (wanted and wanted[1] != of_it) or inner in found or inner == name:
                continue
            try:
                condition = _EXTRA.sub("", requirement.partition(";")[2]).strip()
                found[inner] = distribution(inner).version + (f"; {condition}" if condition else "")
            except PackageNotFoundError:
                continue
            waiting.append((inner, ""))
    return [f"{one}=={version}" for one, version in sorted(found.items())]


def _name(requirement: str) -> str:
    """Return the normalized name of a requirement's package."""
    match = _NAME.match(requirement)
    return re.sub(r"[-_.]+", "-", match[0]).lower() if match else ""
