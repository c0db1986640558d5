"""Conversion of a check's parameters to and from those of a Config rule.

AWS Config keeps a rule's parameters as one JSON object whose values are all texts that are not blank, at most
1,024 characters in all (https://docs.aws.amazon.com/config/latest/APIReference/API_ConfigRule.html,
InputParameters). A check declares them as a frozen dataclass:

    @dataclass(frozen=True)
    class Parameters:
        allowed_ports: tuple[str, ...] = field(default=(), metadata={"doc": "Ports that may be open."})

and the rule has ``{"allowedPorts": "443,8000-8100"}``. The field types and how they are written:

    str                             as it is
    int                             decimal digits
    bool                            ``true`` or ``false``
    tuple[str, ...]                 elements separated by commas
    tuple[int, ...]                 elements separated by commas
    Mapping[str, tuple[str, ...]]   a JSON object of lists

Values that equal their default are not written. Since blank texts are not allowed, a parameter that may be empty
needs the empty value as its default.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, fields
from functools import cache
from types import MappingProxyType
from typing import Any, Final, TypeVar, get_type_hints

from compliance_runtime.errors import ParameterError
from compliance_runtime.suggestions import hint

P = TypeVar("P")

MAX_RULE_PARAMETERS = 1024
"""Maximum characters of the JSON text of a rule's parameters (AWS Config API, InputParameters)."""


@dataclass(frozen=True)
class NoParameters:
    """The parameters of a check without any."""


@dataclass(frozen=True)
class Parameter:
    """The declaration of one parameter of a check.

    Parameters
    ----------
    name
        The field of the dataclass, in snake_case.
    rule_name
        Its name in the Config rule, in camelCase.
    meaning
        Its type, in words.
    required
        Whether it is required.
    default
        The default value; None for a required one.
    doc
        The sentence of ``field(metadata={"doc": ...})``.
    """

    name: str
    rule_name: str
    meaning: str
    required: bool
    default: object
    doc: str


def declared_parameters(cls: type[object]) -> tuple[Parameter, ...]:
    """List the parameters that a dataclass declares, in its order.

    Returns
    -------
    tuple[Parameter, ...]
        A parameter for each field; those without a default are required.

    Raises
    ------
    ParameterError
        When a field has another type than those that a rule can hold.
    """
    return tuple(
        Parameter(
            name=field.name,
            rule_name=_rule_name(field.name),
            meaning=codec.meaning,
            required=_required(field),
            default=None if _required(field) else _default(field),
            doc=field.metadata.get("doc", ""),
        )
        for field, codec in _codecs(cls)
    )


def to_rule_parameters(instance: object) -> dict[str, str]:
    """Convert to the parameters of the Config rule, without those that equal their default, in the order of the fields.

    Returns
    -------
    dict[str, str]
        The texts by AWS Config's names, in camel case.

    Raises
    ------
    ParameterError
        When a value has another type than declared or cannot be written, or when all together take more than 1,024
        characters.
    """
    written: dict[str, str] = {}
    for field, codec in _codecs(type(instance)):
        value = getattr(instance, field.name)
        if not codec.accepts(value):
            raise ParameterError(f"Parameter {field.name} must be {codec.meaning}; it is {value!r:.80}.")
        if not _required(field) and value == _default(field):
            continue
        try:
            text = codec.encode(value)
        except ValueError as cause:
            raise ParameterError(f"Parameter {field.name} cannot be written: {cause}.") from cause
        if not text.strip():
            raise ParameterError(
                f"Parameter {field.name} is blank, which AWS Config refuses: leave it out or give it a value."
            )
        written[_rule_name(field.name)] = text
    size = len(json.dumps(written, separators=(",", ":"), ensure_ascii=False))
    if size > MAX_RULE_PARAMETERS:
        raise ParameterError(
            f"The parameters take {size} characters; an AWS Config rule holds {MAX_RULE_PARAMETERS}. "
            "Shorten them or split the rule in two."
        )
    return written


def from_rule_parameters(cls: type[P], values: Mapping[str, object]) -> P:
    """Convert the parameters of a Config rule to an instance of ``cls``.

    Returns
    -------
    P
        An instance, in which a parameter that is not given has its default.

    Raises
    ------
    ParameterError
        When a name is unknown or missing, a text is not of the declared type, or a value is out of the bounds that
        ``cls`` checks itself.
    """
    codecs = {_rule_name(field.name): (field, codec) for field, codec in _codecs(cls)}
    for name in values:
        if name not in codecs:
            raise ParameterError(_unknown(name, list(codecs)))
    arguments: dict[str, object] = {}
    for name, (field, codec) in codecs.items():
        if name in values:
            arguments[field.name] = _decoded(name, codec, values[name])
        elif _required(field):
            raise ParameterError(f"Parameter {name} is required: give it {codec.meaning}.")
    return cls(**arguments)


@dataclass(frozen=True)
class _Codec:
    """The encoding of one type; ``encode`` and ``decode`` raise ValueError with the reason."""

    meaning: str
    accepts: Callable[[object], bool]
    encode: Callable[[Any], str]
    decode: Callable[[str], object]


