"""A strict reader of YAML files: errors name the file, the line and the place.

Plain scalars are read as in YAML 1.2: only ``true`` and ``false`` are booleans, a number is decimal,
and ``22:30`` or ``2026-01-01`` is a string. A duplicate key is refused.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Any, Final, NoReturn, TypeVar

import yaml

from compliance_runtime.suggestions import nearest
from compliance_tf.model.suggestions import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from compliance_tf.errors import ComplianceError

E = TypeVar("E", bound=Enum)

_PLAIN_WORDS: Final = {
    "tag:yaml.org,2002:bool": (r"true|false", "tf"),
    "tag:yaml.org,2002:int": (r"-?(0|[1-9][0-9]*)", "-0123456789"),
    "tag:yaml.org,2002:float": (r"-?(0|[1-9][0-9]*)\.[0-9]+", "-0123456789"),
    "tag:yaml.org,2002:null": (r"~|null|", ["~", "n", ""]),
    "tag:yaml.org,2002:merge": (r"<<", "<"),
}
"""Tags of plain scalars other than strings, with the characters that they begin with."""


MAX_BYTES: Final = 1_000_000
"""Bytes of a file: some four thousand waivers, which take a few seconds."""

MAX_DEPTH: Final = 32
"""Levels of nested lists and mappings: packs and waivers have four, parameters some more."""

MAX_VALUES: Final = 100_000
"""Values of a file, aliases counted each time: what a megabyte can hold without them."""

_TOO_DEEP: Final = f"lists and mappings are nested more than {MAX_DEPTH} deep: nest them less"


class _Mapping(dict[str, Any]):
    """A mapping with its line."""

    line = 0


class _Loader(yaml.SafeLoader):
    """A loader whose work is bounded, whoever wrote the file."""

    depth = 0

    def fetch_flow_collection_start(self, TokenClass: type[yaml.Token]) -> None:  # noqa: N803 (PyYAML's name)
        # Before a bracket is closed the scanner looks at all that are open for each character.
        if self.flow_level >= MAX_DEPTH:
            raise yaml.MarkedYAMLError(problem=_TOO_DEEP, problem_mark=self.get_mark())
        super().fetch_flow_collection_start(TokenClass)

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        self.depth += 1
        if self.depth > MAX_DEPTH + 1:
            raise yaml.MarkedYAMLError(problem=_TOO_DEEP, problem_mark=self.get_mark())
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node

    def compose_document(self) -> yaml.Node | None:
        node = super().compose_document()
        if node and _values(node, {}) > MAX_VALUES:
            raise yaml.MarkedYAMLError(
                problem=f"with its aliases it has more than {MAX_VALUES:,} values: write fewer, in several files",
                problem_mark=node.start_mark,
            )
        return node


def _values(node: yaml.Node, counted: dict[int, float]) -> float:
    """Count the values of a node, those behind aliases each time; infinite for one that contains itself."""
    if id(node) in counted:
        return counted[id(node)]
    counted[id(node)] = math.inf
    inner: list[yaml.Node] = []
    if isinstance(node, yaml.SequenceNode):
        inner = node.value
    elif isinstance(node, yaml.MappingNode):
        inner = [part for pair in node.value for part in pair]
    counted[id(node)] = 1 + sum(_values(one, counted) for one in inner)
    return counted[id(node)]


@cache
def _loader() -> type[yaml.SafeLoader]:
    class Loader(_Loader):
        pass

    Loader.yaml_implicit_resolvers = {}
    for tag, (word, first) in _PLAIN_WORDS.items():
        Loader.add_implicit_resolver(tag, re.compile(rf"^(?:{word})$"), list(first))
    Loader.add_constructor("tag:yaml.org,2002:map", _construct_mapping)
    return Loader


def _construct_mapping(loader: yaml.SafeLoader, node: yaml.MappingNode) -> _Mapping:
    seen: set[str] = set()
    for key, _ in node.value:
        if key.tag not in {"tag:yaml.org,2002:str", "tag:yaml.org,2002:merge"}:
            raise yaml.MarkedYAMLError(problem="a key must be a text", problem_mark=key.start_mark)
        if key.value in seen:
            raise yaml.MarkedYAMLError(problem=f"{key.value!r} is given twice", problem_mark=key.start_mark)
        seen.add(key.value)
    mapping = _Mapping({str(key): value for key, value in loader.construct_mapping(node, deep=True).items()})
    mapping.line = node.start_mark.line + 1
    return mapping


@dataclass(frozen=True)
class Entry:
    """A mapping in a YAML file, with its place for messages.

    Parameters
    ----------
    values
        Its members.
    file
        The file's name, for messages.
    line
        The line where it begins, from 1.
    path
        Its path inside the file, such as ``rules[3]``; empty for the whole file.
    error
        The class of errors to raise.
    """

    values: dict[str, Any]
    file: str
    line: int
    path: str
    error: type[ComplianceError]

    def refuse(self, message: str, member: str = "") -> NoReturn:
        """Raise the error, with the place before the message."""
        place = ".".join(part for part in (self.path, member) if part)
        raise self.error(f"{self.file}, line {self.line}{', ' if place else ''}{place}: {message}")

    def check_members(self, *, required: Collection[str] = (), optional: Collection[str] = ()) -> None:
        """Refuse unknown members, and missing required ones."""
        known = [*required, *optional]
        for name in self.values:
            if name not in known:
                self.refuse(f"{name!r} is not known{did_you_mean(nearest(name, known))} Allowed: {', '.join(known)}.")
        if missing := [name for name in required if name not in self.values]:
            self.refuse(f"{', '.join(missing)} is missing.")

    def text(self, name: str, default: str = "") -> str:
        """Read a text that is not blank; the default where there is none."""
        value = self.values.get(name, default)
        if not isinstance(value, str) or not (value.strip() or name not in self.values):
            self.refuse(f"give a text that is not blank, not {value!r:.80}; in quotes if it is a number.", name)
        return value

    def flag(self, name: str) -> bool:
        """Read a boolean; false where there is none."""
        value = self.values.get(name, False)
        if not isinstance(value, bool):
            self.refuse(f"give true or false, not {value!r:.80}.", name)
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """Read a list of strings; empty where there is none."""
        value = self.values.get(name, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self.refuse(f"give a list of texts, not {value!r:.80}.", name)
        return tuple(value)

    def member_of(self, name: str, kind: type[E]) -> E | None:
        """Read a member of an enum by its name, whatever its case; None where there is none."""
        value = self.values.get(name)
        if value is None:
            return None
        names = [member.name.lower() for member in kind]
        if not isinstance(value, str) or value.lower() not in names:
            self.refuse(f"{value!r:.80} is not known. Allowed: {', '.join(names)}.", name)
        return kind[value.upper()]

    def entry(self, name: str) -> Entry:
        """Read a mapping; an empty one where there is none."""
        return self._entry(self.values.get(name, _Mapping()), name)

    def entries(self, name: str) -> tuple[Entry, ...]:
        """Read a list of mappings; empty where there is none."""
        value = self.values.get(name, [])
        if not isinstance(value, list):
            self.refuse(f"give a list, not {value!r:.80}.", name)
        return tuple(self._entry(item, f"{name}[{number}]") for number, item in enumerate(value))

    def _entry(self, value: object, member: str) -> Entry:
        if not isinstance(value, _Mapping):
            self.refuse(f"give members as 'name: value', not {value!r:.80}.", member)
        path = f"{self.path}.{member}" if self.path else member
        return Entry(value, self.file, value.line or self.line, path, self.error)


def read_yaml(path: Path, error: type[ComplianceError]) -> Entry:
    """Read a file, which must be a mapping.

    Parameters
    ----------
    path
        The file.
    error
        The class of errors to raise, now and by the readers of the entry.

    Raises
    ------
    ComplianceError
        The given ``error``: the file cannot be read, is not YAML, has a duplicate key, or is not a mapping.
    """
    try:
        if (size := path.stat().st_size) > MAX_BYTES:
            raise error(f"{path} has {size:,} bytes, and may have {MAX_BYTES:,}: divide it.")
        text = path.read_text(encoding="utf-8")
        value = yaml.load(text, _loader())  # noqa: S506 the loader is a safe one
    except (OSError, UnicodeDecodeError) as cause:
        raise error(f"{path} cannot be read: {cause}.") from cause
    except yaml.MarkedYAMLError as cause:
        line = f", line {cause.problem_mark.line + 1}" if cause.problem_mark else ""
        raise error(f"{path}{line}: {cause.problem or cause}.") from cause
    except yaml.YAMLError as cause:
        raise error(f"{path} is not YAML: {cause}.") from cause
    if not isinstance(value, _Mapping):
        raise error(f"{path}: give members as 'name: value', not {value!r:.80}.")
    return Entry(value, str(path), 1, "", error)
