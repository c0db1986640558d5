"""A project's own settings of the review: a file that is itself reviewed, with a reason for everything in it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from compliance_runtime.suggestions import nearest
from compliance_tf.errors import ReviewError
from compliance_tf.model.suggestions import did_you_mean
from compliance_tf.model.yaml_file import read_yaml
from compliance_tf.review.policies import POLICIES, Limits, Verdict
from compliance_tf.review.policies.rules import REMOVED_AT_ONCE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from compliance_tf.model.yaml_file import Entry
    from compliance_tf.review.policies import Policy

FINGERPRINT: Final = r"[0-9a-f]{32}"

VERDICTS: Final = {"clean": Verdict.CLEAN, "approval": Verdict.APPROVAL, "blocked": Verdict.BLOCKED}
"""The verdicts as the file names them."""

_BY_ID: Final = {policy.id: policy for policy in POLICIES}


@dataclass(frozen=True)
class Acknowledgement:
    """That somebody has accepted, for one plan, that it is against a policy.

    Parameters
    ----------
    policy
        The policy's id.
    fingerprint
        The plan's.
    by
        Who accepted it.
    reason
        Why.
    """

    policy: str
    fingerprint: str
    by: str
    reason: str


@dataclass(frozen=True)
class Settings:
    """What a project sets.

    Parameters
    ----------
    verdicts
        What a plan against a policy gets, by the policy's id, where that is not what the policy says.
    limits
        The numbers that policies go by.
    acknowledgements
        What has been accepted for single plans.
    """

    verdicts: Mapping[str, Verdict] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)
    acknowledgements: tuple[Acknowledgement, ...] = ()

    def verdict(self, policy: Policy) -> Verdict:
        """Return what a plan against a policy gets."""
        return self.verdicts.get(policy.id, policy.verdict)

    def acknowledgement(self, policy: Policy, fingerprint: str) -> Acknowledgement | None:
        """Find what has been accepted of a policy for the plan with a fingerprint."""
        wanted = (policy.id, fingerprint)
        return next((one for one in self.acknowledgements if (one.policy, one.fingerprint) == wanted), None)


def settings_from_file(path: Path) -> Settings:
    """Read a file of settings.

    Raises
    ------
    ReviewError
        When something in it is not allowed; the message names the line.
    """
    file = read_yaml(path, ReviewError)
    file.check_members(optional=("policies", "acknowledged"))
    policies = file.entry("policies")
    policies.check_members(optional=tuple(_BY_ID))
    verdicts: dict[str, Verdict] = {}
    limits = Limits()
    for policy_id in policies.values:
        entry = policies.entry(policy_id)
        limited = policy_id == REMOVED_AT_ONCE.id
        entry.check_members(required=("reason",), optional=("verdict", "maximum") if limited else ("verdict",))
        entry.text("reason")
        if verdict := _verdict(entry, _BY_ID[policy_id]):
            verdicts[policy_id] = verdict
        if "maximum" in entry.values:
            limits = Limits(rules_removed_at_once=_maximum(entry))
    acknowledged = tuple(_acknowledgement(entry) for entry in file.entries("acknowledged"))
    return Settings(verdicts, limits, acknowledged)


def _verdict(entry: Entry, policy: Policy) -> Verdict | None:
    if "verdict" not in entry.values:
        return None
    verdict = VERDICTS.get(entry.text("verdict"))
    if verdict is None:
        entry.refuse(f"give one of {', '.join(VERDICTS)}.", "verdict")
    if policy.is_fixed and verdict is not policy.verdict:
        entry.refuse(f"'{policy.id}' is fixed: no setting weakens it.", "verdict")
    return verdict


def _maximum(entry: Entry) -> int:
    value = entry.values["maximum"]
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        entry.refuse(f"give a whole number from 0, not {value!r:.80}.", "maximum")
    return value


def _acknowledgement(entry: Entry) -> Acknowledgement:
    entry.check_members(required=("policy", "fingerprint", "by", "reason"))
    policy = entry.text("policy")
    if policy not in _BY_ID:
        entry.refuse(f"{policy!r:.80} is no policy{did_you_mean(nearest(policy, _BY_ID))}", "policy")
    fingerprint = entry.text("fingerprint")
    if not re.fullmatch(FINGERPRINT, fingerprint):
        entry.refuse("give all 32 digits of the fingerprint, as the review prints it.", "fingerprint")
    if _BY_ID[policy].is_fixed:
        entry.refuse(f"'{policy}' is fixed: it cannot be acknowledged.", "policy")
    return Acknowledgement(policy, fingerprint, entry.text("by"), entry.text("reason"))
