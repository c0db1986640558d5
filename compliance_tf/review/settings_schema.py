"""The schema of the settings: ``python -m compliance_tf.review.settings_schema`` prints it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from compliance_tf.review.policies import POLICIES, Limits
from compliance_tf.review.policies.rules import REMOVED_AT_ONCE
from compliance_tf.review.settings import FINGERPRINT, VERDICTS

if TYPE_CHECKING:
    from compliance_tf.review.policies import Policy

_TEXT = {"type": "string", "pattern": r"\S"}


def schema() -> dict[str, Any]:
    """Make the schema from what the reader of the file takes."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Settings of the plan review",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "policies": {
                "description": "What a project sets of the policies, by their ids.",
                "type": "object",
                "additionalProperties": False,
                "properties": {policy.id: _policy(policy) for policy in POLICIES},
            },
            "acknowledged": {"type": "array", "items": _acknowledgement()},
        },
    }


def schema_text() -> str:
    """Write the schema as the file in ``docs/reference`` has it."""
    return json.dumps(schema(), indent=2) + "\n"


def _policy(policy: Policy) -> dict[str, Any]:
    names = [name for name, verdict in VERDICTS.items() if not policy.is_fixed or verdict is policy.verdict]
    properties: dict[str, Any] = {
        "verdict": {"description": f"What a plan against it gets; {policy.verdict.value} unless given.", "enum": names},
        "reason": {"description": "Why the project wants it so.", **_TEXT},
    }
    if policy is REMOVED_AT_ONCE:
        properties["maximum"] = {
            "description": f"How many rules a plan may remove; {Limits().rules_removed_at_once} unless given.",
            "type": "integer",
            "minimum": 0,
        }
    return {
        "description": f"{policy.title}.",
        "type": "object",
        "additionalProperties": False,
        "required": ["reason"],
        "properties": properties,
    }


def _acknowledgement() -> dict[str, Any]:
    return {
        "description": "That somebody has accepted, for one plan, that it is against a policy.",
        "type": "object",
        "additionalProperties": False,
        "required": ["policy", "fingerprint", "by", "reason"],
        "properties": {
            "policy": {"enum": [policy.id for policy in POLICIES if not policy.is_fixed]},
            "fingerprint": {
                "description": "The plan's, as the review prints it.",
                "type": "string",
                "pattern": f"^{FINGERPRINT}$",
            },
            "by": {"description": "Who accepted it.", **_TEXT},
            "reason": {"description": "Why.", **_TEXT},
        },
    }


if __name__ == "__main__":
    print(schema_text(), end="")  # noqa: T201 for the file
