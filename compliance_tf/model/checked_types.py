"""Types of options, checked when they are given.

Nothing holds a user's main.py against the annotations, and a value of another type would fail far from its place, or
mean something else: ``enabled="no"`` is true.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Mapping
from enum import Enum
from functools import cache, wraps
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin

from compliance_tf.errors import SettingError
from compliance_tf.model.setting_values import member_hint
from compliance_tf.model.workspace_values import ByWorkspace

T = TypeVar("T", bound=Callable[..., Any])

_WORDS = {str: "a text", bool: "True or False", int: "a whole number", float: "a number", NoneType: "None"}


def checked(target: T) -> T:
    """Have a class, or an ``__init__``, refuse arguments of other types than its annotations say.

    The annotations are evaluated at the first use. Which text is allowed, and that a list is not a single value, is
    left to the class, which says it better.

    Returns
    -------
    type or function
        The class itself, or a function in the place of the other one. Creating an object raises ``SettingError``, with
        the argument and what it may be.
    """
    if isinstance(target, type):
        target.__init__ = checked(target.__init__)  # type: ignore[misc]
        return target

    @cache
    def signature() -> inspect.Signature:
        return inspect.signature(target, eval_str=True)

    @wraps(target)
    def checking(self: object, *args: Any, **options: Any) -> None:  # noqa: ANN401 (what a user gave)
        try:
            given = signature().bind(self, *args, **options).arguments
        except TypeError:
            given = {}  # Python's own message, from the call below, has the name of the class.
        for name, value in given.items():
            expected = signature().parameters[name].annotation
            if not _conforms(value, expected):
                named = f" '{given['id_']}'" if "id_" in given else ""
                raise SettingError(
                    f"{type(self).__name__}{named}: {name}={value!r:.80} must be {_words(expected)}."
                    f"{_hint(value, expected)}"
                )
        target(self, *args, **options)

    return checking  # type: ignore[return-value]


def _conforms(value: object, expected: Any) -> bool:  # noqa: ANN401, PLR0911 (a type of any kind)
    origin, args = get_origin(expected), get_args(expected)
    if expected in (Any, inspect.Parameter.empty) or isinstance(expected, TypeVar):
        return True
    if origin in (Union, UnionType):
        return any(_conforms(value, one) for one in args)
    if origin is Literal:
        return isinstance(value, str)
    if origin is ByWorkspace:
        return isinstance(value, ByWorkspace) and all(
            _conforms(one, args[0]) for one in (value.default, *value.values.values())
        )
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return isinstance(value, Mapping) and all(
            _conforms(one, of) for pair in value.items() for one, of in zip(pair, args, strict=True)
        )
    if isinstance(origin, type) and issubclass(origin, Collection):
        if isinstance(value, str | bytes) or not isinstance(value, Collection):
            return True
        return all(_conforms(one, args[0]) for one in value)
    if isinstance(value, bool) and expected in (int, float):
        return False
    return isinstance(value, (int, float) if expected is float else origin or expected)


def _hint(value: object, expected: Any) -> str:  # noqa: ANN401 (a type of any kind)
    """Suggest the member of an enumeration for a text in its place."""
    kinds = (one for one in get_args(expected) or (expected,) if isinstance(one, type) and issubclass(one, Enum))
    return "".join(member_hint(kind, value) for kind in kinds if isinstance(value, str))


def _words(expected: Any) -> str:  # noqa: ANN401 (a type of any kind)
    origin, args = get_origin(expected), get_args(expected)
    if origin in (Union, UnionType):
        return " or ".join(dict.fromkeys(map(_words, args)))
    if origin is Literal:
        return "a text"
    if origin is ByWorkspace:
        return "by_workspace(...) of it"
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return "a mapping of " + " to ".join(map(_words, args))
    if isinstance(origin, type) and issubclass(origin, Collection):
        return f"a list, each {_words(args[0])}"
    cls = origin or expected
    return _WORDS.get(cls) or f"{'an' if cls.__name__[0] in 'AEIOU' else 'a'} {cls.__name__}"
