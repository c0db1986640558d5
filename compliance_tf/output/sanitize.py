"""Sanitizing of untrusted texts: one function for each kind of output.

A resource's id, a tag, a reason or a file's name may contain anything. On a terminal an escape sequence moves the
cursor, sets the clipboard or hides a link; a line break forges a line; a mark that turns the direction of writing
makes a name look like another; a spreadsheet computes what begins like a formula; a pipeline obeys a command in its
log; half a surrogate pair cannot be written at all.
"""

from __future__ import annotations

import json
import re
import unicodedata
from contextlib import suppress
from typing import Any, Final

import msgspec

_INVISIBLE: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202f\u205f-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff\ud800-\udfff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff]"
)
"""Control characters, characters without width, bidirectional marks, and what UTF-8 cannot encode."""

_SHORT: Final = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}

_COMMAND: Final = re.compile(
    r"::(?<![a-z0-9]::)(?=(?:add-mask|add-matcher|add-path|debug|echo|endgroup|error|group|notice"
    r"|remove-matcher|save-state|set-env|set-output|stop-commands|warning)(?: [^\n]*)?::)",
    re.IGNORECASE,
)
"""The beginning of a command in a pipeline's log, at the beginning of a line.

Output is wrapped, so any place that is not inside a word may be the beginning of a line: a type of AWS's, such as
``AWS::Lambda::Function``, is a word. Source: ActionCommand.cs of https://github.com/actions/runner.
"""

_COMMAND_ANYWHERE: Final = re.compile(r"##(?=\w*\[)")
"""Likewise: ``##[`` of GitHub Actions and ``##vso[`` of Azure Pipelines, anywhere in a line."""

_COLOR: Final = re.compile(r"(\x1b\[[0-9;]*m)")
"""Sequences that set a colour or a weight, and nothing else (ECMA-48, SGR)."""

_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_REPLACEMENT: Final = "\ufffd"
_HASHES: Final = r"\u0023\u0023"
_FORMULA: Final = frozenset("=+-@")
"""Beginnings of cells that a spreadsheet takes for a formula, after spaces and marks are removed.

https://owasp.org/www-community/attacks/CSV_Injection
"""

_SEPARATOR: Final = ";"
"""Separates cells in a spreadsheet of a country whose decimal sign is the comma."""


def visible(text: str, max_length: int | None = None) -> str:
    """Escape invisible characters and commands of pipelines, for one line: on a terminal, a page, in an XML attribute.

    Parameters
    ----------
    text
        The text.
    max_length
        Characters that the result may have; a longer text is cut and ends in an ellipsis. Unlimited unless given.

    Returns
    -------
    str
        The text without line breaks, control characters and bidirectional marks, valid in UTF-8.
    """
    if max_length is None and text.isascii() and text.isprintable():
        # Nearly every text, and many times faster.
        return _without_commands(text) if "##" in text or "::" in text else text
    shown = _without_commands(_INVISIBLE.sub(_escape, text[:max_length]))
    if max_length is None or (len(text) <= max_length and len(shown) <= max_length):
        return shown
    return f"{shown[: max_length - 1]}…"


def _without_commands(text: str) -> str:
    return _COMMAND.sub(_escape, _COMMAND_ANYWHERE.sub(_escape, text))


def colored_line(text: str) -> str:
    """Escape a line that another program printed for a terminal, as :func:`visible`, but keep its colours and tabs.

    Terraform prints values of plans and accounts; only its own colours may reach the terminal.

    Returns
    -------
    str
        The line, in which a tab is four spaces.
    """
    parts = _COLOR.split(text.replace("\t", "    "))
    return "".join(part if _COLOR.fullmatch(part) else visible(part) for part in parts)


def message(text: str) -> str:
    """Escape a message of several lines, as :func:`visible`, but keep its line breaks.

    What follows a line break is indented, so that no line of it is taken for a message of its own.

    Returns
    -------
    str
        Lines with line breaks between them; those after the first begin with two spaces unless they begin with a space.
    """
    first, *more = map(visible, text.split("\n"))
    return "\n".join([first, *(line if not line or line[0].isspace() else f"  {line}" for line in more)])


def csv_cell(text: str) -> str:
    """Keep a spreadsheet from evaluating a cell: put an apostrophe before what looks like a formula.

    Leading spaces, quotes and marks are skipped, and the full-width forms of the characters count too, because
    spreadsheets differ in what they strip. So do parts behind a semicolon: where a comma is the decimal sign, it
    separates the cells, and quotes inside a line do not hold them together. A cell is one line.

    Returns
    -------
    str
        The text as it is where it is plain, else escaped as by :func:`visible`.
    """
    if text[:1].isalnum() and text.isascii() and text.isprintable() and _SEPARATOR not in text and "##" not in text:
        # Nearly every cell, and many times faster.
        return text
    return _SEPARATOR.join(map(_cell, text.split(_SEPARATOR)))


def _cell(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).lstrip("\"'`")
    begins = next((character for character in plain if not character.isspace() and character.isprintable()), "")
    return f"'{visible(text)}" if begins in _FORMULA else visible(text)


def json_text(value: Any, *, indent: int | None = None) -> str:  # noqa: ANN401 (anything that JSON holds)
    """Write JSON in ASCII that every parser takes: half a surrogate pair becomes a replacement character.

    All other texts stay exactly as they are, because programs compare them; JSON itself escapes control characters, and
    can escape what a pipeline would obey in its log.

    Returns
    -------
    str
        JSON on one line unless ``indent`` is given.
    """
    if indent is None:
        with suppress(UnicodeEncodeError, TypeError):
            # Nearly every value, and many times faster: other texts than printable ASCII are written below.
            encoded = msgspec.json.encode(value)
            if encoded.isascii() and b"\x7f" not in encoded:  # which msgspec does not escape
                return encoded.decode("ascii").replace("##", _HASHES)
    text = json.dumps(value, indent=indent)
    if r"\ud" in text:
        text = json.dumps(json.loads(utf8_text(json.dumps(value, ensure_ascii=False))), indent=indent)
    return text.replace("##", _HASHES)


def utf8_text(text: str) -> str:
    """Replace half a surrogate pair, which UTF-8 cannot hold, and leave everything else."""
    return _SURROGATE.sub(_REPLACEMENT, text)


def _escape(match: re.Match[str]) -> str:
    return _SHORT.get(match[0]) or "".join(f"\\u{ord(one):04x}" for one in match[0])
