"""A review as a Markdown comment for GitHub and GitLab, within a byte budget."""

from __future__ import annotations

import hashlib
import html
import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final, TypeAlias
from urllib.parse import quote

from compliance_tf.output.sanitize import visible
from compliance_tf.review.policies import Verdict
from compliance_tf.review.rendering.document import Bullets, Code, Fold, Paragraph, Rank, Resources, Strong, Table
from compliance_tf.review.rendering.text import prose

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from compliance_tf.review.rendering.document import Block, Document, Resource, Words

MAX_LENGTH: Final = 65_536
"""Bytes of a comment: GitHub's limit, which counts characters. GitLab's is a million."""

SHORTEST: Final = 16_384
"""Minimum byte budget: enough for what is never left out, such as the verdict and each policy."""

MARKER: Final = re.compile(r"<!-- compliance-tf (?:review|resources): [A-Za-z0-9_.%~-]*(?:/[A-Za-z0-9_.%~-]*){2} -->")
"""The first line of a review, which identifies its deployment."""

MARKS: Final = {Verdict.CLEAN: "✅", Verdict.APPROVAL: "⚠️", Verdict.BLOCKED: "⛔"}

_TITLES: Final = {Verdict.CLEAN: "Clean", Verdict.APPROVAL: "Needs approval", Verdict.BLOCKED: "Blocked"}

_MAX_NAME: Final = 200
"""Maximum characters of a name or value inside a sentence or a table; diffs have all of it."""

_MAX_PROSE: Final = 1000
"""Maximum characters of a sentence."""

_MAX_MARKER_PART: Final = 100
"""Maximum characters of a name in the marker; a longer one ends in its digest. No ComplianceStack has such names."""

_BACKTICKS: Final = re.compile(r"`{9,}")
"""More than GitHub's parser surely counts, when they stand around code."""


@dataclass
class _Group:
    """Pieces of one list or fold: its frame is removed with the last of them.

    Parameters
    ----------
    left
        The number of remaining pieces.
    size
        The bytes of the frame.
    """

    left: int = 0
    size: int = 0


@dataclass
class _Frame:
    """The frame of a group, such as the headings of a table."""

    whole: str
    group: _Group

    @property
    def text(self) -> str:
        """The present text."""
        return self.whole if self.group.left else ""


@dataclass
class _Piece:
    """A part of the comment that can be cut.

    Parameters
    ----------
    stages
        Its text; then what remains of it at each cut; nothing at the end.
    ranks
        The importance of what each cut removes: one for each cut.
    nouns
        The noun of what each cut removes, in the plural.
    groups
        The groups that it is in.
    """

    stages: tuple[str, ...]
    ranks: tuple[Rank, ...]
    nouns: tuple[str, ...]
    groups: tuple[_Group, ...] = ()
    stage: int = 0

    @property
    def text(self) -> str:
        """The present text."""
        return self.stages[self.stage]

    def cut(self) -> int:
        """Cut it; return the number of saved bytes."""
        before = self.text
        self.stage += 1
        saved = len(before.encode()) - len(self.text.encode())
        if self.stage == len(self.ranks):
            for group in self.groups:
                group.left -= 1
                saved += group.size if not group.left else 0
        return saved


@dataclass
class _Note:
    """The place where a section counts what was left out."""

    pieces: tuple[_Piece, ...]

    @property
    def text(self) -> str:
        """The present text."""
        left_out = Counter(piece.nouns[cut] for piece in self.pieces for cut in range(piece.stage))
        return _note(left_out) if left_out else ""

    @property
    def max_text(self) -> str:
        """The text once all is left out that can be."""
        return _note(Counter(noun for piece in self.pieces for noun in piece.nouns)) if self.pieces else ""


_Part: TypeAlias = str | _Frame | _Piece | _Note


def markdown(document: Document, max_bytes: int = MAX_LENGTH) -> str:
    """Render a review as a comment.

    Parameters
    ----------
    document
        The review.
    max_bytes
        Maximum bytes of UTF-8: at least :data:`SHORTEST`. The least important parts are left out first: diffs from
        the longest, then resources, rules, frames, permissions and removals. Each section counts what it left out.

    Returns
    -------
    str
        Markdown that begins with the marker by which the comment is found again.
    """
    parts = list(_parts(document))
    _cut(parts, max_bytes)
    return "".join(map(_text, parts))


def _text(part: _Part) -> str:
    return part if isinstance(part, str) else part.text


def marker(document: Document) -> str:
    """Return the marker by which the comment of a deployment is found again."""
    return f"<!-- compliance-tf {document.kind}: {'/'.join(map(_marker_part, document.deployment))} -->"


def _marker_part(name: str) -> str:
    part = quote(name, safe="", errors="backslashreplace")
    if len(part) <= _MAX_MARKER_PART:
        return part
    return f"{part[:_MAX_MARKER_PART]}~{hashlib.sha256(part.encode()).hexdigest()}"


def _cut(parts: list[_Part], max_bytes: int) -> None:
    size = sum(len((part.max_text if isinstance(part, _Note) else _text(part)).encode()) for part in parts)
    cuts = [
        (rank, -len(part.text.encode()) if rank is Rank.DIFF else 0, -place, part)
        for place, part in enumerate(parts)
        if isinstance(part, _Piece)
        for rank in part.ranks
    ]
    for *_, piece in sorted(cuts, key=lambda cut: cut[:3]):
        if size <= max_bytes:
            return
        size -= piece.cut()