def _decode_bool(text: str) -> bool:
    if text.strip().lower() not in {"true", "false"}:
        raise ValueError("it is neither true nor false")
    return text.strip().lower() == "true"


def _decode_int(text: str) -> int:
    # int() also accepts 1_000 and the digits of other scripts, which are mistakes in a rule.
    if not re.fullmatch(r"[+-]?[0-9]{1,18}", text.strip()):
        raise ValueError("it is not a whole number of at most 18 digits")
    return int(text)


def _encode_list(elements: tuple[str, ...]) -> str:
    for element in elements:
        if "," in element:
            raise ValueError(f"{element!r} contains a comma, which separates the elements")
        if element != element.strip() or not element:
            raise ValueError(f"{element!r} is empty or has blanks around it")
    return ",".join(elements)


def _decode_list(text: str) -> tuple[str, ...]:
    if not text.strip():
        return ()
    elements = tuple(element.strip() for element in text.split(","))
    if not all(elements):
        raise ValueError("an element between the commas is empty")
    return elements


def _encode_mapping(mapping: Mapping[str, tuple[str, ...]]) -> str:
    lists = {key: list(values) for key, values in mapping.items()}
    return json.dumps(lists, separators=(",", ":"), sort_keys=True, ensure_ascii=False)


def _decode_mapping(text: str) -> Mapping[str, tuple[str, ...]]:
    try:
        value = json.loads(text)
    except RecursionError as cause:
        raise ValueError("it is nested too deeply") from cause
    if not isinstance(value, dict):
        raise ValueError("it is not a JSON object")  # noqa: TRY004 the caller turns ValueError into ParameterError
    for key, elements in value.items():
        if not isinstance(elements, list) or not all(isinstance(element, str) for element in elements):
            raise ValueError(f"its member {key!r} is not a list of texts")
    return MappingProxyType({key: tuple(elements) for key, elements in value.items()})


def _is_int(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_text_list(value: object) -> bool:
    return isinstance(value, tuple) and all(isinstance(element, str) for element in value)


def _is_mapping(value: object) -> bool:
    return isinstance(value, Mapping) and all(
        isinstance(key, str) and _is_text_list(elements) for key, elements in value.items()
    )


_CODECS: Mapping[object, _Codec] = MappingProxyType(
    {
        str: _Codec("a text", lambda value: isinstance(value, str), str, str),
        int: _Codec("a whole number", _is_int, str, _decode_int),
        bool: _Codec(
            "true or false",
            lambda value: isinstance(value, bool),
            lambda value: "true" if value else "false",
            _decode_bool,
        ),
        tuple[str, ...]: _Codec("a list of texts", _is_text_list, _encode_list, _decode_list),
        tuple[int, ...]: _Codec(
            "a list of whole numbers",
            lambda value: isinstance(value, tuple) and all(_is_int(element) for element in value),
            lambda value: ",".join(str(element) for element in value),
            lambda text: tuple(_decode_int(element) for element in _decode_list(text)),
        ),
        Mapping[str, tuple[str, ...]]: _Codec(
            "a mapping from text to a list of texts", _is_mapping, _encode_mapping, _decode_mapping
        ),
    }
)


_type_hints: Final = cache(get_type_hints)
"""The types of a class's members: reading them anew for each rule takes most of the time of a conversion."""


def _codecs(cls: type[Any]) -> list[tuple[Field[Any], _Codec]]:
    try:
        types = _type_hints(cls)  # type: ignore[arg-type]  # mypy looks for __hash__ in the instances
    except NameError as cause:
        raise ParameterError(
            f"{cls.__qualname__}: import {cause.name} at run time, not for type checking only."
        ) from cause
    pairs: list[tuple[Field[Any], _Codec]] = []
    for field in fields(cls):
        codec = _CODECS.get(types[field.name])
        if codec is None:
            raise ParameterError(
                f"{cls.__qualname__}.{field.name} has the type {types[field.name]}, which no rule can hold. "
                "Allowed: str, int, bool, tuple[str, ...], tuple[int, ...], Mapping[str, tuple[str, ...]]."
            )
        pairs.append((field, codec))
    return pairs


def _decoded(name: str, codec: _Codec, text: object) -> object:
    if not isinstance(text, str):
        raise ParameterError(f"Parameter {name} must be written as a text; it is {text!r:.80}.")
    try:
        return codec.decode(text)
    except (ValueError, RecursionError) as cause:
        raise ParameterError(f"Parameter {name} must be {codec.meaning}, but {text!r:.80} is not: {cause}.") from cause


def _unknown(name: str, allowed: list[str]) -> str:
    return f"There is no parameter {name}.{hint(name, allowed)} Allowed: {', '.join(allowed) or 'none'}."


def _required(field: Field[Any]) -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def _default(field: Field[Any]) -> object:
    return field.default if field.default_factory is MISSING else field.default_factory()


def _rule_name(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)
