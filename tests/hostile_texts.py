"""Texts that somebody gives to a resource, a tag or a file in order to be read by somebody else."""

from __future__ import annotations

import re
import unicodedata

CONTROLS = {
    "a colour": "\x1b[31mFORGED",
    "the cursor": "\x1b[2J\x1b[1;1HFORGED",
    "a link": "\x1b]8;;https://evil.example\x1b\\FORGED\x1b]8;;\x1b\\",
    "the clipboard": "\x1b]52;c;cm0gLXJmIH4K\x07",
    "C1": "\x9b31mFORGED\x9d0;title\x9c\x85",
    "the direction": "a\u202egnp.exe\u2066b\u2069",
    "no width": "s3\u200b\u200d\ufeff\u2060-logs",
    "NUL": "a\x00b",
    "a line": "a\nFORGED\r\nFORGED\rFORGED\u2028FORGED\x0b\x0c",
    "a deletion": "secret\x7f\x08\x08FORGED",
    "half a pair": "a\ud800b\udc00",
    "a tag": "a\U000e0041b",
}
COMMANDS = (
    "::error file=main.py::FORGED",
    "a\n  ::Set-Output name=verdict::clean",
    "\u00a0::stop-commands::token",
    "(::add-mask::compliant)",
    f"{'a' * 80}::warning::FORGED",
    "a ##[set-output name=verdict]clean",
    "##[error]FORGED##[add-mask]b",
    "a##vso[task.setvariable variable=verdict]clean",
)
"""Texts that GitHub Actions or Azure Pipelines would obey in a log."""
_OBEYED = re.compile(r"##\w*\[|^\s*::[a-z-]+( [^:]*)?::", re.MULTILINE | re.IGNORECASE)
FORMULAS = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    " =1+1",
    "\t=1+1",
    "\r\n=1+1",
    "\u00a0=1+1",
    "\u3000\uff1d1+1",
    "\uff0b1",
    "\uff20x",
    "\u200b=1",
    '"=1+1',
    "'=1+1",
    "\x00=1",
    "\ufeff+1",
)


def what_acts(text: str) -> list[str]:
    """What of an output would do something, or cannot be seen: nothing where each hostile text in it is sanitized."""
    hidden = {one for one in text if one != "\n" and unicodedata.category(one) in {"Cc", "Cf", "Cs", "Zl", "Zp"}}
    forged = [line for line in text.splitlines() if line.lstrip().startswith("FORGED")]
    return [*hidden, *forged, *(found[0] for found in _OBEYED.finditer(text))]
