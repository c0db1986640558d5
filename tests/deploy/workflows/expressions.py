"""Evaluates the expressions of GitHub's workflows, as far as ours use them.

What they mean: https://docs.github.com/en/actions/reference/workflows-and-actions/expressions.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_TOKEN = re.compile(r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<operator>\|\||&&|==|!=|\(|\))|(?P<name>[\w.-]+))")


def filled_in(text: str, contexts: Mapping[str, Any]) -> str:
    """Put the values of its expressions into a text."""
    return re.sub(r"\$\{\{(.*?)\}\}", lambda match: _shown(evaluated(match[1], contexts)), text)


def evaluated(expression: str, contexts: Mapping[str, Any]) -> Any:
    """Return an expression's value; what is not there is an empty text, as GitHub has it."""
    tokens = [match for match in _TOKEN.finditer(expression) if match[0].strip()]
    assert "".join(match[0].strip() for match in tokens) == re.sub(r"\s", "", expression), f"not known: {expression}"
    value, rest = _any(tokens, contexts)
    assert not rest, f"not known: {expression}"
    return value


def _any(tokens: list[re.Match[str]], contexts: Mapping[str, Any]) -> tuple[Any, list[re.Match[str]]]:
    value, tokens = _all(tokens, contexts)
    while tokens and tokens[0]["operator"] == "||":
        other, tokens = _all(tokens[1:], contexts)
        value = value or other
    return value, tokens


def _all(tokens: list[re.Match[str]], contexts: Mapping[str, Any]) -> tuple[Any, list[re.Match[str]]]:
    value, tokens = _comparison(tokens, contexts)
    while tokens and tokens[0]["operator"] == "&&":
        other, tokens = _comparison(tokens[1:], contexts)
        value = value and other
    return value, tokens


def _comparison(tokens: list[re.Match[str]], contexts: Mapping[str, Any]) -> tuple[Any, list[re.Match[str]]]:
    value, tokens = _value(tokens, contexts)
    if tokens and tokens[0]["operator"] in {"==", "!="}:
        other, rest = _value(tokens[1:], contexts)
        return (value == other) == (tokens[0]["operator"] == "=="), rest
    return value, tokens


def _value(tokens: list[re.Match[str]], contexts: Mapping[str, Any]) -> tuple[Any, list[re.Match[str]]]:
    first, rest = tokens[0], tokens[1:]
    if first["text"]:
        return first["text"][1:-1].replace("''", "'"), rest
    assert first["name"], f"not known: {first[0]}"
    value: Any = contexts
    for member in first["name"].split("."):
        value = value.get(member, "") if isinstance(value, dict) else ""
    return value, rest


def _shown(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
