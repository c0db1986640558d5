"""Values held against the type that they are to have: what is wrong is said for people, with its place.

The types are msgspec's: their members declare what is allowed with ``Annotated[..., Meta(...)]``, and reading, the
checks of a constructor and the published JSON schema all follow from that.
"""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, TypeAlias

import msgspec
from msgspec import Meta, inspect

from compliance_runtime.suggestions import hint
from compliance_tf.model.naming import PURPOSE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Place: TypeAlias = tuple[str | int, ...]
"""The names and numbers that lead to a value inside another one."""


_MAX_NAMES = 40
"""Maximum allowed values in a message; there are some eight hundred managed rules."""


def whole(pattern: str) -> str:
    r"""Return a pattern that must match a whole text.

    To Python ``$`` also matches before a line break at the end; in a JSON schema it does not, and there is no ``\Z``.

    Returns
    -------
    str
        The pattern, which Python and JSON Schema take in the same way.
    """
    return rf"^(?:{pattern})$(?!\n)"


def allowed(words: str, **constraints: Any) -> Meta:  # noqa: ANN401 (Meta's own)
    """Constrain a member, and say in words what it takes: they follow "give" in a message."""
    return Meta(**constraints, extra={"allowed": words})


Text: TypeAlias = Annotated[str, allowed("a string that is not blank", pattern=r"\S")]

Day: TypeAlias = Annotated[
    date,
    Meta(
        extra_json_schema={"pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}, extra={"allowed": "a date, such as 2027-03-31"}
    ),
]

RuleId: TypeAlias = Annotated[
    str, allowed("a rule's id: lower-case words and digits joined by hyphens", pattern=whole(PURPOSE))
]


def problem(cause: msgspec.ValidationError, kind: object, value: object) -> tuple[Place, str]:
    """Describe why a value does not have a type.

    Parameters
    ----------
    cause
        What msgspec says.
    kind
        The type.
    value
        The value that has it not.

    Returns
    -------
    tuple
        Where in the value it is, and a sentence.
    """
    said, _, place = str(cause).partition(" - at `$")
    path: list[str | int] = []
    node = inspect.type_info(kind)
    for name, number in re.findall(r"\.([^.\[\]`]+)|\[(\d+)\]", place):
        step = name or int(number)
        path.append(step)
        node, value = _inside(node, step), value[step]  # type: ignore[index]  # msgspec came this way
    if "[...]" in place and isinstance(within := _plain(node), inspect.DictType):
        # msgspec does not say under which name.
        inner = within.value_type
        return tuple(path), f"give {_words(inner) or _kind(_plain(inner))} for each name, not {value!r:.80}."
    if said.startswith("Object "):
        return tuple(path), _names(_plain(node), value)  # type: ignore[arg-type]  # an object, and its type
    return tuple(path), _sentence(node, value)


def check_members(instance: msgspec.Struct, refuse: Callable[[str], NoReturn]) -> None:
    """Check what a constructor was given, as a file's members are, and take it as the types say: a list as a tuple.

    Parameters
    ----------
    instance
        What is being made; call this from its ``__post_init__``.
    refuse
        Raises the error, given a sentence that names the member.
    """
    for name, kind in _members(type(instance)).items():
        given = getattr(instance, name)
        try:
            msgspec.structs.force_setattr(instance, name, msgspec.convert(given, kind))
        except msgspec.ValidationError as cause:
            path, sentence = problem(cause, kind, given)
            refuse(f"{place_text((name, *path))}: {sentence}")


def place_text(path: Place) -> str:
    """Write a place as people read it: ``rules[3].id``."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")


@cache
def _members(kind: type[msgspec.Struct]) -> Mapping[str, Any]:
    return {field.name: field.type for field in msgspec.structs.fields(kind)}


def _inside(node: inspect.Type, step: str | int) -> inspect.Type:
    match _plain(node):
        case inspect.StructType(fields=fields):
            return next(field.type for field in fields if field.encode_name == step)
        case inspect.DictType(value_type=inner):
            return inner
        case inspect.VarTupleType(item_type=inner) | inspect.ListType(item_type=inner):
            return inner
        case other:
            return other


def _plain(node: inspect.Type) -> inspect.Type:
    """Leave out what is said of a type, and that there may be none."""
    if isinstance(node, inspect.Metadata):
        return _plain(node.type)
    if isinstance(node, inspect.UnionType):
        some = [one for one in node.types if not isinstance(one, inspect.NoneType)]
        return _plain(some[0]) if len(some) == 1 else node
    return node


def _words(node: inspect.Type) -> str | None:
    """Find what a member itself says that it takes."""
    if isinstance(node, inspect.UnionType):
        return next((words for one in node.types if (words := _words(one))), None)
    if isinstance(node, inspect.Metadata):
        return (node.extra or {}).get("allowed") or _words(node.type)
    return None


def _names(node: inspect.StructType, value: Mapping[str, object]) -> str:
    known = [field.encode_name for field in node.fields]
    required = [field.encode_name for field in node.fields if field.required]
    for name in value:
        if name not in known:
            return f"{name!r} is not known.{hint(str(name), known)} Allowed: {', '.join(known)}."
    return f"{', '.join(name for name in required if name not in value)} is missing."


def _sentence(node: inspect.Type, value: object) -> str:
    plain = _plain(node)
    match plain:
        case inspect.EnumType(cls=cls):
            return _unknown(value, [str(member.value).lower() for member in cls])
        case inspect.LiteralType(values=values):
            return _unknown(value, [str(one) for one in values])
        case inspect.StrType(max_length=int(max_length)) if isinstance(value, str) and len(value) > max_length:
            return f"it has {len(value):,} characters: give at most {max_length:,}."
        case inspect.VarTupleType(min_length=int(least)) if isinstance(value, list | tuple):
            return f"give at least {least}."
    quotes = "; in quotes if it is a number" if isinstance(plain, inspect.StrType) and _is_number(value) else ""
    return f"give {_words(node) or _kind(plain)}, not {value!r:.80}{quotes}."


def _unknown(value: object, names: list[str]) -> str:
    listed = f" Allowed: {', '.join(names)}." if len(names) <= _MAX_NAMES else ""
    return f"{value!r:.80} is not known.{hint(str(value), names)}{listed}"


def _is_number(value: object) -> bool:
    return isinstance(value, int | float)


def _kind(node: inspect.Type) -> str:
    match node:
        case inspect.StrType():
            return "a string"
        case inspect.BoolType():
            return "true or false"
        case inspect.IntType(ge=minimum, le=maximum) | inspect.FloatType(ge=minimum, le=maximum):
            number = "a whole number" if isinstance(node, inspect.IntType) else "a number"
            bounds = f" from {minimum}" if minimum is not None else ""
            return f"{number}{bounds} to {maximum}" if maximum is not None else f"{number}{bounds}"
        case inspect.VarTupleType(item_type=inner) | inspect.ListType(item_type=inner):
            return "a list of strings" if isinstance(_plain(inner), inspect.StrType) else "a list"
        case _:
            return "members as 'name: value'"
