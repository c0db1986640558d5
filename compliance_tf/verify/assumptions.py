"""What the code assumes of AWS and no machine of ours can check, read from ``assumptions.json``."""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

DATA_FILE: Final = Path(__file__).with_name("assumptions.json")


@dataclass(frozen=True)
class Assumption:
    """One assumption.

    Parameters
    ----------
    id
        What reports call it, in kebab case.
    sentence
        What is assumed.
    source
        Where it comes from.
    date
        The day on which the source was read, as 2026-11-26.
    consequence
        What happens if it does not hold.
    relied_on
        The files that rely on it, from the repository's root.
    probe
        The name of what checks it in ``compliance_tf.verify.probes``; None where a short visit to an account cannot.
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
