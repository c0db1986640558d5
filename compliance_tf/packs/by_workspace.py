"""Packs that differ by workspace: each workspace's packs resolved, then combined rule by rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from msgspec.structs import replace

from compliance_tf.errors import PackError
from compliance_tf.packs.resolution import ResolvedRule, refuse_unknown_rules, resolve

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from compliance_tf.model.workspace_values import ByWorkspace
    from compliance_tf.packs.pack import Pack, PackRule
    from compliance_tf.packs.resolution import Change

T = TypeVar("T")


@dataclass(frozen=True)
class WorkspaceRule:
    """A rule that some workspaces have, possibly with different settings.

    Parameters
    ----------
    resolved
        The rule as one of the workspaces has it, with the packs and the highest severity of all.
    by_workspace
        The rule as each workspace has it; None where there is none.
    """

    resolved: ResolvedRule
    by_workspace: ByWorkspace[PackRule | None]

    @property
    def enabled(self) -> ByWorkspace[bool]:
        """By workspace, whether the rule is enabled."""
        return self.by_workspace.map(lambda rule: rule is not None)

    def setting(self, read: Callable[[PackRule], T]) -> ByWorkspace[T]:
        """Return a setting by workspace; where the rule is not enabled, the value of another workspace."""
        return self.by_workspace.map(lambda rule: read(rule or self.resolved.rule))


def resolve_by_workspace(
    packs: ByWorkspace[Sequence[Pack]],
    *,
    leave_out: Collection[str] = (),
    change: Mapping[str, Change] | None = None,
) -> tuple[WorkspaceRule, ...]:
    """Resolve the packs of each workspace, and combine the workspaces.

    Returns
    -------
    tuple
        The rules of all workspaces, sorted by id, each once.

    Raises
    ------
    PackError
        As :func:`~compliance_tf.packs.resolution.resolve` for the packs of one workspace; or when an id is of
        different rules in two workspaces, or of rules with different types.
    """
    change = change or {}
    everything = [pack for chosen in (packs.default, *packs.values.values()) for pack in chosen]
    known = {rule.id for pack in everything for rule in pack.rules}
    refuse_unknown_rules("leave_out", leave_out, known)
    refuse_unknown_rules("change", change, known)

    def resolved(chosen: Sequence[Pack]) -> Mapping[str, ResolvedRule]:
        own = {rule.id for pack in chosen for rule in pack.rules}
        changes = {rule_id: one for rule_id, one in change.items() if rule_id in own}
        return {rule.rule.id: rule for rule in resolve(chosen, leave_out=own & set(leave_out), change=changes)}

    by_workspace = packs.map(resolved)
    ids = sorted({rule_id for rules in (by_workspace.default, *by_workspace.values.values()) for rule_id in rules})
    return tuple(_together(_of_rule(by_workspace, rule_id)) for rule_id in ids)


def _of_rule(rules: ByWorkspace[Mapping[str, ResolvedRule]], rule_id: str) -> ByWorkspace[ResolvedRule | None]:
    return rules.map(lambda by_id: by_id.get(rule_id))


def _together(rules: ByWorkspace[ResolvedRule | None]) -> WorkspaceRule:
    found = [rule for rule in (rules.default, *rules.values.values()) if rule is not None]
    one = found[0].rule
    for other in found:
        if type(other.rule) is not type(one) or other.rule.subject != one.subject:
            raise PackError(f"{one.id} is not the same rule in all workspaces: give one of them another id.")
        if other.rule.resource_types != one.resource_types:
            raise PackError(
                f"{one.id} evaluates other types in some workspaces: give it the same resource_types with change."
            )
    given = [rule.rule.severity for rule in found if rule.rule.severity is not None]
    severity = max(given, key=lambda one: one.rank, default=None)
    packs = tuple(sorted({pack for rule in found for pack in rule.packs}))
    return WorkspaceRule(
        ResolvedRule(replace(one, severity=severity), packs),
        rules.map(lambda rule: rule.rule if rule else None),
    )
