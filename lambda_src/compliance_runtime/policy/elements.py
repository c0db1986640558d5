"""The elements of a statement, each a single value or a list, and some also in a negative form."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from compliance_runtime.policy.patterns import covers, longest_literals, matches, overlap

if TYPE_CHECKING:
    from compliance_runtime.json_object import JsonObject


_VARIABLE = re.compile(r"\$\{[^{}]*\}")


def texts(holder: JsonObject, name: str) -> tuple[str, ...]:
    """Read one value or a list of them; booleans and numbers of JSON are accepted too.

    Returns
    -------
    tuple[str, ...]
        The values in their order, those that are no texts as JSON; empty where the member is absent or null.

    Raises
    ------
    ComplianceError
        The error of ``holder``, when it has another type.
    """
    value = holder.values.get(name)
    values = value if isinstance(value, list) else [] if value is None else [value]
    for element in values:
        if not isinstance(element, str | bool | int | float):
            raise holder.error(f"{holder.place}.{name} must be a text or a list of texts; it has {element!r:.80}.")
    return tuple(element if isinstance(element, str) else json.dumps(element) for element in values)


@dataclass(frozen=True)
class Patterns:
    """Actions or resources: those that match one of the patterns or, if negated, none of them.

    The value of a policy variable such as ``${aws:username}`` is unknown: it certainly matches only itself, and may
    match anything (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html).

    Parameters
    ----------
    patterns
        Patterns with IAM's wildcards; actions in lower case.
    negated
        Whether they are from ``NotAction`` or ``NotResource``.
    written
        The patterns in the policy's own case, for messages.
    """

    patterns: tuple[str, ...]
    negated: bool = False
    written: tuple[str, ...] = field(default=(), compare=False)

    def matches(self, text: str) -> bool:
        """Return whether a single action (in lower case) or resource is included."""
        is_there = text in self._own or any(literal in text and matches(own, text) for literal, own in self._wild)
        return is_there is not self.negated

    def covers(self, pattern: str) -> bool:
        """Return whether everything that a pattern matches is certainly included."""
        return not self._may_share(pattern) if self.negated else self._covers(pattern)

    def touches(self, pattern: str) -> bool:
        """Return whether something that a pattern matches may be included."""
        if self.negated:
            return not self._covers(pattern)
        return self._may_share(pattern)

    def grants(self, pattern: str) -> bool:
        """Compare with a pattern, apart from a negative form's exceptions.

        ``NotAction`` grants all actions except some: the rest is still everything.

        Returns
        -------
        bool
            Whether everything that ``pattern`` matches is included.
        """
        return self.touches(pattern) if self.negated else self.covers(pattern)

    def _covers(self, pattern: str) -> bool:
        # Cached, because a check repeats it for each action.
        if pattern not in self._covered:
            self._covered[pattern] = pattern in self._own or any(
                literal in pattern and covers(own, pattern) for literal, own in self._wild
            )
        return self._covered[pattern]

    @cached_property
    def _own(self) -> frozenset[str]:
        return frozenset(self.patterns)

    @cached_property
    def _wild(self) -> tuple[tuple[str, str], ...]:
        return longest_literals(self.patterns)

    @cached_property
    def _covered(self) -> dict[str, bool]:
        return {}

    def _may_share(self, pattern: str) -> bool:
        return any(overlap(_VARIABLE.sub("*", own), _VARIABLE.sub("*", pattern)) for own in self.patterns)

    def __str__(self) -> str:
        """Return the text for messages: ``s3:get*, s3:list*`` or ``all but iam:*``."""
        return f"{'all but ' if self.negated else ''}{', '.join(self.patterns)}"


def read_patterns(statement: JsonObject, name: str, *, fold_case: bool = False) -> Patterns | None:
    """Parse ``Action`` and ``NotAction``, or ``Resource`` and ``NotResource``.

    Returns
    -------
    Patterns | None
        The patterns, each once; None where neither member exists.

    Raises
    ------
    ComplianceError
        The error of ``statement``, when they are malformed or both exist.
    """
    negative = f"Not{name}"
    if name in statement.values and negative in statement.values:
        raise statement.error(f"{statement.place} has both {name} and {negative}.")
    present = next((one for one in (name, negative) if one in statement.values), None)
    if present is None:
        return None
    patterns = texts(statement, present)
    once = dict.fromkeys(pattern.lower() for pattern in patterns) if fold_case else dict.fromkeys(patterns)
    return Patterns(patterns=tuple(once), negated=present == negative, written=tuple(dict.fromkeys(patterns)))
