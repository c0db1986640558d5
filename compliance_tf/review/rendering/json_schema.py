"""The schema of a review as JSON: ``python -m compliance_tf.review.rendering.json_schema`` prints it."""

from __future__ import annotations

import json
from typing import Any

from compliance_runtime.check import Severity
from compliance_tf.review.changes.rule_changes import Kind
from compliance_tf.review.plan.plan import Action
from compliance_tf.review.policies import POLICIES, Verdict
from compliance_tf.review.rendering.json_form import VERSION

_TEXT = {"type": "string"}
_TEXTS = {"type": "array", "items": _TEXT}
_COUNT = {"type": "integer", "minimum": 0}
_VERDICT = {"enum": [verdict.name.lower() for verdict in Verdict]}
_ACTION = {"enum": [action.name.lower() for action in Action]}


def schema() -> dict[str, Any]:
    """Make the schema."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Reviews of plans",
        "description": "What `compliance-tf review --format json` prints. New members may come with any version.",
        **_object(version={"const": VERSION}, reviews={"type": "array", "minItems": 1, "items": _review()}),
    }


def schema_text() -> str:
    """Write the schema as the file in ``docs/reference`` has it."""
    return json.dumps(schema(), indent=2) + "\n"


def _review() -> dict[str, Any]:
    return _object(
        deployment=_object(project=_TEXT, region=_TEXT, workspace=_TEXT, state=_TEXT),
        commit=_or_null(_TEXT, "The commit that was given with --commit."),
        fingerprint={"description": "The same for the same changes, and for no others.", **_TEXT},
        verdict={"description": "What may become of the plan.", **_VERDICT},
        isEmpty={"description": "Whether an apply would do nothing.", "type": "boolean"},
        recorderUntouched={"description": "Whether the account's recorder is only read.", "type": "boolean"},
        findings=_list("The policies that the plan is against, the gravest first.", _finding()),
        removals=_list(
            "What is destroyed, replaced or forgotten, rules excepted.",
            _object(address=_TEXT, name=_TEXT, action=_ACTION, reason=_TEXT),
        ),
        permissionIncreases=_list(
            "Who may do more than now, and what; isUnknown where that cannot be seen before the apply.",
            _object(subject=_TEXT, isUnknown={"type": "boolean"}, permissions=_TEXTS),
        ),
        rules=_list("What becomes of rules.", _rule()),
        coverage=_list(
            "How many rules of each pack are deployed; total is how many AWS's pack has.",
            _object(pack=_TEXT, before=_COUNT, after=_COUNT, total=_or_null(_COUNT)),
        ),
        waivers=_object(granted=_TEXTS, ended=_TEXTS, expiring=_TEXTS),
        ruleCount={"description": "How many rules the deployment has after the apply.", **_COUNT},
        preflight=_or_null(_preflight(), "What was given with --preflight."),
        drift=_list("What was changed outside Terraform.", _object(address=_TEXT, attributes=_TEXTS)),
        resources=_list("What is done to each resource.", _resource()),
    )


def _finding() -> dict[str, Any]:
    return _object(
        policy={"enum": [policy.id for policy in POLICIES]},
        title=_TEXT,
        verdict=_VERDICT,
        hits=_list("Where.", _object(address=_TEXT, message=_TEXT)),
        acknowledgement=_or_null(_object(by=_TEXT, reason=_TEXT), "Who has accepted it for this plan."),
    )


def _rule() -> dict[str, Any]:
    return _object(
        name={"description": "Its name without the deployment's prefix.", **_TEXT},
        change={"enum": [kind.value for kind in Kind]},
        severity={"enum": [*(severity.value.lower() for severity in Severity), None]},
        packs=_TEXTS,
        subject={"description": "What it evaluates with: a managed rule's identifier, or words.", **_TEXT},
        differences={"description": "What is different, in words.", **_TEXTS},
    )


def _preflight() -> dict[str, Any]:
    line = _object(
        place=_TEXT,
        subject=_TEXT,
        verdict=_TEXT,
        blocks={"type": "boolean"},
        figure=_TEXT,
        advice=_TEXT,
    )
    return _object(account=_TEXT, mayGoAhead={"type": "boolean"}, findings=_list("Its lines.", line))


def _resource() -> dict[str, Any]:
    difference = _object(attribute=_TEXT, before=_or_null(_TEXT), after=_or_null(_TEXT))
    return _object(
        address=_TEXT,
        type=_TEXT,
        action=_ACTION,
        differences=_list("The attributes that differ, without secrets.", difference),
    )


def _object(**properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "required": list(properties), "properties": properties}


def _list(description: str, items: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "type": "array", "items": items}


def _or_null(value: dict[str, Any], description: str = "") -> dict[str, Any]:
    described = {"description": description} if description else {}
    return {**described, "anyOf": [value, {"type": "null"}]}


if __name__ == "__main__":
    print(schema_text(), end="")  # noqa: T201 for the file
