"""Reviews of many cells: those that say the same are one, with the list of their cells."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import msgspec

from compliance_tf.errors import FleetError
from compliance_tf.output.sanitize import json_text
from compliance_tf.review.rendering import Format, render
from compliance_tf.review.rendering.json_form import as_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from compliance_tf.fleet.cells import Cell
    from compliance_tf.review.review import Review

VERSION: Final = 1
"""Grows when a member goes, or means something else."""

_LISTED: Final = 5
_OF_THE_CELL: Final = ("fingerprint", "deployment", "commit")


@dataclass
class Group:
    """Cells whose reviews say the same.

    Parameters
    ----------
    review
        That of the first cell.
    fingerprints
        Those of the plans, by cell.
    """

    review: Review
    fingerprints: dict[Cell, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """Return the number of cells, and their names."""
        names = [str(cell) for cell in self.fingerprints]
        more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
        return f"{len(names)} {'cell' if len(names) == 1 else 'cells'}: {', '.join(names[:_LISTED])}{more}"

    @property
    def changes(self) -> str:
        """Describe in a few words what the plans do."""
        actions = Counter(one.action.name.lower().replace("_", " ") for one in self.review.details)
        said = ", ".join(f"{number} to {action}" for action, number in sorted(actions.items()))
        return said or ("no changes" if self.review.is_empty else "only outputs change")


def grouped(reviews: Iterable[tuple[Cell, Review]]) -> list[Group]:
    """Group reviews by what they say, but for what is the cell's own; the largest group comes first."""
    groups: dict[str, Group] = {}
    for cell, review in reviews:
        groups.setdefault(_key(cell, review), Group(review)).fingerprints[cell] = review.fingerprint
    return sorted(groups.values(), key=lambda group: -len(group.fingerprints))


def _key(cell: Cell, review: Review) -> str:
    """Identify what a review says: the account's number and the region are the same for all."""
    (document,) = msgspec.json.decode(as_json([review], None))["reviews"]
    text = json_text({name: value for name, value in document.items() if name not in _OF_THE_CELL})
    text = text.replace(cell.account, "{account}").replace(cell.region.region, "{region}")
    return hashlib.sha256(text.encode()).hexdigest()


def render_groups(form: Format, groups: Sequence[Group], failed: Mapping[Cell, str]) -> str:
    """Write groups of reviews.

    Parameters
    ----------
    form
        Terminal, Markdown or JSON.
    failed
        The cells that have no review, and why.

    Returns
    -------
    str
        The review of each group below the cells that it is of, then the cells without one.

    Raises
    ------
    FleetError
        When it is another form.
    """
    match form:
        case Format.JSON:
            return json_text(_document(groups, failed), indent=2) + "\n"
        case Format.TERMINAL:
            heading = "{}"
        case Format.MARKDOWN:
            heading = "## {}"
        case _:
            raise FleetError(f"Reviews of a fleet have no form '{form.value}': give terminal, markdown or json.")
    parts = [f"{heading.format(group.title)}\n\n{render(form, [group.review])}" for group in groups]
    if failed:
        title = heading.format(f"{len(failed)} {'cell has' if len(failed) == 1 else 'cells have'} no review")
        parts.append("\n".join([title, "", *(f"- {cell}: {why}" for cell, why in failed.items())]) + "\n")
    return "\n".join(parts)


def _document(groups: Sequence[Group], failed: Mapping[Cell, str]) -> dict[str, Any]:
    return {
        "version": VERSION,
        "groups": [
            {
                "verdict": group.review.verdict.name.lower(),
                "changes": group.changes,
                "cells": [{**_place(cell), "fingerprint": one} for cell, one in group.fingerprints.items()],
                "review": msgspec.json.decode(as_json([group.review], None))["reviews"][0],
            }
            for group in groups
        ],
        "failed": [{**_place(cell), "why": why} for cell, why in failed.items()],
    }


def _place(cell: Cell) -> dict[str, str]:
    return dict(zip(("account", "region", "workspace"), cell.place, strict=True))


class _Reviewed(msgspec.Struct, frozen=True):
    account: str
    region: str
    workspace: str
    fingerprint: str


class _ReviewedGroup(msgspec.Struct, frozen=True):
    cells: tuple[_Reviewed, ...]


class _ReviewedFleet(msgspec.Struct, frozen=True):
    version: int
    groups: tuple[_ReviewedGroup, ...]


def reviewed_fingerprints(path: Path) -> dict[tuple[str, str, str], str]:
    """Read which plans were reviewed, by account, region and workspace, from what ``fleet review --format json`` wrote.

    Returns
    -------
    dict[tuple[str, str, str], str]
        The fingerprint of each cell's plan.

    Raises
    ------
    FleetError
        When it has another form.
    """
    try:
        read = msgspec.json.decode(path.read_bytes(), type=_ReviewedFleet)
    except (OSError, msgspec.DecodeError) as cause:
        raise FleetError(
            f"{path} is not a review of a fleet: {cause}. Write it by `fleet review --format json`."
        ) from cause
    if read.version != VERSION:
        raise FleetError(f"{path} is of version {read.version}, and this program reads {VERSION}: review again.")
    return {(one.account, one.region, one.workspace): one.fingerprint for group in read.groups for one in group.cells}
