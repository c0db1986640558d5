"""The conformance packs that AWS publishes: which managed rules each has, with which parameters.

The facts are in ``generated/conformance_packs.json``, written by ``python -m maintenance.import_facts``. They are
read at the first look-up, not at import.
"""

from __future__ import annotations

import datetime
import functools
import json
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from compliance_runtime.suggestions import hint
from compliance_tf.catalog.pack_naming import short_name
from compliance_tf.errors import UnknownPackError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from compliance_tf.catalog.usage import MaximumExecutionFrequency

DATA_FILE: Final = Path(__file__).with_name("generated") / "conformance_packs.json"

PROCESS_CHECK: Final = "AWS_CONFIG_PROCESS_CHECK"
"""The identifier in packs of duties that people do and tick off. No rule of this name can be declared, nor would
anything evaluate it (AWS Config Developer Guide, Process Checks)."""


@dataclass(frozen=True, slots=True)
class ConformancePackRule:
    """A managed rule of a conformance pack.

    Attributes
    ----------
    identifier
        The managed rule's identifier.
    parameters
        The pack's values, as AWS Config takes them. The rule's defaults hold for the others.
    frequency
        The interval of its evaluation in the pack; None for every 24 hours, or for changes alone.
    """

    identifier: str
    parameters: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    frequency: MaximumExecutionFrequency | None = None


@dataclass(frozen=True, slots=True)
class ConformancePack:
    """A conformance pack that AWS publishes.

    Attributes
    ----------
    name
        Its short name, such as ``pci-dss-4.0``; ``pack_naming`` makes it.
    aws_name
        AWS's name of its template.
    title
        A few words for tables and headings.
    rules
        Its managed rules, in the order of their identifiers.
    process_checks
        Whether it also has process checks, which people answer and no rule can.
    """

    name: str
    aws_name: str
    title: str
    rules: tuple[ConformancePackRule, ...]
    process_checks: bool = False


@dataclass(frozen=True, slots=True)
class ConformancePackCatalog:
    """All conformance packs that are known.

    Attributes
    ----------
    source
        Where the facts come from.
    as_of
        The date of the facts.
    packs
        The packs by short name, in the order of the names.
    """

    source: str
    as_of: datetime.date
    packs: Mapping[str, ConformancePack]


@functools.cache
def conformance_packs() -> ConformancePackCatalog:
    """Return all conformance packs, read once per process."""
    return read_packs(DATA_FILE.read_text(encoding="utf-8"))


def conformance_pack(name: str) -> ConformancePack:
    """Return the facts of a conformance pack.

    Parameters
    ----------
    name
        Its short name, or AWS's name of it.

    Returns
    -------
    ConformancePack
        The pack, with its rules and the parameters that AWS gives them.

    Raises
    ------
    UnknownPackError
        No pack has this name; the message suggests the nearest one.

    Examples
    --------
    >>> conformance_pack("Operational-Best-Practices-for-HIPAA-Security").name
    'hipaa'
    """
    packs = conformance_packs().packs
    by_any_name = {pack.aws_name: pack for pack in packs.values()} | dict(packs)
    if name not in by_any_name:
        raise UnknownPackError(
            f"pack {name!r} is not known.{hint(short_name(name), packs)} `compliance-tf packs` lists all {len(packs)}."
        )
    return by_any_name[name]


def read_packs(text: str) -> ConformancePackCatalog:
    """Read the text of a data file, which must be valid by ``conformance_packs.schema.json``."""
    document = json.loads(text)
    return ConformancePackCatalog(
        source=document["source"],
        as_of=datetime.date.fromisoformat(document["as_of"]),
        packs=MappingProxyType({pack["name"]: _read_pack(pack) for pack in document["packs"]}),
    )


def _read_pack(pack: dict[str, Any]) -> ConformancePack:
    return ConformancePack(
        name=pack["name"],
        aws_name=pack["aws_name"],
        title=pack["title"],
        rules=tuple(
            ConformancePackRule(identifier, MappingProxyType(rule.get("parameters", {})), rule.get("frequency"))
            for identifier, rule in pack["rules"].items()
        ),
        process_checks=pack.get("process_checks", False),
    )
