"""The document model between the content of a review and its formats.

All texts are untrusted: names, reasons and parameters come from the author of the plan's configuration. A format shows
them as text, whatever they contain.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from compliance_tf.review.policies import Verdict


@dataclass(frozen=True)
class Code:
    """A name or a value, which is shown literally."""

    text: str


@dataclass(frozen=True)
class Strong:
    """Emphasized prose."""

    text: str


Inline: TypeAlias = str | Code | Strong
"""A text is prose."""

Words: TypeAlias = tuple[Inline, ...]


class Rank(IntEnum):
    """The importance of the parts of a list; where space is limited, the least important are left out first."""

    DIFF = 0
    RESOURCE = 1
    RULE = 2
    CONTEXT = 3
    PERMISSION_INCREASE = 4
    REMOVAL = 5
    FINDING = 6


@dataclass(frozen=True)
class Paragraph:
    """A sentence or two, which is never left out."""

    words: Words


@dataclass(frozen=True)
class Bullets:
    """A list.

    Parameters
    ----------
    items
        Its items, the most important first.
    noun
        The noun of the items, in the plural.
    rank
        Their importance.
    """

    items: tuple[Words, ...]
    noun: str
    rank: Rank


@dataclass(frozen=True)
class Table:
    """A table.

    Parameters
    ----------
    columns
        The headings; an empty one for a column that says what a row is of.
    rows
        The cells, as many in each row as there are columns; the most important row first.
    noun
        The noun of the rows, in the plural.
    rank
        Their importance.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Words, ...], ...]
    noun: str
    rank: Rank


@dataclass(frozen=True)
class Resource:
    """A resource with its change.

    Parameters
    ----------
    words
        The change in words.
    diff
        The lines that differ, each with ``+``, ``-``, ``@@`` or a space at its beginning; empty where none do.
    """

    words: Words
    diff: tuple[str, ...]


@dataclass(frozen=True)
class Resources:
    """A list of resources, each with its differences to unfold."""

    items: tuple[Resource, ...]


@dataclass(frozen=True)
class Fold:
    """Blocks that are folded."""

    summary: Words
    blocks: tuple[Block, ...]


Block: TypeAlias = Paragraph | Bullets | Table | Resources | Fold


@dataclass(frozen=True)
class Section:
    """Blocks under a heading; without a heading where it is empty."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Document:
    """The document of a plan.

    Parameters
    ----------
    deployment
        Its project, region and workspace, which together identify a review.
    verdict
        The verdict on the plan.
    title
        The deployment, for people.
    line
        The whole content in one line, for a plan without changes and findings; else None.
    sections
        The sections, by importance.
    footer
        The identification of the plan.
    headline
        The verdict in words of its own; the verdict's usual ones where it is empty.
    kind
        The kind in the marker of its comment.
    """

    deployment: tuple[str, str, str]
    verdict: Verdict
    title: Words
    line: Words | None
    sections: tuple[Section, ...]
    footer: Words
    headline: str = ""
    kind: str = "review"
