"""The review of a plan: violated policies and changes, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import force_setattr

from compliance_tf.model.output_names import WAIVERS, WAIVERS_EXPIRING_SOON
from compliance_tf.review.changes.coverage import Coverage, coverage
from compliance_tf.review.changes.differences import ResourceDifference, resource_difference
from compliance_tf.review.changes.permissions import permissions
from compliance_tf.review.changes.rule_changes import RuleChange, rule_changes
from compliance_tf.review.plan.plan import Action, OutputChange
from compliance_tf.review.policies import POLICIES, Hit, Verdict
from compliance_tf.review.policies.drift import drifted
from compliance_tf.review.policies.rules import RULE
from compliance_tf.review.policies.scope import RECORDER

if TYPE_CHECKING:
    from compliance_tf.review.changes.quotas import Preflight
    from compliance_tf.review.plan.plan import Identity, Plan
    from compliance_tf.review.policies import Policy
    from compliance_tf.review.settings import Acknowledgement, Settings


@dataclass(frozen=True)
class Finding:
    """A violated policy.

    Parameters
    ----------
    policy
        The policy.
    verdict
        The verdict, by the project's settings.
    hits
        The violations.
    acknowledgement
        The acknowledgement for this plan; None for none.
    """

    policy: Policy
    verdict: Verdict
    hits: tuple[Hit, ...]
    acknowledgement: Acknowledgement | None = None


@dataclass(frozen=True)
class Removal:
    """A resource that is destroyed, replaced or forgotten.

    Parameters
    ----------
    address
        Its address.
    name
        Its name, or its id.
    action
        The kind of change.
    reason
        Terraform's reason, in words; empty for none.
    """

    address: str
    name: str
    action: Action
    reason: str


class PermissionIncrease(Struct, frozen=True, rename="camel"):
    """New permissions of a subject.

    Parameters
    ----------
    subject
        The role, policy or function.
    permissions
        The permissions, one per line; empty where they are unknown before the apply.
    is_unknown
        Whether they are unknown before the apply.
    """

    subject: str
    permissions: tuple[str, ...]
    is_unknown: bool = False

    def __post_init__(self) -> None:
        force_setattr(self, "is_unknown", not self.permissions)


@dataclass(frozen=True)
class Drift:
    """The drift of a resource.

    Parameters
    ----------
    address
        The resource.
    attributes
        The changed attributes.
    """

    address: str
    attributes: tuple[str, ...]


@dataclass(frozen=True)
class WaiverChanges:
    """Changes of the waivers, each as text.

    Parameters
    ----------
    granted
        New waivers.
    ended
        Removed waivers.
    expiring
        Waivers that expire within 30 days.
    """

    granted: tuple[str, ...] = ()
    ended: tuple[str, ...] = ()
    expiring: tuple[str, ...] = ()


@dataclass(frozen=True)
class Review:
    """The review of a plan, in order of importance.

    Parameters
    ----------
    identity
        Its deployment.
    fingerprint
        The plan's fingerprint.
    verdict
        The verdict.
    findings
        The violated policies, the most severe first, acknowledged ones last.
    recorder_untouched
        Whether the account's recorder is only read.
    removals
        Resources that are destroyed, replaced or forgotten, except rules, which follow.
    permission_increases
        The permission increases.
    rules
        The changes of rules.
    coverage
        The coverage of each pack.
    waivers
        The changes of waivers.
    rule_count
        The number of rules after the apply.
    preflight
        The preflight; None for none.
    drift
        The drift.
    details
        The change of each resource.
    is_empty
        Whether an apply would do nothing.
    """

    identity: Identity
    fingerprint: str
    verdict: Verdict
    findings: tuple[Finding, ...]
    recorder_untouched: bool
    removals: tuple[Removal, ...]
    permission_increases: tuple[PermissionIncrease, ...]
    rules: tuple[RuleChange, ...]
    coverage: tuple[Coverage, ...]
    waivers: WaiverChanges
    rule_count: int
    preflight: Preflight | None
    drift: tuple[Drift, ...]
    details: tuple[ResourceDifference, ...]
    is_empty: bool

    @property
    def open_findings(self) -> tuple[Finding, ...]:
        """The findings that nobody has acknowledged, and that matter."""
        return tuple(
            finding for finding in self.findings if not finding.acknowledgement and finding.verdict is not Verdict.CLEAN
        )


def review(plan: Plan, settings: Settings, preflight: Preflight | None = None) -> Review:
    """Review a plan against the policies."""
    findings = tuple(sorted(_findings(plan, settings), key=_order))
    removals = tuple(
        Removal(change.address, _name(change.before, change.address), change.action, change.reason)
        for change in plan.changes
        if change.action.is_removal and change.type != RULE
    )
    rules = [rule for rule in plan.of_type(RULE) if rule.after and rule.action is not Action.FORGET]
    return Review(
        identity=plan.identity,
        fingerprint=plan.fingerprint,
        verdict=_verdict(findings),
        findings=findings,
        recorder_untouched=not any(finding.policy is RECORDER for finding in findings),
        removals=removals,
        permission_increases=tuple(
            PermissionIncrease(one.subject, tuple(map(str, one.new)))
            for one in permissions(plan)
            if one.are_unknown or one.new
        ),
        rules=rule_changes(plan),
        coverage=coverage(plan),
        waivers=_waivers(plan),
        rule_count=len(rules),
        preflight=preflight,
        drift=tuple(Drift(change.address, attributes) for change, attributes in drifted(plan)),
        details=tuple(map(resource_difference, plan.changes)),
        is_empty=plan.is_empty,
    )


def _findings(plan: Plan, settings: Settings) -> list[Finding]:
    return [
        Finding(policy, settings.verdict(policy), hits, settings.acknowledgement(policy, plan.fingerprint))
        for policy in POLICIES
        if (hits := tuple(policy.find(plan, settings.limits)))
    ]


def _order(finding: Finding) -> tuple[bool, int]:
    return finding.acknowledgement is not None, -list(Verdict).index(finding.verdict)


def _verdict(findings: tuple[Finding, ...]) -> Verdict:
    verdicts = [finding.verdict for finding in findings if not finding.acknowledgement]
    return max(verdicts, key=list(Verdict).index, default=Verdict.CLEAN)


def _waivers(plan: Plan) -> WaiverChanges:
    waivers = plan.outputs.get(WAIVERS, OutputChange())
    earlier, later = _texts(waivers.before), _texts(waivers.after)
    return WaiverChanges(
        granted=tuple(text for text in later if text not in earlier),
        ended=tuple(text for text in earlier if text not in later),
        expiring=_texts(plan.outputs.get(WAIVERS_EXPIRING_SOON, OutputChange()).after),
    )


def _texts(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else ()


def _name(values: object, address: str) -> str:
    members = values if isinstance(values, dict) else {}
    return str(members.get("name") or members.get("function_name") or members.get("id") or address)
