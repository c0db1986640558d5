"""HCL as somebody would write it by hand: the resources of a synthesized configuration, and nothing else of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_BLOCKS: Final = frozenset(
    {
        *("attribute", "default_tags", "environment", "global_secondary_index", "lifecycle", "logging_config"),
        *(
            "point_in_time_recovery",
            "retry_policy",
            "scope",
            "server_side_encryption",
            "source",
            "source_detail",
            "ttl",
        ),
    }
)
"""What is a block in HCL; everything else is an attribute."""

_EXPRESSIONS: Final = frozenset({"depends_on", "replace_triggered_by"})
"""Lists of references, which are no texts in HCL."""

_READ_ONLY_FOR_RESOURCES: Final = ("aws_caller_identity", "aws_partition")


def hand_written(configuration: dict[str, Any], backend: str) -> str:
    """Write the resources of a configuration, its provider, and a local state, without what looks at the recorder."""
    provider = configuration["provider"]["aws"][0]
    required = configuration["terraform"]["required_providers"]["aws"]
    lines = [
        "terraform {",
        "  required_providers {",
        f'    aws = {{ source = "{required["source"]}", version = "{required["version"]}" }}',
        "  }",
        f'  backend "local" {{\n    path = "{backend}"\n  }}',
        "}",
        *_block("provider", ["aws"], provider),
    ]
    for type_, named in configuration["data"].items():
        if type_ in _READ_ONLY_FOR_RESOURCES:
            for name, body in named.items():
                lines += _block("data", [type_, name], body)
    for type_, named in configuration["resource"].items():
        for name, body in named.items():
            lines += _block("resource", [type_, name], body)
    return "\n".join(lines) + "\n"


def _block(kind: str, labels: list[str], body: dict[str, Any], indent: str = "") -> Iterator[str]:
    yield f"{indent}{' '.join([kind, *(json.dumps(label) for label in labels)])} {{"
    inner = f"{indent}  "
    for key, value in body.items():
        if key == "//":
            continue
        if key in _BLOCKS:
            for one in value if isinstance(value, list) else [value]:
                yield from _block(key, [], one, inner)
        elif key in _EXPRESSIONS:
            yield f"{inner}{key} = [{', '.join(one for one in value if not one.startswith('data.'))}]"
        else:
            yield f"{inner}{key} = {_value(value)}"
    yield f"{indent}}}"


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{json.dumps(key)} = {_value(one)}' for key, one in value.items())} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, str):
        return _text(value)
    return json.dumps(value)


def _text(value: str) -> str:
    """Quote a text; what stands in its templates is not quoted again."""
    written, rest = "", value
    while "${" in rest:
        before, _, after = rest.partition("${")
        inside, rest = _template(after)
        written += json.dumps(before)[1:-1] + "${" + inside + "}"
    return f'"{written}{json.dumps(rest)[1:-1]}"'


def _template(text: str) -> tuple[str, str]:
    depth = 1
    for place, character in enumerate(text):
        depth += {"{": 1, "}": -1}.get(character, 0)
        if not depth:
            return text[:place], text[place + 1 :]
    raise ValueError(f"A template does not end: {text}")
