"""Checks of a managed rule's region, frequency and scope, before AWS Config refuses them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, TypeAlias, get_args

from compliance_runtime.suggestions import hint
from compliance_tf.errors import RuleUseError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from compliance_tf.catalog.managed_rules import ManagedRuleFacts

MaximumExecutionFrequency: TypeAlias = Literal[
    "One_Hour", "Three_Hours", "Six_Hours", "Twelve_Hours", "TwentyFour_Hours"
]
"""Intervals of a periodic rule (AWS Config API Reference, ConfigRule)."""

DEFAULT_FREQUENCY: Final[MaximumExecutionFrequency] = "TwentyFour_Hours"
"""AWS Config's default interval of a periodic rule (AWS Config API Reference, ConfigRule)."""

_FREQUENCIES: Final[tuple[str, ...]] = get_args(MaximumExecutionFrequency)


def validate_use(
    facts: ManagedRuleFacts,
    *,
    region: str | None = None,
    frequency: MaximumExecutionFrequency | None = None,
    scope_types: Sequence[str] = (),
    scoped_by_tag: bool = False,
) -> None:
    """Check that AWS Config accepts a managed rule with these settings.

    Parameters
    ----------
    facts
        The managed rule.
    region
        The region's code; None where it is not known yet.
    frequency
        The interval; None for AWS Config's default of 24 hours.
    scope_types
        The resource types that limit its scope; empty for all that it evaluates.
    scoped_by_tag
        Whether its scope is limited to resources with a tag.

    Raises
    ------
    RuleUseError
        The region does not have the rule; a frequency is unknown, or given to a rule that is not periodic; a
        scope is given to a rule that no change triggers, or has types that the rule does not evaluate. The
        message names all problems at once.
    """
    problems = [
        *_region_problems(facts, region),
        *_frequency_problems(facts, frequency),
        *_scope_problems(facts, scope_types, scoped_by_tag=scoped_by_tag),
    ]
    if problems:
        raise RuleUseError(facts.identifier, problems)


def _region_problems(facts: ManagedRuleFacts, region: str | None) -> Iterator[str]:
    if region is None or facts.is_available_in(region):
        return
    if facts.only_regions:
        allowed = f"Allowed: {', '.join(facts.only_regions)}."
    else:
        allowed = f"Allowed are all regions except {', '.join(facts.excluded_regions)}."
    yield f"region {region!r} does not have the rule. {allowed} To leave it out there, give skip_unavailable=True."


def _frequency_problems(facts: ManagedRuleFacts, frequency: str | None) -> Iterator[str]:
    if frequency is None:
        return
    if not facts.periodic:
        yield (
            f"frequency {frequency!r} is not allowed: only changes trigger the rule, each when it happens. "
            "Leave the frequency out."
        )
    elif frequency not in _FREQUENCIES:
        yield (
            f"frequency {frequency!r} is not known.{hint(frequency, _FREQUENCIES)} Allowed: {', '.join(_FREQUENCIES)}."
        )


def _scope_problems(facts: ManagedRuleFacts, scope_types: Sequence[str], *, scoped_by_tag: bool) -> Iterator[str]:
    if not (scope_types or scoped_by_tag):
        return
    if not facts.change_triggered:
        scope = ", ".join(scope_types) or "by tag"
        yield (
            f"scope {scope} is not allowed: the rule is periodic and lists its resources itself. Leave the scope out."
        )
        return
    for scope_type in scope_types:
        if scope_type not in facts.resource_types:
            yield (
                f"scope type {scope_type!r} is not evaluated by the rule.{hint(scope_type, facts.resource_types)} "
                f"Allowed: {', '.join(facts.resource_types)}."
            )
