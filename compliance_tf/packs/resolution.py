"""Resolution of several packs: each rule once, with all packs that have it, or an error that names the conflicts."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from compliance_runtime.check import PeriodicCheck, Severity
from compliance_runtime.suggestions import hint
from compliance_tf.catalog.managed_rules import ParameterType, managed_rule
from compliance_tf.catalog.parameters import ParameterValue, check_parameters
from compliance_tf.catalog.recorded_types import is_recorded_in
from compliance_tf.catalog.usage import DEFAULT_FREQUENCY, MaximumExecutionFrequency
from compliance_tf.checks.use import parameter_texts
from compliance_tf.errors import ComplianceError, PackConflictError, PackError
from compliance_tf.model.checked_types import checked
from compliance_tf.packs.pack import CheckPackRule, ManagedPackRule, PolicyPackRule

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from compliance_tf.catalog.managed_rules import ManagedRuleParameter
    from compliance_tf.packs.pack import Pack, PackRule

_ADVICE = (
    'Decide with change={"<rule>": Change(parameters=..., frequency=..., resource_types=...)}, or leave rules out with '
    "leave_out."
)

_MAX_NAMES = 5
"""Packs that a message names for one setting before it only counts the rest."""


_SETTINGS = (
    ("parameters", "other parameters", "none"),
    ("frequency", "another frequency", "none"),
    ("resource_types", "other types", "all"),
)
"""The settings that packs may disagree about, and their words in messages: for a difference, and for none given."""


@checked
@dataclass(frozen=True)
class Change:
    """Settings of a rule that override those of its packs. What is not given stays.

    Parameters
    ----------
    parameters
        All parameters of the rule, in place of those in the packs. For a managed rule values by name, an empty mapping
        for AWS's defaults; for a check an instance of its parameters.
    frequency
        The interval of a periodic rule.
    resource_types
        The types that it evaluates.
    severity
        The severity of its violations.

    Examples
    --------
    >>> packs = Packs(
    ...     stack, "hipaa", packs=["hipaa"], change={"access-keys-rotated": Change(parameters={"maxAccessKeyAge": 30})}
    ... )
    """

    parameters: Mapping[str, ParameterValue] | object = None
    frequency: MaximumExecutionFrequency | None = None
    resource_types: tuple[str, ...] | None = None
    severity: Severity | None = None

    def apply(self, rule: PackRule) -> PackRule:
        """Apply the settings to a rule of a pack.

        Returns
        -------
        PackRule
            A copy of the rule; what the change does not set is as before.

        Raises
        ------
        ComplianceError
            When the rule does not take these settings.
        PackError
            When a policy is given parameters or a frequency, or a managed rule a check's parameters.
        """
        if isinstance(rule, PolicyPackRule) and (self.parameters is not None or self.frequency is not None):
            raise PackError("a policy takes neither parameters nor a frequency.")
        if isinstance(rule, ManagedPackRule) and not isinstance(self.parameters, Mapping | None):
            raise PackError(f"a managed rule takes parameters by name, not {self.parameters!r:.80}.")
        return replace(rule, **self._given())

    def _given(self) -> dict[str, Any]:
        values = {member.name: getattr(self, member.name) for member in dataclasses.fields(self)}
        return {name: value for name, value in values.items() if value is not None}


@dataclass(frozen=True)
class ResolvedRule:
    """A rule to declare.

    Parameters
    ----------
    rule
        The rule, changes included.
    packs
        The names of its packs, sorted.
    """

    rule: PackRule
    packs: tuple[str, ...]

    def is_available_in(self, region: str) -> bool:
        """Return whether a region has the rule, and records the types that it evaluates."""
        match self.rule:
            case ManagedPackRule():
                return managed_rule(self.rule.identifier).is_available_in(region)
            case CheckPackRule():
                types = self.rule.resource_types or self.rule.check.resource_types
                return isinstance(self.rule.check, PeriodicCheck) or _are_recorded(types, region)
            case PolicyPackRule():
                return _are_recorded(self.rule.resource_types, region)


def _are_recorded(resource_types: Iterable[str], region: str) -> bool:
    return all(is_recorded_in(one, region) for one in resource_types)


def resolve(
    packs: Iterable[Pack], *, leave_out: Collection[str] = (), change: Mapping[str, Change] | None = None
) -> tuple[ResolvedRule, ...]:
    """Resolve packs: combine them so that each rule is declared once.

    Packs agree on a rule when it would be evaluated in the same way: AWS's default of a parameter equals leaving
    it out, and so does the frequency of every 24 hours. Of different severities the highest one counts.

    Parameters
    ----------
    packs
        The packs, in any order: the result is the same.
    leave_out
        Ids of rules to leave out.
    change
        Overrides by rule id. They also settle conflicts between packs about the settings that they give.

    Returns
    -------
    tuple
        The rules, sorted by id, each once.

    Raises
    ------
    PackConflictError
        When packs have a rule with different settings that no change settles, or different rules with one id.
        The message names all of them with their packs.
    PackError
        When two packs have the same name, a rule that is to be left out or changed is in none of them, or a change is
        not valid for the rule.
    """
    change = change or {}
    origins: dict[str, dict[str, PackRule]] = {}
    names: set[str] = set()
    for pack in sorted(packs, key=lambda pack: pack.name):
        if pack.name in names:
            raise PackError(f"two packs are called {pack.name!r}: leave one out, or give it another name.")
        names.add(pack.name)
        for rule in pack.rules:
            origins.setdefault(rule.id, {})[pack.name] = rule
    refuse_unknown_rules("leave_out", leave_out, origins)
    refuse_unknown_rules("change", change, origins)
    if both := sorted(set(leave_out) & set(change)):
        raise PackError(f"{', '.join(both)} cannot be both left out and changed: choose one.")
    kept = {rule_id: origins[rule_id] for rule_id in sorted(origins.keys() - set(leave_out))}
    changed = {rule_id: _changed(rule_id, rules, change.get(rule_id)) for rule_id, rules in kept.items()}
    if conflicts := [text for rule_id, rules in changed.items() for text in _conflicts(rule_id, rules)]:
        raise PackConflictError("\n".join(["the packs conflict:", *conflicts, _ADVICE]))
    return tuple(
        ResolvedRule(_merged(list(rules.values()), change.get(rule_id)), tuple(sorted(rules)))
        for rule_id, rules in changed.items()
    )


def refuse_unknown_rules(place: str, rule_ids: Iterable[str], known: Collection[str]) -> None:
    """Refuse ids of rules that no pack has.

    Raises
    ------
    PackError
        For the first of them; the message suggests the nearest one.
    """
    for rule_id in sorted(rule_ids):
        if rule_id not in known:
            raise PackError(f"{place}: no pack has a rule {rule_id!r}.{hint(rule_id.replace('_', '-'), known)}")


def _changed(rule_id: str, rules: Mapping[str, PackRule], change: Change | None) -> dict[str, PackRule]:
    if change is None:
        return dict(rules)
    try:
        return {pack: change.apply(rule) for pack, rule in rules.items()}
    except ComplianceError as cause:
        raise PackError(f"change of {rule_id}: {cause}") from cause


def _conflicts(rule_id: str, rules: Mapping[str, PackRule]) -> Iterator[str]:
    kinds = _by_value((_what(rule), pack) for pack, rule in rules.items())
    if len(kinds) > 1:
        yield f"  - {rule_id} is a different rule in each pack; give one another id or leave it out:"
        yield from (f"      {_packs(packs)}: {what}" for what, packs in kinds)
        return
    for setting, called, without in _SETTINGS:
        texts = {pack: _setting(rule, setting) for pack, rule in rules.items()}
        shared = frozenset.intersection(*texts.values())
        values = _by_value((", ".join(sorted(given - shared)) or without, pack) for pack, given in texts.items())
        if len(values) > 1:
            yield f"  - {rule_id} has {called} in some packs:"
            yield from (f"      {_packs(packs)}: {value}" for value, packs in values)


def _by_value(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, list[str]]]:
    grouped: dict[str, list[str]] = {}
    for value, pack in pairs:
        grouped.setdefault(value, []).append(pack)
    return sorted(grouped.items())


def _packs(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MAX_NAMES} more" if len(names) > _MAX_NAMES else ""
    return ", ".join(sorted(names)[:_MAX_NAMES]) + more


def _what(rule: PackRule) -> str:
    match rule:
        case ManagedPackRule():
            return f"managed rule {rule.subject}"
        case CheckPackRule():
            return f"check {rule.subject}"
        case PolicyPackRule():
            return f"policy with SHA-256 {hashlib.sha256(rule.subject.encode()).hexdigest()[:12]}"


def _setting(rule: PackRule, name: str) -> frozenset[str]:
    """Normalize a setting, so that equal effects compare equal."""
    match name, rule:
        case "parameters", ManagedPackRule():
            return _listed(_effective_parameters(rule))
        case "parameters", CheckPackRule():
            return _listed(parameter_texts(rule.check, rule.parameters))
        case "frequency", ManagedPackRule() if managed_rule(rule.identifier).periodic:
            return frozenset({rule.frequency or DEFAULT_FREQUENCY})
        case "frequency", CheckPackRule() if isinstance(rule.check, PeriodicCheck):
            return frozenset({rule.frequency or DEFAULT_FREQUENCY})
        case "resource_types", _:
            return frozenset(rule.resource_types)
        case _:
            return frozenset()


def _listed(texts: Mapping[str, str]) -> frozenset[str]:
    return frozenset(f"{name}={text!r}" for name, text in texts.items())


def _effective_parameters(rule: ManagedPackRule) -> dict[str, str]:
    facts = managed_rule(rule.identifier)
    texts = check_parameters(facts, rule.parameters)
    return {
        known.name: _one_spelling(known, text)
        for known in facts.parameters
        if (text := texts.get(known.name, known.default)) is not None
    }


def _one_spelling(parameter: ManagedRuleParameter, text: str) -> str:
    if text.lower() in {"true", "false"}:
        return text.lower()
    if parameter.type in {ParameterType.CSV, ParameterType.STRING_MAP}:
        return ",".join(sorted({item.strip() for item in text.split(",")}))
    return text


def _merged(rules: Sequence[PackRule], change: Change | None) -> PackRule:
    """Merge rules that agree: the most explicit one, with the highest severity."""
    most = max(rules, key=_given)
    given = [rule.severity for rule in rules if rule.severity is not None]
    highest = max(given, key=lambda one: one.rank, default=None)
    severity = change.severity if change and change.severity else highest
    return replace(most, severity=severity)


def _given(rule: PackRule) -> tuple[int, list[str], str]:
    """Return the sort key of a rule by what it gives explicitly, be it a default or not."""
    if isinstance(rule, PolicyPackRule):
        return 0, [], ""
    given: list[str] = []
    if isinstance(rule, ManagedPackRule):
        given = sorted(_listed(check_parameters(managed_rule(rule.identifier), rule.parameters)))
    return len(given), given, rule.frequency or ""
