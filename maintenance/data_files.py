"""Validation, writing and comparison of the catalogue's data files."""

from __future__ import annotations

import json
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import jsonschema

from compliance_tf.errors import FactsError

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path
    from typing import TypeVar

    T = TypeVar("T")

_WIDTH: Final = 119
"""Characters of a line of code, without the comma that ends it."""


@dataclass(frozen=True, slots=True)
class Differences:
    """The differences between older and newer facts.

    Attributes
    ----------
    added
        Identifiers of rules, or names of packs, that are new.
    removed
        Removed ones.
    changed
        One text for each that changed: its identifier or name, and each field with its old and its new value.
    """

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]

    def __str__(self) -> str:
        """Write a line for each, and their numbers."""
        return "\n".join(
            [
                *(f"+ {name}" for name in self.added),
                *(f"- {name}" for name in self.removed),
                *(f"~ {change}" for change in self.changed),
                f"{len(self.added)} added, {len(self.removed)} removed, {len(self.changed)} changed",
            ]
        )


def compare(before: Mapping[str, T], after: Mapping[str, T], changes: Callable[[T, T], Iterable[str]]) -> Differences:
    """Compare two sets of rules or packs, each given by its identifier or name.

    Parameters
    ----------
    changes
        Returns the differences between an old and a new one, a text for each field.

    Returns
    -------
    Differences
        Names of those that were added and removed, and a text for each that changed, all sorted.
    """
    return Differences(
        added=tuple(sorted(after.keys() - before.keys())),
        removed=tuple(sorted(before.keys() - after.keys())),
        changed=tuple(
            f"{name}: {'; '.join(changes(before[name], after[name]))}"
            for name in sorted(before.keys() & after.keys())
            if before[name] != after[name]
        ),
    )


def compact(document: dict[str, Any]) -> str:
    """Write an object on one line."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def document_text(schema_file: Path, source: str, as_of: datetime.date, member: str, members: Iterable[str]) -> str:
    """Write the text of a data file: its header, and the rules or packs, each already encoded.

    Parameters
    ----------
    schema_file
        The schema beside it.
    source
        Where the facts come from.
    as_of
        The day on which they were true.
    member
        The member with the list of rules or packs.
    members
        The text of each of them.

    Returns
    -------
    str
        JSON, in which each of them is a line of its own where its text is one.
    """
    head = {"$schema": schema_file.name, "source": source, "as_of": as_of.isoformat()}
    entries = "\n".join(f"{json.dumps(key)}: {json.dumps(value)}," for key, value in head.items())
    listed = ",\n".join(members)
    return f'{{\n{entries}\n"{member}": [\n{listed}\n]\n}}\n'


def check_by_schema(data: str, schema_file: Path, *, member: str, name: str) -> None:
    """Check the text of a data file against its JSON schema.

    Parameters
    ----------
    data
        The text.
    schema_file
        The schema.
    member
        The member with the list of rules or packs.
    name
        The field with the name of an entry, for messages.

    Raises
    ------
    FactsError
        It is not valid; the message names the rule or pack and the value.
    """
    document = json.loads(data)
    validator = jsonschema.Draft202012Validator(json.loads(schema_file.read_text(encoding="utf-8")))
    for error in validator.iter_errors(document):
        match list(error.absolute_path):
            case [str(first), int(index), *rest] if first == member:
                place = ", ".join([document[member][index].get(name, f"{member} {index}"), *map(str, rest)])
            case path:
                place = ", ".join(map(str, path)) or "the data"
        raise FactsError(f"{place}: {error.message} ({schema_file.name})")


def literals_module(subject: str, literals: Mapping[str, Iterable[str]]) -> str:
    """Write a module of types, each of which is one of some texts.

    Parameters
    ----------
    subject
        What they are.
    literals
        The texts by the name of their type.

    Returns
    -------
    str
        The text of the module, whose order is that of ``literals``.
    """
    head = f'''"""{subject}, as types that editors complete.

Written by ``python -m maintenance.import_facts``: change nothing by hand.
"""

from typing import Literal, TypeAlias

# fmt: off
'''
    return head + "".join(f"\n{name}: TypeAlias = Literal[\n{_filled(texts)},\n]\n" for name, texts in literals.items())


def _filled(texts: Iterable[str]) -> str:
    return textwrap.fill(
        ", ".join(f'"{text}"' for text in texts),
        width=_WIDTH,
        initial_indent="    ",
        subsequent_indent="    ",
        break_on_hyphens=False,
    )
