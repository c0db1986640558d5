"""The reference page of the constructs, made of their docstrings: ``python -m maintenance.pages.constructs``."""

from __future__ import annotations

import inspect
import sys
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

import compliance_tf
from compliance_tf.constructs.function_options import FunctionOptions
from maintenance.pages.docstrings import Docstring, plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_INTRODUCTION: Final = """\
# Constructs

All of these are imported from `compliance_tf`. In the examples `app` is an `App` of CDKTF and `stack` a
`ComplianceStack`; a test runs them. A parameter whose type is a `Setting` takes a value, or one by workspace:
[`by_workspace`](#by_workspace). Every error is a `ComplianceError`, and its message says what to do.

This page is made of the docstrings by `make docs`.
"""

_GROUPS: Final = {
    "The stack": ("ComplianceStack", "synthesize", "Workspaces", "by_workspace"),
    "Rules": ("ManagedRule", "CheckRule", "PolicyRule", "Scope", "ApiCall"),
    "Packs": ("Packs", "Change", "Pack", "ManagedPackRule", "CheckPackRule", "PolicyPackRule"),
    "Waivers": ("Waiver", "waivers_from_file"),
    "Settings of a stack": (
        *("S3State", "LocalState", "Schedule", "Notifications", "RecorderSource"),
        *("KmsKeys", "Network"),
    ),
}

BAR: Final = r"\|"
"""A bar in a cell of a table."""

DOCUMENTED: Final = tuple(name for names in _GROUPS.values() for name in names)
"""The public names that the page describes."""


def reference() -> str:
    """Write the page, in Markdown."""
    lines = [_INTRODUCTION]
    for title, names in _GROUPS.items():
        lines += [f"## {title}", ""]
        for name in names:
            lines += [*_section(name, getattr(compliance_tf, name)), ""]
    return "\n".join(lines).rstrip() + "\n"


def _section(name: str, thing: Any) -> Iterator[str]:  # noqa: ANN401 (a class or a function)
    docstring = Docstring.of(thing)
    yield f"### {name}"
    yield ""
    yield "\n\n".join(plain(paragraph) for paragraph in docstring.text.split("\n\n"))
    yield from _table("Parameter", _parameters(thing, docstring))
    yield from _table("Attribute", {f"`{name}`": text for name, text in docstring.entries("Attributes").items()})
    if isinstance(thing, type) and issubclass(thing, Enum):
        yield from _table("Member", {f"`{one.name}`": f"{one.value}." for one in thing})
    yield from _table("Class method", _methods(thing))
    for title in ("Returns", "Raises"):
        if entries := docstring.entries(title):
            yield ""
            yield from (f"{title} `{entry}`: {text[:1].lower()}{text[1:]}" for entry, text in entries.items())
    if example := docstring.sections.get("Examples"):
        yield from ["", "```python", _code(example), "```"]


def _table(title: str, entries: Mapping[str, str]) -> Iterator[str]:
    if entries:
        yield from ["", f"| {title} | Meaning |", "|---|---|"]
        yield from (f"| {name} | {text.replace('|', BAR)} |" for name, text in entries.items())


def _parameters(thing: Any, docstring: Docstring) -> dict[str, str]:  # noqa: ANN401 (a class or a function)
    """Describe parameters by their names and defaults; those of several functions' settings where they are declared."""
    shared = Docstring.of(FunctionOptions).entries("Parameters")
    signature = inspect.signature(thing.__init__ if isinstance(thing, type) else thing).parameters  # type: ignore[misc]
    found = {}
    for entry, text in docstring.entries("Parameters").items():
        names = [name.strip() for name in entry.split(",")]
        for name in names:
            default = signature[name].default if name in signature else inspect.Parameter.empty
            found[f"`{name}{_default(default)}`"] = text if len(names) == 1 else shared.get(name, text)
    return found


def _default(value: object) -> str:
    if value is inspect.Parameter.empty or "object at" in repr(value) or repr(value).startswith("<factory"):
        return ""
    if isinstance(value, Enum):
        return f" = {value}"
    return f" = ({', '.join(map(str, value))})" if isinstance(value, tuple) and value else f" = {value!r}"


def _methods(thing: Any) -> dict[str, str]:  # noqa: ANN401 (a class or a function)
    """Describe the class methods, by which one makes or finds an instance."""
    found = {}
    for name, method in vars(thing).items():
        if isinstance(method, classmethod) and not name.startswith("_"):
            parameters = inspect.signature(getattr(thing, name)).parameters.values()
            written = ", ".join(str(one).partition(":")[0] for one in parameters)
            found[f"`{thing.__name__}.{name}({written})`"] = Docstring.of(method.__func__).summary
    return found


def _code(example: str) -> str:
    """Write an example as a formatted program, with what it prints as comments."""
    lines: list[str] = []
    before = ""
    for line in inspect.cleandoc(example).splitlines():
        if line.startswith(">>> "):
            word = line.split()[1]
            if before != word:
                lines += {"from": [""], "def": ["", ""]}.get(before, [])
            before = word
        lines.append(line[4:] if line.startswith((">>> ", "... ")) else f"# {line}")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.stdout.write(reference())
