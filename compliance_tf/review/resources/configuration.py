"""The places of resources in the files of a configuration, if these are available.

Only the beginnings of blocks are read, not their contents:
https://developer.hashicorp.com/terraform/language/syntax/configuration and .../syntax/json.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from compliance_tf.review.resources.any_plan import AnyPlan, Instance

_MANIFEST: Final = Path(".terraform") / "modules" / "modules.json"
"""Terraform's manifest of the folders of modules."""

_HCL_ENDINGS: Final = (".tf", ".tofu")
_JSON_ENDINGS: Final = (".tf.json", ".tofu.json")

_RESOURCE_HEADER: Final = 3
"""Words before the brace: resource, its type and its name."""


@dataclass(frozen=True)
class Block:
    """A resource in a file.

    Parameters
    ----------
    file
        The file, relative to the root module's folder where it is below.
    line
        The line of its beginning, from 1.
    dynamic_blocks
        The names of its ``dynamic`` blocks.
    """

    file: str
    line: int
    dynamic_blocks: frozenset[str] = frozenset()


class Configuration:
    """The files of a plan's configuration.

    Parameters
    ----------
    folder
        The root module's folder.
    plan
        The plan.
    """

    def __init__(self, folder: Path, plan: AnyPlan) -> None:
        self._folder = folder
        self._folders = dict(_module_folders(folder, plan))
        self._blocks: dict[tuple[str, ...], Mapping[tuple[str, str], Block]] = {}

    def block(self, instance: Instance, path: tuple[str, ...]) -> Block | None:
        """Find the block of a resource in the configuration's files.

        Parameters
        ----------
        instance
            The resource.
        path
            The names of its module.

        Returns
        -------
        Block | None
            The block; None where the module's folder or the block in it is not available.
        """
        if path not in self._blocks:
            folder = self._folders.get(path)
            self._blocks[path] = dict(self._of_folder(folder)) if folder else {}
        return self._blocks[path].get((instance.type, instance.name))

    def _of_folder(self, folder: Path) -> Iterator[tuple[tuple[str, str], Block]]:
        for file in sorted(folder.iterdir()) if folder.is_dir() else ():
            if not file.name.endswith((*_HCL_ENDINGS, *_JSON_ENDINGS)) or not file.is_file():
                continue
            try:
                text = file.read_text(encoding="utf-8-sig")
            except (OSError, UnicodeDecodeError):
                continue
            name = _relative(file, self._folder)
            read = json_blocks if file.name.endswith(_JSON_ENDINGS) else hcl_blocks
            yield from read(text, name)


def hcl_blocks(text: str, file: str) -> Iterator[tuple[tuple[str, str], Block]]:
    """Find the resources of a file in Terraform's own language, by type and name."""
    header: list[str] = []
    # For each open brace: the type and name of the resource that it opened, its line, and its dynamic blocks.
    stack: list[tuple[tuple[str, str], int, set[str]] | None] = []
    position = 0
    while found := _TOKEN.search(text, position):
        mark, position = found[0], found.end()
        if mark == "\n":
            header = []
        elif mark == '"':
            position = _end_of_string(text, position)
            header.append(text[found.end() : position - 1])
        elif found["tag"]:
            position = _end_of_heredoc(text, position, found["tag"])
            header = []
        elif mark == "{":
            stack.append(_opened(header, stack, text, found.start()))
            header = []
        elif mark == "}":
            opened = stack.pop() if stack else None
            if opened:
                yield opened[0], Block(file, opened[1], frozenset(opened[2]))
            header = []
        elif found["word"]:
            header.append(mark)


_TOKEN: Final = re.compile(
    r"""\#[^\n]* | //[^\n]* | /\*.*?(?:\*/|$) | <<-?(?P<tag>[^\W\d][\w-]*)[^\n]*\n | "|\n|\{|\} | (?P<word>[\w-]+)""",
    re.VERBOSE | re.DOTALL,
)


def _opened(
    header: list[str], stack: list[tuple[tuple[str, str], int, set[str]] | None], text: str, position: int
) -> tuple[tuple[str, str], int, set[str]] | None:
    if not stack and len(header) == _RESOURCE_HEADER and header[0] == "resource":
        return (header[1], header[2]), text.count("\n", 0, position) + 1, set()
    if len(stack) == 1 and stack[0] and header[:1] == ["dynamic"]:
        stack[0][2].update(header[1:])
    return None


def _end_of_string(text: str, position: int) -> int:
    """Return the end of a quoted string, in which ``${...}`` may contain other strings."""
    while position < len(text):
        character, pair = text[position], text[position : position + 2]
        if character == "\\" or pair in {"$$", "%%"}:
            position += 2
        elif character == '"':
            return position + 1
        elif pair in {"${", "%{"}:
            position = _end_of_template(text, position + 2)
        else:
            position += 1
    return position


def _end_of_template(text: str, position: int) -> int:
    depth = 1
    while position < len(text) and depth:
        character = text[position]
        position += 1
        if character == '"':
            position = _end_of_string(text, position)
        depth += (character == "{") - (character == "}")
    return position


def _end_of_heredoc(text: str, position: int, tag: str) -> int:
    end = re.compile(rf"^[ \t]*{re.escape(tag)}[ \t]*\r?$", re.MULTILINE).search(text, position)
    return end.end() if end else len(text)


def json_blocks(text: str, file: str) -> Iterator[tuple[tuple[str, str], Block]]:
    """Find the resources of a file in Terraform's JSON, by type and name."""
    try:
        resources = json.loads(text).get("resource", {})
    except (ValueError, AttributeError, RecursionError):
        return
    for type_, by_name in _members(resources):
        for name, body in _members(by_name):
            dynamic = {one for part in _listed(body) for one, _ in _members(part.get("dynamic"))}
            yield (type_, name), Block(file, _line(text, type_, name), frozenset(dynamic))


def _members(value: object) -> Iterator[tuple[str, Any]]:
    """Return the members of an object or of a list of objects, which the JSON syntax allows in its place."""
    for part in _listed(value):
        yield from part.items()


def _listed(value: object) -> list[dict[str, Any]]:
    return [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, dict)]


def _line(text: str, type_: str, name: str) -> int:
    """Return the line of a resource's name after its type's."""
    position = 0
    for key in ("resource", type_, name):
        found = re.compile(rf"{re.escape(json.dumps(key))}\s*:").search(text, position)
        if not found:
            break
        position = found.end()
    return text.count("\n", 0, position) + 1


def _module_folders(folder: Path, plan: AnyPlan) -> Iterator[tuple[tuple[str, ...], Path]]:
    """Yield the folder of each module: from Terraform's manifest, or by its relative source."""
    yield (), folder
    known: dict[tuple[str, ...], Path] = {(): folder}
    try:
        entries = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))["Modules"]
        manifest = {tuple(str(one["Key"]).split(".")): folder / str(one["Dir"]) for one in entries if one.get("Key")}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        manifest = {}
    for path, call in sorted(plan.calls.items(), key=lambda one: len(one[0])):
        parent = known.get(path[:-1])
        found = manifest.get(path)
        if found is None and parent and call.source.startswith((".", "/")):
            found = parent / call.source
        if found:
            known[path] = found
            yield path, found


def _relative(file: Path, folder: Path) -> str:
    try:
        return file.resolve().relative_to(folder.resolve()).as_posix()
    except ValueError:
        return file.as_posix()
