"""A review as JSON, in the shape that ``docs/reference/review.schema.json`` describes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from compliance_tf.output.sanitize import json_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from compliance_tf.review.changes.quotas import Preflight
    from compliance_tf.review.changes.rule_changes import RuleChange
    from compliance_tf.review.review import Finding, Review

VERSION: Final = 1
"""Grows when a member goes, or means something else; new members do not change it."""


def as_json(reviews: Sequence[Review], commit: str | None) -> str:
    """Write reviews as one document."""
    document = {"version": VERSION, "reviews": [_review(review, commit) for review in reviews]}
    return json_text(document, indent=2) + "\n"


def _review(review: Review, commit: str | None) -> dict[str, Any]:
    identity = review.identity
    return {
        "deployment": {
            "project": identity.project,
            "region": identity.region,
            "workspace": identity.workspace,
            "state": identity.state,
        },
        "commit": commit,
        "fingerprint": review.fingerprint,
        "verdict": review.verdict.name.lower(),
        "isEmpty": review.is_empty,
        "recorderUntouched": review.recorder_untouched,
        "findings": [_finding(finding) for finding in review.findings],
        "removals": [
            {
                "address": removal.address,
                "name": removal.name,
                "action": removal.action.name.lower(),
                "reason": removal.reason,
            }
            for removal in review.removals
        ],
        "permissionIncreases": [
            {"subject": one.subject, "isUnknown": not one.permissions, "permissions": list(one.permissions)}
            for one in review.permission_increases
        ],
        "rules": [_rule(rule) for rule in review.rules],
        "coverage": [
            {"pack": one.pack, "before": one.before, "after": one.after, "total": one.total} for one in review.coverage
        ],
        "waivers": {
            "granted": list(review.waivers.granted),
            "ended": list(review.waivers.ended),
            "expiring": list(review.waivers.expiring),
        },
        "ruleCount": review.rule_count,
        "preflight": _preflight(review.preflight) if review.preflight else None,
        "drift": [{"address": address, "attributes": list(attributes)} for address, attributes in review.drift],
        "resources": [
            {
                "address": detail.address,
                "type": detail.type,
                "action": detail.action.name.lower(),
                "differences": [
                    {"attribute": one.attribute, "before": one.before, "after": one.after} for one in detail.differences
                ],
            }
            for detail in review.details
        ],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    acknowledgement = finding.acknowledgement
    return {
        "policy": finding.policy.id,
        "title": finding.policy.title,
        "verdict": finding.verdict.name.lower(),
        "hits": [{"address": hit.address, "message": hit.message} for hit in finding.hits],
        "acknowledgement": acknowledgement and {"by": acknowledgement.by, "reason": acknowledgement.reason},
    }


def _rule(rule: RuleChange) -> dict[str, Any]:
    return {
        "name": rule.name,
        "change": rule.kind.value,
        "severity": rule.severity and rule.severity.value.lower(),
        "packs": list(rule.packs),
        "subject": rule.subject,
        "differences": list(rule.differences),
    }


def _preflight(preflight: Preflight) -> dict[str, Any]:
    return {
        "account": preflight.account,
        "mayGoAhead": preflight.may_go_ahead,
        "findings": [
            {
                "place": line.place,
                "subject": line.subject,
                "verdict": line.verdict,
                "blocks": line.blocks,
                "figure": line.figure,
                "advice": line.advice,
            }
            for line in preflight.findings
        ],
    }
