"""Assumptions about AWS that local tests cannot check, read from ``assumptions.json``."""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

DATA_FILE: Final = Path(__file__).with_name("assumptions.json")


@dataclass(frozen=True)
class Assumption:
    """An assumption about AWS.

    Parameters
    ----------
    id
        Its id in reports, in kebab case.
    sentence
        The assumption, in a sentence.
    source
        The source: a document, or the code.
    date
        The date on which the source was read, as 2026-11-26.
    consequence
        The consequence if it does not hold.
    relied_on
        The files that rely on it, from the repository's root.
    probe
        The name of its probe in ``compliance_tf.verify.probes``; None where a short verification cannot check it.
    """

    id: str
    sentence: str
    source: str
    date: str
    consequence: str
    relied_on: tuple[str, ...]
    probe: str | None


@functools.cache
def assumptions() -> tuple[Assumption, ...]:
    """Return all assumptions in the order of the file, read once per process."""
    entries = json.loads(DATA_FILE.read_text(encoding="utf-8"))["assumptions"]
    return tuple(Assumption(**{"probe": None, **entry, "relied_on": tuple(entry["relied_on"])}) for entry in entries)
