"""Reads docstrings in NumPy's form: what the pages and the schemas say of a class is written once, in the class."""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_SECTION = re.compile(r"^([A-Z][A-Za-z ]+)\n-{3,}\n", re.MULTILINE)
_ROLE = re.compile(r":\w+:`~?(?:[\w.]*\.)?([\w.]+)`")


@dataclass(frozen=True)
class Docstring:
    """A docstring in parts.

    Parameters
    ----------
    text
        What stands before the first section.
    sections
        The sections' texts by their titles.
    """

    text: str
    sections: Mapping[str, str]

    @classmethod
    def of(cls, thing: object) -> Docstring:
        """Read the docstring that a class or a function has itself."""
        text, *parts = _SECTION.split(inspect.cleandoc(thing.__doc__ or "").replace("\\\n", " "))
        return cls(text.strip(), {title: part.strip("\n") for title, part in zip(parts[::2], parts[1::2], strict=True)})

    @property
    def summary(self) -> str:
        """The first paragraph, on one line."""
        return plain(self.text.partition("\n\n")[0])

    def entries(self, section: str) -> Mapping[str, str]:
        """Return the descriptions of a section by the names that they are of, each on one line."""
        parts = re.split(r"^(\S.*)\n", self.sections.get(section, ""), flags=re.MULTILINE)[1:]
        return {name: plain(text) for name, text in zip(parts[::2], parts[1::2], strict=True)}


def plain(text: str) -> str:
    """Put a text on one line, with the marks that Markdown has."""
    return " ".join(_ROLE.sub(r"`\1`", text).replace("``", "`").split())
