"""Texts that somebody else wrote, made safe for where they go: one function for each kind of output.

A resource's id, a tag, a reason or a file's name may hold anything. On a terminal an escape sequence moves the cursor,
sets the clipboard or hides a link; a line break forges a line; a mark that turns the direction of writing makes a name
look like another; a spreadsheet computes what begins like a formula; half a surrogate pair cannot be written at all.
"""

from __future__ import annotations

import json
import re
import unicodedata
from typing import Any, Final

_INVISIBLE: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202f\u205f-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff\ud800-\udfff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff]"
)
"""Controls, what has no width, what turns the direction of writing, and what cannot be written in UTF-8."""

_SHORT: Final = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}

_COLOR: Final = re.compile(r"(\x1b\[[0-9;]*m)")
"""What sets a colour or a weight, and does nothing else (ECMA-48, SGR)."""

_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_REPLACEMENT: Final = "\ufffd"
_FORMULA: Final = frozenset("=+-@")
"""What a cell begins with that a spreadsheet takes for a formula, once spaces and marks are left out.

https://owasp.org/www-community/attacks/CSV_Injection
"""


def visible(text: str, longest: int | None = None) -> str:
    """Show what cannot be seen as an escape, for a place in one line: a terminal, a page, an attribute of XML.

    Parameters
    ----------
    text
        The text.
    longest
        How many characters the result has at most; an ellipsis is at the end of what was longer. Any number unless
        given.

    Returns
    -------
    str
        The text without line breaks, controls, and what turns the direction of writing; UTF-8 can hold it.
    """
    shown = _INVISIBLE.sub(_escape, text[:longest])
    if longest is None or (len(text) <= longest and len(shown) <= longest):
        return shown
    return f"{shown[: longest - 1]}…"


def colored_line(text: str) -> str:
    """Show a line that another program printed for a terminal: as :func:`visible`, but its colours and tabs stay.

    Terraform prints what a plan or an account holds; nothing but its own colours is to reach the terminal.
    """
    parts = _COLOR.split(text.replace("\t", "    "))
    return "".join(part if _COLOR.fullmatch(part) else visible(part) for part in parts)


def message(text: str) -> str:
    """Show a message of several lines: as :func:`visible`, but its line breaks stay.

    What follows a line break is indented, so that no line of it is taken for a message of its own.
    """
    first, *more = map(visible, text.split("\n"))
    return "\n".join([first, *(line if not line or line[0].isspace() else f"  {line}" for line in more)])


def csv_cell(text: str) -> str:
    """Keep a spreadsheet from reading a cell as a formula: what looks like one gets an apostrophe before it.

    Spaces, quotes and marks at the beginning are looked past, and the wide forms of the characters count as well, for
    spreadsheets differ in what they strip. A cell is one line.
    """
    plain = unicodedata.normalize("NFKC", text).lstrip("\"'`")
    begins = next((character for character in plain if not character.isspace() and character.isprintable()), "")
    return f"'{visible(text)}" if begins in _FORMULA else visible(text)


def json_text(value: Any, *, indent: int | None = None) -> str:  # noqa: ANN401 (anything that JSON holds)
    """Write JSON in ASCII that every parser takes: half a surrogate pair becomes a replacement character.

    All other texts stay exactly as they are, for programs compare them; JSON itself escapes controls.
    """
    text = json.dumps(value, indent=indent)
    if r"\ud" in text:
        text = json.dumps(json.loads(utf8_text(json.dumps(value, ensure_ascii=False))), indent=indent)
    return text


def utf8_text(text: str) -> str:
    """Replace half a surrogate pair, which UTF-8 cannot hold, and leave everything else."""
    return _SURROGATE.sub(_REPLACEMENT, text)


def _escape(match: re.Match[str]) -> str:
    return _SHORT.get(match[0], f"\\u{ord(match[0]):04x}")
