"""Typed access to the frameworks.

Each is a JSON file beside this module that fits ``frameworks.schema.json``: some kept by hand, others written by
``python -m maintenance.import_frameworks``. They are read at the first look-up, not at import.
"""

from __future__ import annotations

import datetime  # noqa: TC003 (msgspec evaluates the annotations)
import functools
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import msgspec

from compliance_runtime.suggestions import hint
from compliance_tf.errors import UnknownFrameworkError

if TYPE_CHECKING:
    from collections.abc import Mapping

FOLDER: Final = Path(__file__).parent
SCHEMA_FILE: Final = FOLDER.with_name("frameworks.schema.json")


@dataclass(frozen=True, slots=True)
class Control:
    """A control of a framework.

    Attributes
    ----------
    id
        As the framework writes it, such as ``PR.DS-1`` or ``2.1.2``.
    title
        Its title; None where the framework's text is not free to use.
    rules
        The identifiers of the managed rules that map to it, sorted.
    checks
        The ids of checks for which there is no managed rule, sorted. A check that does the same as a managed
        rule is not listed: ``compliance_tf.results.frameworks.equivalents`` has those.
    unmatched
        How many further requirements the source names for it for which there is no rule: with some, it never passes.
    """

    id: str
    title: str | None = None
    rules: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    unmatched: int = 0


@dataclass(frozen=True, slots=True)
class Framework:
    """A framework: a standard, a benchmark or a law.

    Attributes
    ----------
    name
        Its short name, which is that of AWS's conformance pack for it where there is one.
    title
        Its full name with the version.
    source
        The source of the mapping from rules to controls.
    as_of
        The date of that source.
    controls
        The controls that rules map to, in the framework's order. Controls that no rule can judge are left out.
    """

    name: str
    title: str
    source: str
    as_of: datetime.date
    controls: tuple[Control, ...]


@functools.cache
def frameworks() -> Mapping[str, Framework]:
    """Return all frameworks by name, in the order of the names, read once per process."""
    found = (read_framework(file.read_text(encoding="utf-8")) for file in sorted(FOLDER.glob("*.json")))
    return MappingProxyType({framework.name: framework for framework in found})


def framework(name: str) -> Framework:
    """Return a framework.

    Returns
    -------
    Framework
        The framework of that short name, with its controls and the rules of each.

    Raises
    ------
    UnknownFrameworkError
        No framework has this name; the message suggests the nearest one.

    Examples
    --------
    >>> framework("nist-csf").title
    'NIST Cybersecurity Framework 1.1'
    """
    known = frameworks()
    if name not in known:
        raise UnknownFrameworkError(
            f"No framework is called '{name}'.{hint(name, known)} `compliance-tf frameworks` lists all {len(known)}."
        )
    return known[name]


def read_framework(text: str) -> Framework:
    """Read the text of a data file, which must be valid by ``frameworks.schema.json``."""
    return msgspec.json.decode(text, type=Framework)
