"""A strict reader of YAML files: errors name the file, the line and the place.

Plain scalars are read as in YAML 1.2: only ``true`` and ``false`` are booleans, a number is decimal,
and ``22:30`` or ``2026-01-01`` is a string. A duplicate key is refused.
"""

from __future__ import annotations

import math
import re
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final, NoReturn, TypeVar

import msgspec
import yaml

from compliance_tf.errors import ComplianceError
from compliance_tf.model.members import place_text, problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

T = TypeVar("T")

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

    def construct_object(self, node: yaml.Node, deep: bool = False) -> object:  # noqa: FBT001, FBT002 (PyYAML's)
        try:
            return super().construct_object(node, deep)
        except (ValueError, LookupError) as cause:
            # A number with more digits than Python converts, or a value after a tag of another kind.
            kind = node.tag.rpartition(":")[2]
            raise yaml.MarkedYAMLError(
                problem=f"{str(node.value)[:40]!r} cannot be read as {kind}", problem_mark=node.start_mark
            ) from cause

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
    known = {*_PLAIN_WORDS, *(f"tag:yaml.org,2002:{kind}" for kind in ("str", "seq")), None}
    Loader.yaml_constructors = {tag: make for tag, make in Loader.yaml_constructors.items() if tag in known}
    Loader.add_constructor("tag:yaml.org,2002:map", _construct_mapping)
    return Loader


def _construct_mapping(loader: yaml.SafeLoader, node: yaml.MappingNode) -> _Mapping:
    seen: set[str] = set()
    for key, value in node.value:
        if key.tag not in {"tag:yaml.org,2002:str", "tag:yaml.org,2002:merge"}:
            raise yaml.MarkedYAMLError(problem="a key must be a text", problem_mark=key.start_mark)
        if key.value in seen:
            raise yaml.MarkedYAMLError(problem=f"{key.value!r} is given twice", problem_mark=key.start_mark)
        if value.tag == "tag:yaml.org,2002:null":
            message = f"{key.value!r} has no value: give one, or leave it out"
            raise yaml.MarkedYAMLError(problem=message, problem_mark=key.start_mark)
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

    def refuse(self, message: str, *inside: str | int) -> NoReturn:
        """Raise the error, with the place before the message.

        Parameters
        ----------
        message
            A sentence.
        inside
            The way from here to the value that it is about.
        """
        line, value = self.line, self.values
        for step in inside:
            value = value[step]  # type: ignore[index]  # the way leads there
            line = value.line if isinstance(value, _Mapping) else line
        place = ".".join(part for part in (self.path, place_text(inside)) if part)
        raise self.error(f"{self.file}, line {line}{', ' if place else ''}{place}: {message}")

    def convert(self, kind: type[T]) -> T:
        """Make what its members describe.

        Parameters
        ----------
        kind
            A msgspec Struct, whose annotations say what is allowed.

        Returns
        -------
        T
            An instance of ``kind`` with what stands in the file.

        Raises
        ------
        ComplianceError
            ``error``, with the place, when something is not, or the Struct's own constructor refuses it.
        """
        with self.named():
            try:
                return msgspec.convert(self.values, kind)
            except msgspec.ValidationError as cause:
                path, sentence = problem(cause, kind, self.values)
                self.refuse(sentence, *path)

    @contextmanager
    def named(self) -> Iterator[None]:
        """Name the place in what is raised meanwhile.

        Raises
        ------
        ComplianceError
            ``error`` in place of another one.
        """
        try:
            yield
        except self.error:
            raise
        except ComplianceError as cause:
            self.refuse(str(cause))

    def entries(self, name: str) -> tuple[Entry, ...]:
        """Return the mappings of a list, of which :meth:`convert` has found that it is one, each with its own place."""
        return tuple(
            Entry(value, self.file, value.line, place_text((name, number)), self.error)
            for number, value in enumerate(self.values.get(name, ()))
        )


def read_yaml(path: Path, error: type[ComplianceError]) -> Entry:
    """Read a file, which must be a mapping.

    Parameters
    ----------
    path
        The file.
    error
        The class of errors to raise, now and by the readers of the entry.

    Returns
    -------
    Entry
        The mapping at the top of the file, which knows the line of each member for messages.

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
