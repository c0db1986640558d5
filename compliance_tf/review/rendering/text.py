"""Texts that somebody else wrote, made safe to look at: in any form, before it escapes what is special to itself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from compliance_tf.review.rendering.document import Code

if TYPE_CHECKING:
    from collections.abc import Iterator

_INVISIBLE: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202f\u205f-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff\ud800-\udfff\U000e0000-\U000e0fff]"
)
"""Controls, what has no width, what turns the direction of writing, and what cannot be written in UTF-8."""

_SHORT: Final = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}

_PROSE: Final = re.compile(
    r"""
    ['"(]*
    ( [^\W\d_]+ ('[^\W\d_]+)?  |  \d{1,6}  |  \d{1,3}(,\d{3})+  |  [→…\u2013\u2014] )?
    [.,;:)'"!?%]*
    """,
    re.VERBOSE,
)
"""A word that no form takes for anything else: letters, or a small number, with the marks of a sentence."""

_CORE: Final = re.compile(r"""(['"(]*)(.+?)([.,;:)'"!?]*)""")
"""What else stands between the marks of a sentence."""

_TOKENS: Final = re.compile(r"(\s*)(\S+|$)")


def visible(text: str, longest: int | None = None) -> str:
    """Show what cannot be seen as an escape: line breaks, controls, and what turns the direction of writing.

    Parameters
    ----------
    text
        The text.
    longest
        How many characters the result has at most; an ellipsis is at the end of what was longer. Any number unless
        given.
    """
    shown = _INVISIBLE.sub(lambda match: _SHORT.get(match[0], f"\\u{ord(match[0]):04x}"), text[:longest])
    if longest is None or (len(text) <= longest and len(shown) <= longest):
        return shown
    return f"{shown[: longest - 1]}…"


def prose(text: str) -> Iterator[str | Code]:
    """Divide a sentence into plain words, and what may be a name, a link, a mention or a command: that is code.

    So a form need not know what GitHub, GitLab or their next versions make of ``@team``, ``#1``, ``!2``, ``/merge``,
    ``:x:`` or ``www.example.org``: none of it ever stands in a sentence. The parts have spaces between them as given.
    """
    for space, token in _TOKENS.findall(text):
        yield " " if space else ""
        if not token or (_PROSE.fullmatch(token) and not _INVISIBLE.search(token)):
            yield token
            continue
        match = _CORE.fullmatch(token)
        before, word, after = match.groups() if match else ("", token, "")
        yield before
        yield Code(word)
        yield after
