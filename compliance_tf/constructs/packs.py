"""Declarations of the rules of packs."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from constructs import Construct

from compliance_runtime.check import PeriodicCheck, Severity
from compliance_tf.catalog.generated.pack_names import PackAlias, PackName
from compliance_tf.catalog.managed_rules import managed_rule
from compliance_tf.constructs.rules.check_rule import CheckRule
from compliance_tf.constructs.rules.managed_rule import ManagedRule
from compliance_tf.constructs.rules.policy_rule import PolicyRule
from compliance_tf.constructs.rules.scope import Scope
from compliance_tf.constructs.stack import ComplianceStack
from compliance_tf.errors import PackError
from compliance_tf.model.checked_types import checked
from compliance_tf.model.setting_values import as_tuple
from compliance_tf.model.workspace_values import Setting, as_by_workspace
from compliance_tf.packs.by_workspace import WorkspaceRule, resolve_by_workspace
from compliance_tf.packs.pack import CheckPackRule, ManagedPackRule, Pack, PolicyPackRule
from compliance_tf.packs.resolution import Change

if TYPE_CHECKING:
    from compliance_tf.catalog.parameters import ParameterValue
    from compliance_tf.catalog.usage import MaximumExecutionFrequency
    from compliance_tf.model.workspace_values import ByWorkspace
    from compliance_tf.packs.pack import PackRule
    from compliance_tf.packs.resolution import ResolvedRule


class Packs(Construct):
    """The rules of packs, each declared once.

    In AWS's packs a rule's id is its identifier in kebab case. Its name ends in the id, or in a short form of it where
    the full name would be too long; then the tag ``rule`` has the id. A rule of several packs is declared once, with
    the names of all of them; :func:`~compliance_tf.packs.resolution.resolve` describes when packs agree.

    Parameters
    ----------
    packs
        Names of AWS's conformance packs, and packs of your own, in any order. By workspace, each workspace has the
        rules of its own packs.
    leave_out
        Ids of rules to leave out.
    change
        Overrides of the packs' settings, by rule id. They also settle conflicts between packs.
    skip_unavailable
        Whether rules that the stack's region lacks are left out rather than refused. ``unavailable`` lists them.

    Attributes
    ----------
    rules
        The rules that were declared, sorted by id.
    unavailable
        Ids of the rules that were left out because the region lacks them.

    Raises
    ------
    ComplianceError
        When a pack is unknown, packs conflict, the region lacks a rule, or AWS Config would refuse one.

    Examples
    --------
    >>> chosen = ["pci-dss-4.0", Pack.from_file("acme.yaml")]
    >>> packs = Packs(stack, "packs", packs=chosen, leave_out=["cloud-trail-enabled"], skip_unavailable=True)
    >>> "cloud-trail-enabled" in {one.rule.id for one in packs.rules}
    False
    """

    @checked
    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        packs: Setting[Sequence[PackName | PackAlias | Pack]],
        leave_out: Collection[str] = (),
        change: Mapping[str, Change] | None = None,
        skip_unavailable: bool = False,
    ) -> None:
        super().__init__(scope, id_)
        stack = ComplianceStack.of(scope)
        chosen = as_by_workspace(packs)
        stack.workspaces.refuse_unknown([chosen], f"Packs '{id_}'")
        rules = resolve_by_workspace(
            chosen.map(_read), leave_out=as_tuple("Packs: leave_out", leave_out), change=change
        )
        region = stack.naming.region
        resolved = [rule.resolved for rule in rules if not stack.leaves_to_another(*_evaluates(rule.resolved.rule))]
        missing = [rule for rule in resolved if not rule.is_available_in(region)]
        if missing and not skip_unavailable:
            raise PackError(_unavailable_message(region, missing))
        present = [rule for rule in rules if rule.resolved not in missing]
        self.rules = tuple(rule.resolved for rule in present)
        self.unavailable = tuple(rule.rule.id for rule in missing)
        for rule in present:
            self._declare(rule)

    def _declare(self, declared: WorkspaceRule) -> None:
        rule, packs = declared.resolved.rule, declared.resolved.packs
        scope = Scope.types(*rule.resource_types) if rule.resource_types else None
        name = ComplianceStack.of(self).naming.short_rule_name(rule.id)
        match rule:
            case ManagedPackRule():
                values = declared.setting(_parameters)
                names = sorted({name for given in (values.default, *values.values.values()) for name in given})
                ManagedRule(
                    self,
                    rule.id,
                    identifier=rule.identifier,
                    parameters={name: _named(values, name) for name in names},
                    rule_scope=scope,
                    frequency=declared.setting(_frequency),
                    severity=rule.severity,
                    enabled=declared.enabled,
                    packs=packs,
                    name=name,
                )
            case CheckPackRule():
                CheckRule(
                    self,
                    rule.id,
                    check=rule.check,
                    parameters=declared.setting(_parameters),
                    rule_scope=scope,
                    frequency=declared.setting(_frequency) if isinstance(rule.check, PeriodicCheck) else None,
                    severity=rule.severity,
                    enabled=declared.enabled,
                    packs=packs,
                    name=name,
                )
            case PolicyPackRule():
                PolicyRule(
                    self,
                    rule.id,
                    policy=rule.policy,
                    rule_scope=Scope.types(*rule.resource_types),
                    severity=rule.severity or Severity.MEDIUM,
                    enabled=declared.enabled,
                    packs=packs,
                    name=name,
                )


def _read(packs: Sequence[PackName | PackAlias | Pack]) -> list[Pack]:
    return [pack if isinstance(pack, Pack) else Pack.named(pack) for pack in as_tuple("Packs: packs", packs)]


def _evaluates(rule: PackRule) -> tuple[tuple[str, ...], str | None]:
    """Return the types that a rule evaluates, and its identifier."""
    match rule:
        case ManagedPackRule():
            return rule.resource_types or managed_rule(rule.identifier).resource_types, rule.identifier
        case CheckPackRule():
            return rule.resource_types or rule.check.resource_types, rule.check.id
        case PolicyPackRule():
            return rule.resource_types, None


def _parameters(rule: PackRule) -> Any:  # noqa: ANN401 (values by name, or a check's own dataclass)
    return None if isinstance(rule, PolicyPackRule) else rule.parameters


def _named(values: ByWorkspace[Mapping[str, ParameterValue]], name: str) -> ByWorkspace[ParameterValue | None]:
    return values.map(lambda given: given.get(name))


def _frequency(rule: PackRule) -> MaximumExecutionFrequency | None:
    return None if isinstance(rule, PolicyPackRule) else rule.frequency


def _unavailable_message(region: str, rules: Sequence[ResolvedRule]) -> str:
    lines = [f"{region} does not have {len(rules)} of the packs' rules:"]
    lines += [f"  - {rule.rule.id} ({', '.join(rule.packs)})" for rule in rules]
    lines.append("Leave them out with skip_unavailable=True, or one by one with leave_out.")
    return "\n".join(lines)
