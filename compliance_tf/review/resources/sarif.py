"""Judgements of planned resources as SARIF 2.1.0, with the file and line of the resource if available.

The format: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html; what GitHub reads of it:
https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning.
"""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from compliance_tf.output.sanitize import json_text
from compliance_tf.output.sarif import HEAD, LEVELS, SCORES, partial_fingerprints, suppression
from compliance_tf.review.resources.judgement import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from compliance_tf.review.resources.configuration import Block
    from compliance_tf.review.resources.judgement import DeclaredRecorder, Judged, Judgement, Rule

RECORDER_RULE: Final = "recorder-declared"
"""The id of the rule against declarations of AWS Config's recorder, delivery channel or retention."""

_REFERENCE: Final = "docs/reference/checks.md"

_REPORTED: Final = (Outcome.VIOLATION, Outcome.WAIVED, Outcome.UNDECIDED)


def sarif(plans: Sequence[Judged]) -> str:
    """Write one log, with a run for each plan."""
    log = {**HEAD, "runs": [_run(judged) for judged in plans]}
    return json_text(log, indent=2) + "\n"


def _run(judged: Judged) -> dict[str, Any]:
    reported = judged.of(*_REPORTED)
    rules = {one.rule.id: one.rule for one in reported}
    driver = {
        "name": "compliance-tf check-plan",
        "version": version("compliance-tf"),
        "rules": [*map(_rule, rules.values()), *([_RECORDER] if judged.recorders else [])],
    }
    return {
        "tool": {"driver": driver},
        "automationDetails": {"id": f"compliance-tf-resources/{quote(judged.name, safe='')}/"},
        "columnKind": "unicodeCodePoints",
        "results": [*_results(reported), *map(_recorder, judged.recorders)],
    }


def _rule(rule: Rule) -> dict[str, Any]:
    check = rule.check
    return {
        "id": rule.id,
        "shortDescription": {"text": check.title},
        "fullDescription": {"text": check.description},
        "help": {"text": f"{check.title}. {check.description} See {_REFERENCE}#{check.id} of compliance_tf."},
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
        "properties": {"security-severity": SCORES[rule.severity], "tags": ["security"]},
    }


_RECORDER: Final[dict[str, Any]] = {
    "id": RECORDER_RULE,
    "shortDescription": {"text": "No stack declares AWS Config's recorder"},
    "fullDescription": {
        "text": "An account and region has one recorder, delivery channel and retention, which belong to whoever set "
        "up the account."
    },
    "help": {"text": "Read the existing recorder instead of declaring one."},
    "defaultConfiguration": {"level": "error"},
    "properties": {"security-severity": "8.0", "tags": ["security"]},
}


def _results(found: Sequence[Judgement]) -> Iterator[dict[str, Any]]:
    for one in found:
        is_open = one.outcome is Outcome.UNDECIDED
        result: dict[str, Any] = {
            "ruleId": one.rule.id,
            # A result that is not a failure has no level: SARIF 2.1.0, 3.27.9 and 3.27.10.
            "kind": "open" if is_open else "fail",
            "level": "none" if is_open else LEVELS[one.rule.severity],
            "message": {"text": f"{one.address}: {one.reason}"},
            "locations": [_location(one.address, one.block)],
            "partialFingerprints": partial_fingerprints(one.rule.id, one.address),
        }
        if one.waiver:
            said = f"{one.waiver.owner}, {one.waiver.ticket}: {one.waiver.reason}"
            result["suppressions"] = [suppression(said)]
        yield result


def _recorder(declared: DeclaredRecorder) -> dict[str, Any]:
    return {
        "ruleId": RECORDER_RULE,
        "kind": "fail",
        "level": "error",
        "message": {"text": f"{declared.address} is what an account and region has once, and shares with everybody."},
        "locations": [_location(declared.address, declared.block)],
        "partialFingerprints": partial_fingerprints(RECORDER_RULE, declared.address),
    }


def _location(address: str, block: Block | None) -> dict[str, Any]:
    # Code scanning shows no result without a file: without the configuration use the root module's.
    file, line = (block.file, block.line) if block else ("main.tf", 1)
    return {
        "physicalLocation": {"artifactLocation": {"uri": quote(file)}, "region": {"startLine": line}},
        "logicalLocations": [{"fullyQualifiedName": address, "kind": "resource"}],
    }
