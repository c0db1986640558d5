"""Validation of requests and responses by botocore's service models."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol, Self, cast

import botocore.session

if TYPE_CHECKING:
    from collections.abc import Iterator

    from botocore.model import OperationModel, ServiceModel


class _Shape(Protocol):
    """The union of botocore's shapes, whose own annotations know only their base class."""

    name: str
    type_name: str
    metadata: dict[str, Any]
    members: dict[str, Self]
    member: Self
    value: Self


COMMON_ERRORS = frozenset({"AccessDeniedException", "ValidationException", "UnknownOperationException"})
"""Codes that any operation may return (AWS Config API Reference: Common Errors)."""

ANSWERED_IN_CAPITALS = frozenset({"RecorderStatus", "DeliveryStatus"})
"""Shapes of AWS Config whose values are ``Success`` in the model and ``SUCCESS`` in AWS's responses.

Recorded: https://github.com/aws/aws-cli, awscli/examples/configservice/describe-configuration-recorder-status.rst.
"""

_NUMBERS = frozenset({"integer", "long", "float", "double", "timestamp"})


@cache
def service_model(service: str) -> ServiceModel:
    """Return the model of a service by botocore's name for it; read once per process."""
    return botocore.session.get_session().get_service_model(service)


def request_violations(operation: OperationModel, parameters: object) -> list[str]:
    """List the violations for which AWS refuses a request; unknown members are ignored, as AWS does."""
    if operation.input_shape is None:
        return []
    return list(_violations(cast("_Shape", operation.input_shape), parameters, "", closed=False))


def response_violations(operation: OperationModel, response: object) -> list[str]:
    """List where a response differs from the model; unknown members count."""
    if operation.output_shape is None:
        return [] if response == {} else ["the operation answers nothing"]
    return list(_violations(cast("_Shape", operation.output_shape), response, "", closed=True))


def declared_errors(operation: OperationModel) -> frozenset[str]:
    """Return the error codes that a client of the operation has to expect."""
    return COMMON_ERRORS | {shape.metadata.get("error", {}).get("code", shape.name) for shape in operation.error_shapes}


def _violations(shape: _Shape, value: object, path: str, *, closed: bool) -> Iterator[str]:
    kind = shape.type_name
    if not _has_type(kind, value):
        yield f"Value at '{path}' failed to satisfy constraint: Member must be of type {kind}"
    elif isinstance(value, dict):
        yield from _structure(shape, value, path, closed=closed)
    elif isinstance(value, list):
        yield from _size(shape, len(value), path, "length")
        for index, member in enumerate(value):
            yield from _violations(shape.member, member, f"{path}.{index + 1}.member", closed=closed)
    elif isinstance(value, str):
        yield from _text(shape, value, path)
    elif kind in {"integer", "long"} and isinstance(value, int):
        yield from _size(shape, value, path, "value")


def _has_type(kind: str, value: object) -> bool:
    if kind in _NUMBERS:
        return isinstance(value, int | float) and not isinstance(value, bool)
    expected: dict[str, type] = {"structure": dict, "map": dict, "list": list, "string": str, "boolean": bool}
    return isinstance(value, expected[kind])


def _structure(shape: _Shape, value: dict[str, Any], path: str, *, closed: bool) -> Iterator[str]:
    if shape.type_name == "map":
        for key, member in value.items():
            yield from _violations(shape.value, member, f"{path}.{key}", closed=closed)
        return
    members = shape.members
    for name in shape.metadata.get("required", []):
        if value.get(name) is None:
            yield f"Value null at '{_join(path, name)}' failed to satisfy constraint: Member must not be null"
    for name, member in value.items():
        if name in members and (closed or member is not None):
            yield from _violations(members[name], member, _join(path, name), closed=closed)
        elif closed:
            yield f"Member '{_join(path, name)}' is not in the model"


def _text(shape: _Shape, value: str, path: str) -> Iterator[str]:
    shown = value if len(value) <= 64 else value[:64] + "..."  # noqa: PLR2004 -- only a message's length
    for problem in _size(shape, len(value), path, "length"):
        yield problem.replace("Value at", f"Value '{shown}' at")
    allowed = shape.metadata.get("enum")
    if allowed and shape.name in ANSWERED_IN_CAPITALS:
        allowed = [one.upper() if one != "NotApplicable" else "NOT_APPLICABLE" for one in allowed]
    if allowed and value not in allowed:
        yield (
            f"Value '{shown}' at '{path}' failed to satisfy constraint: "
            f"Member must satisfy enum value set: [{', '.join(allowed)}]"
        )
    pattern = _pattern(shape.metadata.get("pattern", ""))
    if pattern and not pattern.fullmatch(value):
        yield (
            f"Value '{shown}' at '{path}' failed to satisfy constraint: "
            f"Member must satisfy regular expression pattern: {pattern.pattern}"
        )


def _size(shape: _Shape, size: int, path: str, what: str) -> Iterator[str]:
    smallest, largest = shape.metadata.get("min"), shape.metadata.get("max")
    start = f"Value at '{path}' failed to satisfy constraint: Member must have {what}"
    if smallest is not None and size < smallest:
        yield f"{start} greater than or equal to {smallest}"
    if largest is not None and size > largest:
        yield f"{start} less than or equal to {largest}"


@cache
def _pattern(text: str) -> re.Pattern[str] | None:
    try:
        return re.compile(text, re.DOTALL) if text else None
    except re.error:  # A few patterns use Java's syntax: those that Python cannot parse are not checked.
        return None


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
