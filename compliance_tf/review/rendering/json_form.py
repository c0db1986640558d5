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
"""Grows when a member goes, or means something else; new members do not change it."""


class FindingForm(Struct):
    """That the plan is against a policy.

    Parameters
    ----------
    policy
        The policy's id.
    title
        What it forbids.
    verdict
        What that means for the plan, by the project's settings.
    hits
        Where.
    acknowledgement
        Who has accepted it for this plan.
    """

    policy: Annotated[str, Meta(extra_json_schema={"enum": [policy.id for policy in POLICIES]})]
    title: str
    verdict: Verdict
    hits: tuple[Hit, ...]
    acknowledgement: Acknowledgement | None


class RuleForm(Struct):
    """What becomes of a rule.

    Parameters
    ----------
    name
        Its name without the deployment's prefix.
    change
        What becomes of it.
    severity
        How much its violations matter; null where the plan does not say.
    packs
        The packs that it comes from.
    subject
        What it evaluates with: a managed rule's identifier, or words.
    differences
        What is different, in words.
    """

    name: str
    change: Kind
    severity: Literal["low", "medium", "high", "critical"] | None
    packs: tuple[str, ...]
    subject: str
    differences: tuple[str, ...]


class ReviewForm(Struct, rename="camel"):
    """What is said of a plan.

    Parameters
    ----------
    deployment
        Which deployment it is of.
    commit
        The commit that was given with --commit.
    fingerprint
        The same for the same changes, and for no others.
    verdict
        What may become of the plan.
    is_empty
        Whether an apply would do nothing.
    recorder_untouched
        Whether the account's recorder is only read.
    findings
        The policies that the plan is against, the gravest first.
    removals
        What is destroyed, replaced or forgotten, rules excepted.
    permission_increases
        Who may do more than now, and what.
    rules
        What becomes of rules.
    coverage
        How many rules of each pack are deployed.
    waivers
        What becomes of the waivers.
    rule_count
        How many rules the deployment has after the apply.
    preflight
        What was given with --preflight.
    drift
        What was changed outside Terraform.
    resources
        What is done to each resource.
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
        """Bring a review into the form."""
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
    """Write reviews as one document."""
    form = ReviewsForm(reviews=tuple(ReviewForm.of(review, commit) for review in reviews))
    return json_text(msgspec.to_builtins(form), indent=2) + "\n"


def _finding(finding: Finding) -> FindingForm:
    return FindingForm(finding.policy.id, finding.policy.title, finding.verdict, finding.hits, finding.acknowledgement)


def _rule(rule: RuleChange) -> RuleForm:
    severity: Any = rule.severity and rule.severity.value.lower()
    return RuleForm(rule.name, rule.kind, severity, rule.packs, rule.subject, rule.differences)
