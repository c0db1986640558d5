"""Results as a log of the Static Analysis Results Interchange Format 2.1.0.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from compliance_tf.output.sanitize import json_text
from compliance_tf.output.sarif import HEAD, LEVELS, SCORES, suppression
from compliance_tf.results.exports.finding import PRODUCT, PRODUCT_VERSION, finding_id, reason, timestamp
from compliance_tf.results.exports.json_lines import controls_by_framework
from compliance_tf.results.frameworks.references import controls_of, first_of_each
from compliance_tf.results.row import Status
from compliance_tf.results.rule_text import description, remediation, rule_url

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TextIO

    from compliance_runtime.recording.rule_directory import RuleEntry
    from compliance_tf.results.exports.export import Snapshot
    from compliance_tf.results.row import Row

GITHUB_RESULTS: Final = 25_000
"""Maximum results of a run in GitHub, which shows 5,000: https://docs.github.com/en/code-security/code-scanning/
integrating-with-code-scanning/sarif-support-for-code-scanning"""

_TAGS: Final = 20
"""Maximum tags of a rule in GitHub; the rule's properties have all controls."""

_DESCRIPTION: Final = 1024
"""Maximum characters of a rule's description in GitHub (the same page)."""

_KINDS: Final = {
    Status.COMPLIANT: "pass",
    Status.NON_COMPLIANT: "fail",
    Status.WAIVED: "fail",
    Status.CLOSED: "notApplicable",
}


def write(rows: Iterable[Row], snapshot: Snapshot, stream: TextIO) -> None:
    """Write a log of one run, its results one by one; their rules follow."""
    stream.write(f'{json_text(HEAD)[:-1]}, "runs": [{{"results": [')
    rules: dict[str, RuleEntry] = {}
    separator = "\n"
    for row in rows:
        rules.setdefault(row.rule.name, row.rule)
        stream.write(separator + json_text(_result(row)))
        separator = ",\n"
    named = [_rule(rule) for _, rule in sorted(rules.items())]
    driver = {"name": PRODUCT, "version": PRODUCT_VERSION, "rules": named}
    run = {
        "automationDetails": {"id": f"{PRODUCT}/{snapshot.place.project}/{snapshot.place.workspace}/"},
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": True, "endTimeUtc": timestamp(snapshot.taken_at)}],
        "tool": {"driver": driver},
    }
    stream.write(f"\n], {json_text(run)[1:-1]}}}]}}\n")


def _result(row: Row) -> dict[str, Any]:
    result = row.result
    violates = row.status in {Status.NON_COMPLIANT, Status.WAIVED}
    made: dict[str, Any] = {
        "ruleId": row.rule.name,
        "kind": _KINDS[row.status],
        "level": LEVELS[result.severity] if violates else "none",
        "message": {"text": reason(row)},
        "locations": [_location(row)],
        "partialFingerprints": {"finding/v1": finding_id(result)},
        "properties": {
            "since": timestamp(result.since),
            "lastSeen": timestamp(row.last_seen),
            "severity": result.severity.value,
            "status": row.status.value,
            **{name: value for name, value in _names(row).items() if value},
        },
    }
    if row.status is Status.WAIVED and result.waiver is not None:
        made["suppressions"] = [
            suppression(result.waiver.reason)
            | {
                "properties": {
                    "ticket": result.waiver.ticket,
                    "owner": result.waiver.owner,
                    "expires": result.waiver.expires.isoformat(),
                },
            }
        ]
    return made


def _names(row: Row) -> dict[str, str | None]:
    names = row.names
    return {"resourceName": names.resource, "resourceArn": names.arn, "accountName": names.account}


def _location(row: Row) -> dict[str, Any]:
    resource = row.result.resource
    names = (resource.account, resource.region, resource.type, resource.id)
    return {
        # GitHub shows only results in files: the path names the resource.
        "physicalLocation": {
            "artifactLocation": {"uri": "/".join(quote(name, safe="", errors="replace") for name in ("aws", *names))},
            "region": {"startLine": 1},
        },
        "logicalLocations": [
            {"name": row.resource_name or resource.id, "fullyQualifiedName": "/".join(names), "kind": "resource"}
        ],
    }


def _rule(rule: RuleEntry) -> dict[str, Any]:
    """Build a rule with everything that GitHub shows of one: texts for lists, for its page, and the remediation."""
    tags = ["security", *map(str, first_of_each(controls_of(rule), _TAGS - 1))]
    url = rule_url(rule)
    about = f"The Config rule {rule.name} {description(rule).replace('Evaluates', 'evaluates', 1)}"
    packs = f" It is of the packs {', '.join(rule.packs)}." if rule.packs else ""
    fix = f" To fix it: {remediation(rule)}{f' {url}' if url else ''}"
    made: dict[str, Any] = {
        "id": rule.name,
        "name": rule.identifier or rule.name,
        "shortDescription": {"text": rule.name},
        "fullDescription": {"text": about[:_DESCRIPTION]},
        "help": {"text": f"{about}{packs}{fix}"},
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
        "properties": {
            "controls": controls_by_framework(rule),
            "packs": list(rule.packs),
            "security-severity": SCORES[rule.severity],
            "tags": tags,
        },
    }
    if url:
        made["helpUri"] = url
    return made
