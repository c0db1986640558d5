"""Judgements of planned resources as JSON, and the schema of that: ``python -m`` of this module prints the schema."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any, Final

from compliance_runtime.check import Severity
from compliance_tf.output.sanitize import json_text
from compliance_tf.review.resources.judgement import Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from compliance_tf.review.resources.configuration import Block
    from compliance_tf.review.resources.judgement import Judged, Judgement

VERSION: Final = 1
"""Changes when a member changes its meaning or goes away."""

_WORDS: Final = {outcome: outcome.name.lower() for outcome in Outcome}


def as_json(plans: Sequence[Judged], commit: str | None = None) -> str:
    """Write all judgements of plans, compliant ones included."""
    form = {"version": VERSION, "commit": commit, "plans": [_plan(judged) for judged in plans]}
    return json_text(form, indent=2) + "\n"


def _plan(judged: Judged) -> dict[str, Any]:
    return {
        "name": judged.name,
        "resources": judged.resources,
        "unchangedResources": judged.unchanged,
        "recorders": [{"address": one.address, "type": one.type, **_place(one.block)} for one in judged.recorders],
        "judgements": [_judgement(one) for one in judged.judgements],
        "notJudged": [{"address": address, "reason": reason} for address, reason in judged.strays],
        "otherTypes": dict(judged.other_types),
        "accountRules": list(judged.account_rules),
        "rulesOfAws": list(judged.elsewhere),
    }


def _judgement(one: Judgement) -> dict[str, Any]:
    waiver = one.waiver
    return {
        "rule": one.rule.id,
        "check": one.rule.check.id,
        "severity": one.rule.severity.value,
        "address": one.address,
        "resourceType": one.resource_type,
        "outcome": _WORDS[one.outcome],
        "reason": one.reason,
        **_place(one.block),
        "waiver": {
            "reason": waiver.reason,
            "owner": waiver.owner,
            "ticket": waiver.ticket,
            "expires": waiver.expires.isoformat(),
        }
        if waiver
        else None,
    }


def _place(block: Block | None) -> dict[str, Any]:
    return {"file": block.file if block else None, "line": block.line if block else None}


def schema() -> dict[str, Any]:
    """Make the schema."""
    text, count = {"type": "string"}, {"type": "integer", "minimum": 0}
    place = {
        "file": {"description": "Where the resource stands, if that is at hand.", "type": ["string", "null"]},
        "line": {"type": ["integer", "null"], "minimum": 1},
    }
    waiver = {"anyOf": [_object(reason=text, owner=text, ticket=text, expires=text), {"type": "null"}]}
    judgement = _object(
        rule=text,
        check=text,
        severity={"enum": [one.value for one in Severity]},
        address=text,
        resourceType=text,
        outcome={"enum": list(_WORDS.values())},
        reason={"description": "The check's reason, or what is not known.", **text},
        **place,
        waiver=waiver,
    )
    plan = _object(
        name=text,
        resources={"description": "How many resources were judged.", **count},
        unchangedResources={"description": "How many the apply leaves as they are.", **count},
        recorders=_list(_object(address=text, type=text, **place)),
        judgements=_list(judgement),
        notJudged=_list(_object(address=text, reason=text)),
        otherTypes={"type": "object", "additionalProperties": count},
        accountRules=_list(text),
        rulesOfAws=_list(text),
    )
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Planned resources, judged",
        "description": "What `compliance-tf check-plan --format json` prints. New members may come with any version.",
        **_object(version={"const": VERSION}, commit={"type": ["string", "null"]}, plans=_list(plan)),
    }


def _object(**members: Any) -> dict[str, Any]:  # noqa: ANN401 (JSON Schema)
    return {"type": "object", "required": list(members), "properties": members}


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(schema(), indent=2) + "\n")
