"""Reviews as SARIF 2.1.0, which code scanning shows: one run for each deployment, one result for each hit."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final

from compliance_tf.output.sanitize import json_text
from compliance_tf.output.sarif import HEAD, partial_fingerprints, suppression
from compliance_tf.review.policies import POLICIES, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from compliance_tf.review.policies import Hit, Policy
    from compliance_tf.review.review import Finding, Review

REFERENCE: Final = "docs/reference/policies.md"

APP: Final = "cdktf.json"
"""The repository's file that stands in for the plan's configuration."""

_LEVELS: Final = {Verdict.CLEAN: "note", Verdict.APPROVAL: "warning", Verdict.BLOCKED: "error"}

_NUMBERS: Final = {policy.id: number for number, policy in enumerate(POLICIES)}


def sarif(reviews: Iterable[Review]) -> str:
    """Write reviews as one log."""
    log = {**HEAD, "runs": [_run(review) for review in reviews]}
    return json_text(log, indent=2) + "\n"


def _run(review: Review) -> dict[str, Any]:
    return {
        "tool": {
            "driver": {
                "name": "compliance-tf review",
                "version": version("compliance-tf"),
                "rules": [_rule(policy) for policy in POLICIES],
            }
        },
        "automationDetails": {"id": "/".join(("compliance-tf", *_deployment(review), ""))},
        "columnKind": "unicodeCodePoints",
        "properties": {"fingerprint": review.fingerprint, "verdict": review.verdict.value},
        "results": [result for finding in review.findings for result in _results(finding, review)],
    }


def _rule(policy: Policy) -> dict[str, Any]:
    return {
        "id": policy.id,
        "shortDescription": {"text": policy.title},
        "fullDescription": {"text": policy.why},
        # Not as helpUri, which must be absolute: the page is part of the library.
        "help": {"text": f"{policy.title}. {policy.why} See {REFERENCE}#{policy.id} of compliance_tf."},
        "defaultConfiguration": {"level": _LEVELS[policy.verdict]},
    }


def _results(finding: Finding, review: Review) -> Iterator[dict[str, Any]]:
    for hit in finding.hits:
        result: dict[str, Any] = {
            "ruleId": finding.policy.id,
            "ruleIndex": _NUMBERS[finding.policy.id],
            "level": _LEVELS[finding.verdict],
            "message": {"text": hit.message},
            "locations": [_location(hit)],
            "partialFingerprints": partial_fingerprints(
                *_deployment(review), finding.policy.id, hit.address, hit.message
            ),
        }
        if finding.acknowledgement:
            by, reason = finding.acknowledgement.by, finding.acknowledgement.reason
            result["suppressions"] = [suppression(f"{by}: {reason}")]
        yield result


def _location(hit: Hit) -> dict[str, Any]:
    # Code scanning shows no result without a file, and the plan itself is not in the repository.
    return {
        "physicalLocation": {"artifactLocation": {"uri": APP}, "region": {"startLine": 1}},
        "logicalLocations": [{"fullyQualifiedName": hit.address, "kind": "resource"}],
    }


def _deployment(review: Review) -> tuple[str, str, str]:
    return review.identity.project, review.identity.region, review.identity.workspace
