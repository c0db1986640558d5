"""What is said of a plan, before it takes the form of a comment, a page or a terminal's lines.

All texts are taken as hostile: names, reasons and parameters come from whoever wrote the plan's configuration. A form
shows them as text, whatever stands in them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from compliance_tf.review.policies import Verdict


@dataclass(frozen=True)
class Code:
    """A name or a value, which is shown as it is written."""

    text: str


@dataclass(frozen=True)
class Strong:
    """Prose that stands out."""

    text: str


Inline: TypeAlias = str | Code | Strong
"""A text is prose."""

Words: TypeAlias = tuple[Inline, ...]


class Rank(IntEnum):
    """How much the parts of a list matter; where there is no room, the least goes first."""

    DIFF = 0
    RESOURCE = 1
    RULE = 2
    CONTEXT = 3
    PERMISSION_INCREASE = 4
    LOSS = 5
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
        Its points, the most important first.
    noun
        What they are, in the plural.
    rank
        How much they matter.
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
        What the rows are, in the plural.
    rank
        How much they matter.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Words, ...], ...]
    noun: str
    rank: Rank


@dataclass(frozen=True)
class Resource:
    """What is done to a resource.

    Parameters
    ----------
    words
        That in words.
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
    """Blocks that are shown when somebody asks for them."""

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
    """All that is said of a plan.

    Parameters
    ----------
    deployment
        Its project, region and workspace, which together tell reviews apart.
    verdict
        What may become of the plan.
    title
        The deployment, for people.
    line
        All in one line, for a plan that does nothing and of which there is nothing to say; else None.
    sections
        What is said, in the order in which it matters.
    footer
        Which plan this is.
    headline
        The verdict in words of its own; the verdict's usual ones where it is empty.
    kind
        What the marker of its comment calls it.
    """

    deployment: tuple[str, str, str]
    verdict: Verdict
    title: Words
    line: Words | None
    sections: tuple[Section, ...]
    footer: Words
    headline: str = ""
    kind: str = "review"
