"""The controls of frameworks that a rule maps to."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING

from compliance_tf.catalog.frameworks.framework import frameworks
from compliance_tf.results.frameworks.equivalents import equivalent_identifiers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from compliance_runtime.recording.rule_directory import RuleEntry


@dataclass(frozen=True, slots=True)
class ControlReference:
    """A control that a rule maps to.

    Parameters
    ----------
    framework
        The framework's short name.
    framework_title
        Its full name with the version.
    id
        The control, as the framework writes it.
    title
        The control's title; None where that is not free to use.
    """

    framework: str
    framework_title: str
    id: str
    title: str | None

    def __str__(self) -> str:
        """Return a short form of 64 characters at most: ``nist-csf/PR.DS-1``."""
        return f"{self.framework}/{self.id}"


def controls_of(rule: RuleEntry) -> tuple[ControlReference, ...]:
    """List the controls that a rule maps to.

    Returns
    -------
    tuple[ControlReference, ...]
        By framework, then in the framework's order; empty for a Guard policy, and for a check that is neither shipped
        nor in a framework's data.
    """
    return () if rule.identifier is None else _controls_of_identifier(rule.identifier)


@functools.cache
def control_names(rule: RuleEntry) -> tuple[str, ...]:
    """Write the controls of a rule, each in one word."""
    return tuple(map(str, controls_of(rule)))


@functools.cache
def standards_of(rule: RuleEntry) -> tuple[str, ...]:
    """List the whole names of the frameworks of which a rule has controls."""
    return tuple(dict.fromkeys(reference.framework_title for reference in controls_of(rule)))


def first_of_each(references: Sequence[ControlReference], limit: int) -> tuple[ControlReference, ...]:
    """Select some of a rule's controls, from every framework in turn.

    A rule may map to a hundred controls of one framework, which would leave no room for the others.

    Parameters
    ----------
    limit
        The maximum number of controls.

    Returns
    -------
    tuple[ControlReference, ...]
        At most ``limit`` of them, in the order of ``references``.
    """
    by_framework: dict[str, list[ControlReference]] = {}
    for reference in references:
        by_framework.setdefault(reference.framework, []).append(reference)
    turns = [one for turn in zip_longest(*by_framework.values()) for one in turn if one is not None]
    return tuple(sorted(turns[:limit], key=references.index))


@functools.cache
def _controls_of_identifier(identifier: str) -> tuple[ControlReference, ...]:
    names = set(equivalent_identifiers(identifier))
    return tuple(reference for reference, rules in _controls() if not names.isdisjoint(rules))


@functools.cache
def _controls() -> tuple[tuple[ControlReference, frozenset[str]], ...]:
    return tuple(
        (
            ControlReference(framework.name, framework.title, control.id, control.title),
            frozenset((*control.rules, *control.checks)),
        )
        for framework in frameworks().values()
        for control in framework.controls
    )