def _parts(document: Document) -> Iterator[_Part]:
    yield f"{marker(document)}\n"
    mark = MARKS[document.verdict]
    if document.line is not None:
        yield f"{mark} **{_inline(document.title)}**: {_inline(document.line)}\n"
        return
    yield f"## {mark} {document.headline or _TITLES[document.verdict]}: {_inline(document.title)}\n\n"
    for section in document.sections:
        if section.title:
            yield f"### {_inline((section.title,))}\n\n"
        parts = [part for block in section.blocks for part in _block(block, ())]
        yield from parts
        yield _Note(tuple(part for part in parts if isinstance(part, _Piece)))
    yield f"---\n<sub>{_inline(document.footer)}</sub>\n"


def _block(block: Block, groups: tuple[_Group, ...]) -> Iterator[_Part]:
    match block:
        case Paragraph(words):
            yield f"{_line(words)}\n\n"
        case Bullets(items, noun, rank):
            pieces = [_Piece((f"- {_line(item)}\n", ""), (rank,), (noun,)) for item in items]
            yield from _framed("", pieces, "\n", groups)
        case Table(columns, rows, noun, rank):
            headings = f"{_row((column,) for column in columns)}|{'---|' * len(columns)}\n"
            pieces = [_Piece((_row(row), ""), (rank,), (noun,)) for row in rows]
            yield from _framed(headings, pieces, "\n", groups)
        case Resources(items):
            yield from _framed("", [_resource(item) for item in items], "\n", groups)
        case Fold(summary, blocks):
            group = _Group()
            inner = [part for one in blocks for part in _block(one, (*groups, group))]
            yield _frame(f"<details><summary>{_html(summary)}</summary>\n\n", group)
            yield from inner
            yield _frame("</details>\n\n", group)


def _framed(before: str, pieces: list[_Piece], after: str, groups: tuple[_Group, ...]) -> Iterator[_Part]:
    group = _Group()
    for piece in pieces:
        piece.groups = (*groups, group)
        for one in piece.groups:
            one.left += 1
    yield _frame(before, group)
    yield from pieces
    yield _frame(after, group)


def _frame(text: str, group: _Group) -> _Frame:
    group.size += len(text.encode())
    return _Frame(text, group)


def _note(left_out: Counter[str]) -> str:
    counts = ", ".join(f"{count:,} {noun}" for noun, count in left_out.items())
    return f"*Left out, because a comment has no room for them: {counts}.*\n\n"


def _resource(resource: Resource) -> _Piece:
    short = f"- {_inline(resource.words)}\n"
    if not resource.diff:
        return _Piece((short, ""), (Rank.RESOURCE,), ("resources",))
    lines = [_sanitized(line) for line in resource.diff]
    fence = _backticks("\n".join(lines), least=3)
    body = "\n".join([f"{fence}diff", *lines, fence])
    # The blank lines separate it from a preceding list.
    whole = f"\n<details><summary>{_html(resource.words)}</summary>\n\n{body}\n\n</details>\n\n"
    return _Piece((whole, short, ""), (Rank.DIFF, Rank.RESOURCE), ("diffs", "resources"))


def _row(cells: Iterable[Words]) -> str:
    texts = [_inline(cell).replace("\\|", "\\ |").replace("|", "\\|") for cell in cells]
    return f"| {' | '.join(texts)} |\n"


def _line(words: Words) -> str:
    """Render words at the beginning of a line: none of them may begin a list, a heading or another block."""
    text = _inline(words).lstrip()
    if not text:
        return _code("")
    # Code and what stands out begin with marks of their own. Prose begins with a letter, a number or marks.
    return _BEGINNING.sub(r"\1\\\2", text, count=1) if isinstance(words[0], str) else text


_BEGINNING: Final = re.compile(r"^(\d*)([!\"#$%&'()*+,\-./:;<=>?@\[\\\]^_{|}~])")
"""A number with a mark behind it, or a mark: all that begins a block in CommonMark, on GitHub or on GitLab, but for
spaces and backticks. A backslash makes a mark one of the text: https://spec.commonmark.org/0.31.2/#backslash-escapes."""


def _inline(words: Words) -> str:
    return "".join(_word(word) for word in words)


def _word(word: str | Code | Strong) -> str:
    match word:
        case Code(text):
            return _code(text)
        case Strong(text):
            return f"**{_prose(text)}**"
        case text:
            return _prose(text)


@lru_cache(maxsize=1024)  # rows of a table say the same of many resources
def _prose(text: str) -> str:
    return "".join(part if isinstance(part, str) else _code(part.text) for part in prose(text[:_MAX_PROSE]))


@lru_cache(maxsize=1024)
def _code(text: str) -> str:
    shown = _sanitized(text, _MAX_NAME)
    if not shown.strip():
        shown = f"'{shown}'"
    fence = _backticks(shown)
    # Markdown takes away one space at each end, which keeps the text's own backticks from the fence.
    space = " " if shown[0] in "` " or shown[-1] in "` " else ""
    return f"{fence}{space}{shown}{space}{fence}"


def _sanitized(text: str, max_length: int | None = None) -> str:
    return _BACKTICKS.sub(lambda match: f"````````…({len(match[0])} backticks)", visible(text, max_length))


def _backticks(text: str, least: int = 1) -> str:
    runs = [len(run) for run in re.findall("`+", text)]
    return "`" * max(least, max(runs, default=0) + 1)


def _html(words: Words) -> str:
    return "".join(_html_word(word) for word in words)


def _html_word(word: str | Code | Strong) -> str:
    match word:
        case Code(text):
            return _html_code(text)
        case Strong(text):
            return f"<b>{_html_prose(text)}</b>"
        case text:
            return _html_prose(text)


def _html_prose(text: str) -> str:
    parts = prose(text[:_MAX_PROSE])
    return "".join(html.escape(part) if isinstance(part, str) else _html_code(part.text) for part in parts)


def _html_code(text: str) -> str:
    return f"<code>{html.escape(visible(text, _MAX_NAME)) or '&#39;&#39;'}</code>"
