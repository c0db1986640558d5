"""A review as JSON, in the shape that ``docs/reference/review.schema.json`` describes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta, Struct

from compliance_tf.output.sanitize import json_text
from compliance_tf.review.changes.coverage import Coverage
from compliance_tf.review.changes.differences import ResourceDifference
from compliance_tf.review.changes.quotas import Preflight
from compliance_tf.review.changes.rule_changes import Kind
from compliance_tf.review.plan.plan import Identity
from compliance_tf.review.policies import POLICIES, Hit, Verdict
from compliance_tf.review.review import Drift, PermissionIncrease, Removal, WaiverChanges
from compliance_tf.review.settings import Acknowledgement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from compliance_tf.review.changes.rule_changes import RuleChange
    from compliance_tf.review.review import Finding, Review

VERSION: Final = 1
"""Increased when a member is removed or changes its meaning; new members do not change it."""


class FindingForm(Struct):
    """A violation of a policy.

    Parameters
    ----------
    policy
        The policy's id.
    title
        Its requirement.
    verdict
        The verdict, by the project's settings.
    hits
        The hits.
    acknowledgement
        The acknowledgement for this plan, if any.
    """

    policy: Annotated[str, Meta(extra_json_schema={"enum": [policy.id for policy in POLICIES]})]
    title: str
    verdict: Verdict
    hits: tuple[Hit, ...]
    acknowledgement: Acknowledgement | None


class RuleForm(Struct):
    """The change of a rule.

    Parameters
    ----------
    name
        Its name without the deployment's prefix.
    change
        The kind of change.
    severity
        The severity of its violations; null where the plan does not have it.
    packs
        The names of its packs.
    subject
        A managed rule's identifier, or words for other rules.
    differences
        The differences, in words.
    """

    name: str
    change: Kind
    severity: Literal["low", "medium", "high", "critical"] | None
    packs: tuple[str, ...]
    subject: str
    differences: tuple[str, ...]


class ReviewForm(Struct, rename="camel"):
    """The review of a plan.

    Parameters
    ----------
    deployment
        The deployment.
    commit
        The commit that was given with --commit.
    fingerprint
        Equal for equal changes, and only for these.
    verdict
        The verdict on the plan.
    is_empty
        Whether an apply would do nothing.
    recorder_untouched
        Whether the account's recorder is only read.
    findings
        The violated policies, the most severe first.
    removals
        Resources that are destroyed, replaced or forgotten, except rules.
    permission_increases
        New permissions, by subject.
    rules
        The changes of rules.
    coverage
        The number of deployed rules of each pack.
    waivers
        The changes of waivers.
    rule_count
        The number of rules after the apply.
    preflight
        The preflight of --preflight, if any.
    drift
        The drift.
    resources
        The change of each resource.
    """

    deployment: Identity
    commit: str | None
    fingerprint: str
    verdict: Verdict
    is_empty: bool
    recorder_untouched: bool
    findings: tuple[FindingForm, ...]
    removals: tuple[Removal, ...]
    permission_increases: tuple[PermissionIncrease, ...]
    rules: tuple[RuleForm, ...]
    coverage: tuple[Coverage, ...]
    waivers: WaiverChanges
    rule_count: Annotated[int, Meta(ge=0)]
    preflight: Preflight | None
    drift: tuple[Drift, ...]
    resources: tuple[ResourceDifference, ...]

    @classmethod
    def of(cls, review: Review, commit: str | None) -> ReviewForm:
        """Convert a review."""
        return cls(
            deployment=review.identity,
            commit=commit,
            fingerprint=review.fingerprint,
            verdict=review.verdict,
            is_empty=review.is_empty,
            recorder_untouched=review.recorder_untouched,
            findings=tuple(map(_finding, review.findings)),
            removals=review.removals,
            permission_increases=review.permission_increases,
            rules=tuple(map(_rule, review.rules)),
            coverage=review.coverage,
            waivers=review.waivers,
            rule_count=review.rule_count,
            preflight=review.preflight,
            drift=review.drift,
            resources=review.details,
        )


class ReviewsForm(Struct, kw_only=True):
    """Reviews of plans: what `compliance-tf review --format json` prints. New members may come with any version.

    Parameters
    ----------
    version
        The version of this form.
    reviews
        One for each plan.
    """

    version: Literal[1] = VERSION
    reviews: tuple[ReviewForm, ...]


def as_json(reviews: Sequence[Review], commit: str | None) -> str:
    """Render reviews as one document."""
    form = ReviewsForm(reviews=tuple(ReviewForm.of(review, commit) for review in reviews))
    return json_text(msgspec.to_builtins(form), indent=2) + "\n"


def _finding(finding: Finding) -> FindingForm:
    return FindingForm(finding.policy.id, finding.policy.title, finding.verdict, finding.hits, finding.acknowledgement)


def _rule(rule: RuleChange) -> RuleForm:
    severity: Any = rule.severity and rule.severity.value.lower()
    return RuleForm(rule.name, rule.kind, severity, rule.packs, rule.subject, rule.differences)
