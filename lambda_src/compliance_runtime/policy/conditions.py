"""Conditions of statements, evaluated for partially known requests.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

from compliance_runtime.errors import EventError
from compliance_runtime.policy.elements import texts
from compliance_runtime.policy.patterns import matches

if TYPE_CHECKING:
    from collections.abc import Iterable

    from compliance_runtime.json_object import JsonObject

Request: TypeAlias = Mapping[str, str | None]
"""The known values of a request: condition keys in lower case with their value, None for a key that it does not have.
Nothing is known of other keys."""

NOTHING_KNOWN: Request = MappingProxyType({})


class Truth(Enum):
    """Three-valued logic: true for all matching requests, for none, or possibly for some."""

    ALWAYS = "always"
    NEVER = "never"
    UNKNOWN = "unknown"

    def negated(self) -> Truth:
        """Return the negation."""
        return {Truth.ALWAYS: Truth.NEVER, Truth.NEVER: Truth.ALWAYS}.get(self, Truth.UNKNOWN)


_ARN_PARTS = 6


def _equal(wanted: str, value: str) -> bool:
    return wanted == value


def _equal_ignoring_case(wanted: str, value: str) -> bool:
    return wanted.lower() == value.lower()


def _arn_matches(wanted: str, value: str) -> bool:
    """Match the six parts of ARNs separately: a wildcard does not match a colon except in the last part.

    Texts that are not ARNs are compared as a whole.

    Returns
    -------
    bool
        Whether ``wanted``, in which ``*`` and ``?`` are wildcards, matches ``value``.
    """
    patterns, parts = (text.split(":", _ARN_PARTS - 1) for text in (wanted, value))
    if len(patterns) != _ARN_PARTS or len(parts) != _ARN_PARTS:
        return matches(wanted, value)
    return all(matches(pattern, part) for pattern, part in zip(patterns, parts, strict=True))


_COMPARISONS: Mapping[str, Callable[[str, str], bool]] = {
    "stringequals": _equal,
    "stringequalsignorecase": _equal_ignoring_case,
    "stringlike": matches,
    "arnequals": _arn_matches,
    "arnlike": _arn_matches,
    "bool": _equal_ignoring_case,
}
_WITH_WILDCARDS = frozenset({"stringlike", "arnequals", "arnlike"})
# Checks do not need the numbers, dates and networks of requests.
_NOT_COMPARED = frozenset(
    {"ipaddress", "binaryequals"}
    | {f"{kind}{order}" for kind in ("numeric", "date") for order in ("equals", "lessthan", "greaterthan")}
    | {f"{kind}{order}equals" for kind in ("numeric", "date") for order in ("lessthan", "greaterthan")}
)
_NEGATIVES: Mapping[str, str] = {
    "stringnotequals": "stringequals",
    "stringnotequalsignorecase": "stringequalsignorecase",
    "stringnotlike": "stringlike",
    "arnnotequals": "arnequals",
    "arnnotlike": "arnlike",
    "numericnotequals": "numericequals",
    "datenotequals": "dateequals",
    "notipaddress": "ipaddress",
}


@dataclass(frozen=True)
class Condition:
    """One key of one operator.

    Parameters
    ----------
    operator
        In lower case, without qualifier and ``IfExists``: ``stringequals``.
    qualifier
        ``forallvalues`` or ``foranyvalue`` for keys with several values; else empty.
    if_exists
        Whether it holds for a request without the key.
    key
        In lower case: ``aws:principalorgid``.
    values
        The values, one of which must match.
    """

    operator: str
    qualifier: str
    if_exists: bool
    key: str
    values: tuple[str, ...]

    @property
    def names_values(self) -> bool:
        """Return whether a request that has the key must have one of the values for it."""
        return self.operator in {*_COMPARISONS, "ipaddress"}

    @property
    def needs_key(self) -> bool:
        """Return whether it holds for no request without the key."""
        return self.holds({self.key: None}) is Truth.NEVER

    @property
    def demands(self) -> bool:
        """Return whether it holds only for requests that have the key, with one of the values."""
        return self.names_values and self.needs_key

    @property
    def has_wildcards(self) -> bool:
        """Return whether one of the values has the wildcards ``*`` or ``?``."""
        return self.operator in _WITH_WILDCARDS and any(set(value) & {"*", "?"} for value in self.values)

    def holds(self, request: Request) -> Truth:
        """Evaluate the condition for a request."""
        if self.key not in request:
            return Truth.UNKNOWN
        value = request[self.key]
        if self.operator == "null":
            return _truth(str(value is None).lower() in {wanted.lower() for wanted in self.values})
        if value is None:
            return self._without_key()
        found = self._finds(value, _COMPARISONS.get(_NEGATIVES.get(self.operator, self.operator)))
        return found.negated() if self.operator in _NEGATIVES else found

    def _without_key(self) -> Truth:
        # ForAllValues holds where there is no value at all.
        if self.if_exists or self.qualifier == "forallvalues":
            return Truth.ALWAYS
        if self.operator in _NEGATIVES:
            return _truth(self.qualifier != "foranyvalue")
        return Truth.NEVER if self.operator in {*_COMPARISONS, *_NOT_COMPARED} else Truth.UNKNOWN

    def _finds(self, value: str, compare: Callable[[str, str], bool] | None) -> Truth:
        if compare is None:
            return Truth.UNKNOWN
        # The value of a policy variable is unknown.
        fixed = [wanted for wanted in self.values if "${" not in wanted]
        if any(compare(wanted, value) for wanted in fixed):
            return Truth.ALWAYS
        return Truth.NEVER if len(fixed) == len(self.values) else Truth.UNKNOWN


def _truth(value: bool) -> Truth:  # noqa: FBT001 it is the value itself
    return Truth.ALWAYS if value else Truth.NEVER


def all_hold(conditions: Iterable[Condition], request: Request) -> Truth:
    """Evaluate all conditions for a request."""
    truths = {condition.holds(request) for condition in conditions}
    if Truth.NEVER in truths:
        return Truth.NEVER
    return Truth.UNKNOWN if Truth.UNKNOWN in truths else Truth.ALWAYS


def read_conditions(statement: JsonObject) -> tuple[Condition, ...]:
    """Parse the member ``Condition`` of a statement.

    Returns
    -------
    tuple[Condition, ...]
        One for each operator and key, in the order of the statement, all of which must hold; empty without
        ``Condition``.

    Raises
    ------
    EventError
        When it is not valid in IAM; the message names the place.
    """
    block = statement.optional_member("Condition")
    if block is None:
        return ()
    return tuple(
        _condition(operator, key, texts(keys, key))
        for operator in block.values
        for keys in [block.member(operator)]
        for key in keys.values
    )


def _condition(written: str, key: str, values: tuple[str, ...]) -> Condition:
    qualifier, _, operator = written.lower().rpartition(":")
    if qualifier not in {"", "forallvalues", "foranyvalue"}:
        raise EventError(
            f"Condition operator {written!r:.80} must begin with ForAllValues: or ForAnyValue: or neither."
        )
    return Condition(
        operator=operator.removesuffix("ifexists"),
        qualifier=qualifier,
        if_exists=operator.endswith("ifexists"),
        key=key.lower(),
        values=values,
    )
