"""Parameters of managed rules: checked before AWS Config refuses them, and converted to strings."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, TypeAlias

from compliance_runtime.parameters import MAX_RULE_PARAMETERS
from compliance_runtime.suggestions import hint
from compliance_tf.catalog.managed_rules import ParameterType
from compliance_tf.errors import RuleParametersError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from compliance_tf.catalog.managed_rules import ManagedRuleFacts, ManagedRuleParameter

ParameterValue: TypeAlias = str | int | float | bool | Sequence[str]
"""A parameter's value as a user gives it; a string may hold Terraform expressions (``${...}``)."""

_EXPRESSION: Final = re.compile(r"\$\{[^}]*\}")

_ANY_TEXT: Final = re.compile(r".*\S.*", re.DOTALL)

_TEXTS: Final = {
    ParameterType.STRING: _ANY_TEXT,
    ParameterType.INT: re.compile(r"-?[0-9]+"),
    ParameterType.DOUBLE: re.compile(r"-?[0-9]+(\.[0-9]+)?"),
    ParameterType.BOOLEAN: re.compile(r"true|false", re.IGNORECASE),
    ParameterType.CSV: _ANY_TEXT,
    ParameterType.STRING_MAP: _ANY_TEXT,
}

_ALLOWED: Final = {
    ParameterType.STRING: "a text that is not blank, several values in it separated by commas",
    ParameterType.INT: "a whole number",
    ParameterType.DOUBLE: "a number",
    ParameterType.BOOLEAN: "True or False",
    ParameterType.CSV: "a list of texts without commas, or one text with commas",
    ParameterType.STRING_MAP: "a list of texts like 'key:value' or 'key', or one text with commas",
}

_SEQUENCE_TYPES: Final = (ParameterType.CSV, ParameterType.STRING_MAP)


def check_parameters(facts: ManagedRuleFacts, parameters: Mapping[str, ParameterValue]) -> dict[str, str]:
    """Check the parameters of a managed rule and convert them to the strings that AWS Config takes.

    Parameters
    ----------
    facts
        The managed rule.
    parameters
        Values by parameter name. A text that holds a Terraform expression passes as it is, since only
        Terraform knows its value. Defaults are not filled in: AWS Config applies its own.

    Returns
    -------
    dict
        The values as texts, sorted by name.

    Raises
    ------
    RuleParametersError
        A name is unknown, a value has the wrong type, a required parameter is missing, or all parameters together are
        longer than `MAX_RULE_PARAMETERS`. The message names all problems at once.
    """
    texts = {
        known.name: text
        for known in sorted(facts.parameters, key=lambda parameter: parameter.name)
        if known.name in parameters and (text := _text(known.type, parameters[known.name])) is not None
    }
    problems = [
        *_unknown_names(facts, parameters),
        *_wrong_values(facts, parameters, texts),
        *_missing(facts, parameters),
        *_too_long(texts),
    ]
    if problems:
        raise RuleParametersError(facts.identifier, problems)
    return texts


def input_parameters(texts: Mapping[str, str]) -> str:
    """Return checked parameters as the JSON text of ConfigRule.InputParameters.

    Terraform inserts the value of an expression unescaped, so it must not contain quotes or backslashes.

    Returns
    -------
    str
        A JSON object without spaces, its members sorted, in which Terraform's expressions stand unescaped.
    """
    text = json.dumps(texts, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    # Quotes in an expression belong to Terraform's syntax and must not be escaped.
    return _EXPRESSION.sub(lambda expression: str(json.loads(f'"{expression[0]}"')), text)


def _text(kind: ParameterType, value: object) -> str | None:
    """Return the text of a value; None if the value does not fit the type."""
    match value:
        case str():
            text = value
        case bool():
            text = str(value).lower()
        case int() | float():
            text = str(value)
        case Sequence() if kind in _SEQUENCE_TYPES and all(map(_is_item, value)):
            text = ",".join(value)
        case _:
            return None
    return text if _holds_expression(text) or _TEXTS[kind].fullmatch(text) else None


def _is_item(item: object) -> bool:
    return isinstance(item, str) and (_holds_expression(item) or ("," not in item and bool(item.strip())))


def _holds_expression(text: str) -> bool:
    return _EXPRESSION.search(text) is not None


def _unknown_names(facts: ManagedRuleFacts, parameters: Mapping[str, object]) -> Iterator[str]:
    known = [parameter.name for parameter in facts.parameters]
    allowed = f"Allowed: {', '.join(known)}." if known else "The rule takes no parameters."
    for name in parameters:
        if name not in known:
            yield f"parameter {name!r} is not known.{hint(name, known)} {allowed}"


def _wrong_values(facts: ManagedRuleFacts, parameters: Mapping[str, object], texts: Mapping[str, str]) -> Iterator[str]:
    for known in facts.parameters:
        if known.name in parameters and known.name not in texts:
            yield (
                f"parameter {known.name!r} ({known.type.value}) cannot be {parameters[known.name]!r}. "
                f"Allowed: {_ALLOWED[known.type]}."
            )


def _missing(facts: ManagedRuleFacts, parameters: Mapping[str, object]) -> Iterator[str]:
    for known in facts.parameters:
        if known.required and known.name not in parameters:
            yield f"parameter {known.name!r} ({known.type.value}) is required. {_advice(known)}"


def _advice(parameter: ManagedRuleParameter) -> str:
    if parameter.default is None:
        return f"Give {_ALLOWED[parameter.type]}."
    return f"AWS documents {parameter.default!r} as its default but does not fill it in."


def _too_long(texts: Mapping[str, str]) -> Iterator[str]:
    # An expression may become an empty text: what is too long without them is too long whatever their values.
    literal = {name: _EXPRESSION.sub("", text) for name, text in texts.items()}
    length = len(input_parameters(literal))
    if length > MAX_RULE_PARAMETERS:
        longest = max(literal, key=lambda name: len(literal[name]))
        yield (
            f"the parameters are {length} characters as JSON, {len(literal[longest])} of them in "
            f"{longest!r}. Allowed are {MAX_RULE_PARAMETERS}: shorten the values, or split the rule in two."
        )
