"""Judgements of planned resources by checks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

from compliance_runtime.check import ChangeCheck, Compliance, LookupCheck, PeriodicCheck, Severity
from compliance_runtime.deployment import DeployedRule
from compliance_runtime.errors import ComplianceError
from compliance_runtime.recording.table_schema import Resource
from compliance_tf.errors import UndecidedError
from compliance_tf.model.allow_list import is_singleton
from compliance_tf.review.resources.lookups import ANSWERED_ACTIONS, PlannedClients
from compliance_tf.review.resources.planned_item import PlannedAccount
from compliance_tf.waivers.resolution import resolve_waivers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from compliance_runtime.check import Check, Verdict
    from compliance_runtime.waivers.waiver import DeployedWaiver
    from compliance_tf.review.resources.any_plan import AnyPlan, Instance
    from compliance_tf.review.resources.configuration import Block
    from compliance_tf.review.resources.items import PlannedResource, Translator
    from compliance_tf.waivers.waiver import Waiver


class Outcome(Enum):
    """The outcome of a rule for a planned resource."""

    VIOLATION = "violation"
    WAIVED = "waived"
    UNDECIDED = "undecided"
    COMPLIANT = "compliant"
    NOT_APPLICABLE = "not_applicable"

    @property
    def words(self) -> str:
        """The outcome in words."""
        return self.value.replace("_", " ")


@dataclass(frozen=True)
class Rule:
    """A check with its deployed settings.

    Parameters
    ----------
    id
        The rule's id.
    check
        The check.
    parameters
        An instance of its parameters.
    severity
        The severity of a violation.
    resource_types
        The types that it evaluates; all of the check's where this is empty.
    pack
        The name of its pack; None for none.
    """

    id: str
    check: Check[Any]
    parameters: object
    severity: Severity
    resource_types: tuple[str, ...] = ()
    pack: str | None = None

    @property
    def needs_account(self) -> bool:
        """Return whether it evaluates the account, which is not in a plan."""
        return isinstance(self.check, PeriodicCheck) and not ANSWERED_ACTIONS.issuperset(self.check.actions)

    def judges(self, resource_type: str) -> bool:
        """Return whether it evaluates a type; a check without types evaluates all."""
        types = self.resource_types or self.check.resource_types
        return (not types or resource_type in types) and not self.needs_account


@dataclass(frozen=True)
class RuleSet:
    """The rules for a plan.

    Parameters
    ----------
    rules
        The rules.
    elsewhere
        The ids of rules that AWS Config or Guard evaluates, which cannot judge plans.
    """

    rules: tuple[Rule, ...]
    elsewhere: tuple[str, ...] = ()


@dataclass(frozen=True)
class Judgement:
    """The judgement of a planned resource by a rule.

    Parameters
    ----------
    rule
        The rule.
    address
        Terraform's address of the resource.
    resource_type
        AWS Config's name of its type.
    outcome
        The outcome.
    reason
        The check's own reason, or the unknown value.
    block
        The resource's block in the configuration's files.
    waiver
        The waiver that covers the violation.
    """

    rule: Rule
    address: str
    resource_type: str
    outcome: Outcome
    reason: str
    block: Block | None = None
    waiver: DeployedWaiver | None = None


@dataclass(frozen=True)
class DeclaredRecorder:
    """A resource of a plan that is the account's recorder, delivery channel or retention, or a part of it.

    Parameters
    ----------
    address
        Its address.
    type
        Its type.
    block
        Its block.
    """

    address: str
    type: str
    block: Block | None


@dataclass(frozen=True)
class Judged:
    """The judgements of a plan's resources.

    Parameters
    ----------
    name
        The plan's name in messages.
    judgements
        The judgements, in the plan's order.
    recorders
        Declarations of AWS Config's recorder, delivery channel or retention.
    resources
        The number of judged resources.
    unchanged
        The number of unchanged resources, which were not judged.
    unresolved_parts
        Parts of resources that were not judged, and of the plan that is not there: the address and the reason.
    other_types
        The number of resources of types that cannot be judged, by type.
    account_rules
        The ids of rules that evaluate the account, not plans.
    elsewhere
        The ids of rules that AWS Config or Guard evaluates, which cannot judge plans.
    waiver_problems
        Problems of waivers, such as a missing rule: a sentence each.
    """

    name: str
    judgements: tuple[Judgement, ...]
    recorders: tuple[DeclaredRecorder, ...]
    resources: int
    unchanged: int
    unresolved_parts: tuple[tuple[str, str], ...]
    other_types: tuple[tuple[str, int], ...]
    account_rules: tuple[str, ...]
    elsewhere: tuple[str, ...] = ()
    waiver_problems: tuple[str, ...] = ()

    def of(self, *outcomes: Outcome) -> tuple[Judgement, ...]:
        """Return the judgements with some outcomes, the most severe first."""
        found = [one for one in self.judgements if one.outcome in outcomes]
        return tuple(sorted(found, key=lambda one: -one.rule.severity.rank))

    @property
    def is_undecided(self) -> bool:
        """Return whether anything is undecided, or a part of a resource was not judged with it."""
        return bool(self.of(Outcome.UNDECIDED) or self.unresolved_parts)

    @property
    def found_something(self) -> bool:
        """Return whether a resource violates a rule without a waiver, or the plan declares a recorder."""
        return bool(self.recorders or self.of(Outcome.VIOLATION))


def judge_plan(
    plan: AnyPlan,
    translator: Translator,
    rule_set: RuleSet,
    waivers: Sequence[Waiver] = (),
    *,
    workspace: str | None = None,
    every: bool = False,
    now: datetime | None = None,
) -> Judged:
    """Judge the resources of a plan.

    Parameters
    ----------
    translator
        The translator of the plan's resources.
    waivers
        The waivers; those with workspaces count only in these.
    workspace
        The plan's workspace; None where it is unknown.
    every
        Whether to judge unchanged resources too.
    now
        The time at which waivers must not have expired; the current time unless given.

    Returns
    -------
    Judged
        The judgement of each rule and resource, and what was not judged, with the reason.
    """
    rules = rule_set.rules
    deployed, problems = _usable(waivers, rules, workspace, now or datetime.now(UTC))
    translated = translator.resources()
    chosen = [one for one in translated if every or one.changes]
    judgements = [one for resource in chosen for one in _judgements(plan, resource, rules, deployed)]
    known = {one.instance.address for one in translated}
    others = [one for one in plan.instances if _is_other(one, known) and (every or one.changes)]
    gaps = (("plan", plan.gap),) if plan.gap else ()
    unresolved_parts = (*gaps, *_unresolved_parts(translator, every=every))
    linked = {address for address, _ in unresolved_parts} | set(translator.parts)
    counts: dict[str, int] = {}
    for one in others:
        if one.address not in linked:
            counts[one.type] = counts.get(one.type, 0) + 1
    return Judged(
        name=plan.name,
        judgements=tuple(judgements),
        recorders=tuple(_recorders(plan, translator)),
        resources=len(chosen),
        unchanged=len(translated) - len(chosen),
        unresolved_parts=unresolved_parts,
        other_types=tuple(sorted(counts.items())),
        account_rules=tuple(rule.id for rule in rules if rule.needs_account),
        elsewhere=rule_set.elsewhere,
        waiver_problems=problems,
    )


def _is_other(instance: Instance, known: set[str]) -> bool:
    return instance.managed and instance.stays and instance.address not in known


def _unresolved_parts(translator: Translator, *, every: bool) -> tuple[tuple[str, str], ...]:
    found = {
        one.instance.address: one.reason
        for one in translator.unresolved_parts
        if one.instance.stays and (every or one.instance.changes)
    }
    return tuple(found.items())


def _recorders(plan: AnyPlan, translator: Translator) -> Iterator[DeclaredRecorder]:
    for one in plan.instances:
        if one.managed and is_singleton(one.type, one.before, one.after):
            yield DeclaredRecorder(one.address, one.type, translator.block(one))


def _usable(
    waivers: Sequence[Waiver], rules: Sequence[Rule], workspace: str | None, now: datetime
) -> tuple[tuple[DeployedWaiver, ...], tuple[str, ...]]:
    known = {rule.id: DeployedRule(None, rule.severity, packs=(rule.pack,) if rule.pack else ()) for rule in rules}
    resolution = resolve_waivers(waivers, known)
    usable = tuple(
        one
        for one in resolution.waivers
        if one.is_active(now) and (not one.workspaces or (workspace is not None and one.is_in(workspace)))
    )
    return usable, resolution.problems


def _judgements(
    plan: AnyPlan, resource: PlannedResource, rules: Iterable[Rule], waivers: Sequence[DeployedWaiver]
) -> Iterator[Judgement]:
    for rule in rules:
        if rule.judges(resource.item.resource_type):
            yield from _judgement(plan, resource, rule, waivers)


def _judgement(
    plan: AnyPlan, resource: PlannedResource, rule: Rule, waivers: Sequence[DeployedWaiver]
) -> Iterator[Judgement]:
    outcome, reason = _outcome(plan, resource, rule)
    if outcome is None:
        return
    waiver = None
    if outcome is Outcome.VIOLATION:
        waiver, doubt = _waiver(resource, rule, waivers)
        outcome = Outcome.WAIVED if waiver else outcome
        reason += doubt
    item = resource.item
    yield Judgement(rule, resource.instance.address, item.resource_type, outcome, reason, resource.block, waiver)


def _outcome(plan: AnyPlan, resource: PlannedResource, rule: Rule) -> tuple[Outcome | None, str]:
    reads = resource.item.reads
    reads.clear()
    try:
        verdict, failure = _verdict(plan, resource, rule), ""
    except ComplianceError as error:
        verdict, failure = None, f"The check gives no verdict: {error}"
    except Exception as error:  # noqa: BLE001 the user's own check may raise anything, which is not a verdict
        verdict, failure = None, f"The check gives no verdict: {type(error).__name__}: {error}"
    # Unknown values count even if a check has caught the error and continued.
    if reads.unknown or failure:
        return Outcome.UNDECIDED, _reasons(reads.unknown) or failure
    if verdict is None:
        return None, ""
    if reads.assumed and verdict.compliance is not Compliance.NON_COMPLIANT:
        return Outcome.UNDECIDED, _reasons(reads.assumed)
    return _OUTCOMES[verdict.compliance], " ".join(
        [verdict.reason, *([_reasons(reads.assumed)] if reads.assumed else [])]
    )


_OUTCOMES: Final = {
    Compliance.COMPLIANT: Outcome.COMPLIANT,
    Compliance.NON_COMPLIANT: Outcome.VIOLATION,
    Compliance.NOT_APPLICABLE: Outcome.NOT_APPLICABLE,
}


def _verdict(plan: AnyPlan, resource: PlannedResource, rule: Rule) -> Verdict | None:
    item, check = resource.item, rule.check
    if isinstance(check, ChangeCheck):
        return check.evaluate(item, rule.parameters)
    clients: Any = PlannedClients(plan, resource)
    account_id: Any = resource.place.account
    region: Any = resource.place.region
    account = PlannedAccount(account_id, region, item.capture_time, clients, item.reads)
    if isinstance(check, LookupCheck):
        return check.evaluate(item, rule.parameters, account)
    assert isinstance(check, PeriodicCheck)  # noqa: S101 there is no other kind
    findings = [one for one in check.evaluate(account, rule.parameters) if one.resource_type == item.resource_type]
    return findings[0].verdict if findings else None


def _is_address(word: str) -> bool:
    return "." in word or "_" in word


def _reasons(reasons: Iterable[str]) -> str:
    # An address at the beginning stays as it is.
    texts = [reason if _is_address(reason.split(" ")[0]) else reason[:1].upper() + reason[1:] for reason in reasons]
    return " ".join(f"{text}." for text in texts)


def _waiver(
    resource: PlannedResource, rule: Rule, waivers: Sequence[DeployedWaiver]
) -> tuple[DeployedWaiver | None, str]:
    """Return the waiver of a violation; a text where the plan does not show whether one matches."""
    item: Any = resource.item
    reads = item.reads
    doubt = ""
    for waiver in waivers:
        if rule.id not in waiver.rules:
            continue
        reads.clear()
        try:
            # Only a waiver of one id compares the id, and nothing else of the identity.
            identity = Resource("", "", item.resource_type, "" if waiver.needs_recorded else item.resource_id)
            if waiver.covers(identity, item) and not reads.unknown and not reads.assumed:
                return waiver, ""
        except UndecidedError:
            doubt = f" Whether the waiver of {waiver.ticket} matches is known only after the apply."
    return None, doubt
