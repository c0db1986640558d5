"""Sentences with untrusted names, split so that no format interprets a name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from compliance_tf.output.sanitize import visible
from compliance_tf.review.rendering.document import Code

if TYPE_CHECKING:
    from collections.abc import Iterator

_PROSE: Final = re.compile(
    r"""
    (?! \W* [0-9a-fA-F]{7,40} \b )
    ['"(]*
    ( [^\W\d_]+ ('[^\W\d_]+)?  |  \d{1,6}  |  \d{1,3}(,\d{3})+  |  [→…\u2013\u2014] )?
    [.,;:)'"!?%]*
    """,
    re.VERBOSE,
)
"""A word that no form takes for anything else: letters, or a small number, with the marks of a sentence; but none that
may be the beginning of a commit's digest."""

_CORE: Final = re.compile(r"""(['"(]*)(.+?)([.,;:)'"!?]*)""")
"""Other characters between the punctuation of a sentence."""

_TOKENS: Final = re.compile(r"(\s*)(\S+|$)")


def prose(text: str) -> Iterator[str | Code]:
    """Split a sentence into plain words, and code: what may be a name, a link, a mention or a command.

    So a format need not know how GitHub, GitLab or their next versions interpret ``@team``, ``#1``, ``!2``, ``/merge``,
    ``:x:`` or ``www.example.org``: none of it ever stands in a sentence. The parts have spaces between them as given.

    Yields
    ------
    str | Code
        The parts in their order, some of them empty; of several spaces one stays.
    """
    for space, token in _TOKENS.findall(text):
        yield " " if space else ""
        if not token or (_PROSE.fullmatch(token) and visible(token) == token):
            yield token
            continue
        match = _CORE.fullmatch(token)
        before, word, after = match.groups() if match else ("", token, "")
        yield before
        yield Code(word)
        yield after
