"""The JSON schema of a pack in a file: ``python -m compliance_tf.packs.schema`` prints ``pack.schema.json``."""

from __future__ import annotations

import json
from typing import Any, get_args

from compliance_runtime.check import Severity
from compliance_tf.catalog.identifiers import ManagedRuleIdentifier
from compliance_tf.catalog.usage import MaximumExecutionFrequency
from compliance_tf.model.guard_policy import MAX_POLICY
from compliance_tf.model.naming import PURPOSE
from compliance_tf.packs.pack import MAX_PACK_NAME, PACK_NAME
from compliance_tf.packs.pack_file import KINDS, PACK_MEMBERS, POLICY_REQUIRED, RULE_MEMBERS

_TEXT = {"type": "string", "pattern": r"\S"}

_MEMBERS: dict[str, dict[str, Any]] = {
    "name": {
        "description": "The pack's name in tables, reports and waivers.",
        "type": "string",
        "pattern": f"^{PACK_NAME}$",
        "maxLength": MAX_PACK_NAME,
    },
    "title": {"description": "A few words for tables; the name unless given.", **_TEXT},
    "process_checks": {
        "description": "Whether the framework also has duties that no rule can evaluate.",
        "type": "boolean",
    },
    "rules": {
        "type": "array",
        "minItems": 1,
        "items": {"oneOf": [{"$ref": f"#/$defs/{kind}"} for kind in KINDS]},
    },
    "managed": {
        "description": "The identifier of an AWS managed rule. `compliance-tf rules search` finds it.",
        "enum": list(get_args(ManagedRuleIdentifier)),
    },
    "check": {
        "description": "The id of a shipped check, or of one in your own folder.",
        "type": "string",
        "pattern": f"^{PURPOSE}$",
    },
    "policy": {
        "description": "A policy in Guard 2, which AWS Config evaluates at every change.",
        "maxLength": MAX_POLICY,
        **_TEXT,
    },
    "id": {
        "description": "The last part of the rule's name; by default the identifier in kebab case or the check's id.",
        "type": "string",
        "pattern": f"^{PURPOSE}$",
    },
    "parameters": {
        "description": "Values of the rule's own parameters by name; defaults hold for the others.",
        "type": "object",
        "additionalProperties": {"type": ["string", "number", "boolean", "array", "object"]},
    },
    "frequency": {
        "description": "The interval of a periodic rule; every 24 hours unless given.",
        "enum": list(get_args(MaximumExecutionFrequency)),
    },
    "resource_types": {
        "description": "The types that the rule evaluates; all that it can evaluate unless given.",
        "type": "array",
        "items": {"type": "string", "pattern": "^AWS::"},
    },
    "severity": {
        "description": "The severity of the rule's violations.",
        "enum": [severity.name.lower() for severity in Severity],
    },
}


def schema() -> dict[str, Any]:
    """Generate the schema from the tables of the file reader."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A pack of AWS Config rules",
        **_object(("name", "rules"), PACK_MEMBERS),
        "$defs": {
            kind: _object((kind, *(POLICY_REQUIRED if kind == "policy" else ())), RULE_MEMBERS[kind]) for kind in KINDS
        },
    }


def schema_text() -> str:
    """Return the schema as the file in ``docs/reference`` has it."""
    return json.dumps(schema(), indent=2) + "\n"


def _object(required: tuple[str, ...], optional: tuple[str, ...]) -> dict[str, Any]:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(required),
        "properties": {name: _MEMBERS[name] for name in (*required, *optional)},
    }


if __name__ == "__main__":
    print(schema_text(), end="")  # noqa: T201 for the file
