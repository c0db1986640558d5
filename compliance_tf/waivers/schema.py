"""The JSON schema of waivers in a file: ``python -m compliance_tf.waivers.schema`` prints ``waivers.schema.json``."""

from __future__ import annotations

import json
from typing import Any

from compliance_runtime.evaluation.configuration_item import MAX_RESOURCE_ID
from compliance_tf.model.naming import NAME_PART, PURPOSE
from compliance_tf.waivers.waiver import ARN_PATTERN, MAX_NAME, MAX_REASON, MAX_TAG_KEY, MAX_TAG_VALUE
from compliance_tf.waivers.waiver_file import OPTIONAL, REQUIRED, RESOURCES, SUBJECTS

_TEXT = {"type": "string", "pattern": r"\S"}
_EXACT = {"type": "string", "pattern": r"^[^*?]*[^*?\s][^*?]*$"}
_DAY = {"type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}

_MEMBERS: dict[str, dict[str, Any]] = {
    "rule": {
        "description": "The id of the stack's rule that it is for. Give this or pack.",
        "type": "string",
        "pattern": f"^{PURPOSE}$",
    },
    "pack": {"description": "The name of the pack whose rules it is for.", **_TEXT},
    "resource_id": {
        "description": "AWS Config's id of the resource that it is for. Give this, or arn, or tag_key.",
        "maxLength": MAX_RESOURCE_ID,
        **_EXACT,
    },
    "arn": {
        "description": "A pattern of the ARNs of resources, with the wildcards * and ? of IAM. It must name more of "
        "the resource than its type.",
        "type": "string",
        "pattern": f"^{ARN_PATTERN}$",
    },
    "tag_key": {
        "description": "The key of a tag that a resource must have, exactly as it is written.",
        "maxLength": MAX_TAG_KEY,
        **_EXACT,
    },
    "tag_value": {
        "description": "The value that the tag must have; any unless given.",
        "type": "string",
        "maxLength": MAX_TAG_VALUE,
    },
    "reason": {"description": "Why the violations are accepted.", "maxLength": MAX_REASON, **_TEXT},
    "owner": {"description": "The person or team responsible for it.", "maxLength": MAX_NAME, **_TEXT},
    "ticket": {"description": "The ticket of the decision.", "maxLength": MAX_NAME, **_TEXT},
    "granted": {"description": "The date of the decision.", **_DAY},
    "expires": {
        "description": "Its last day, in UTC: after granted, and at most max_waiver_days later.",
        **_DAY,
    },
    "workspaces": {
        "description": "The only workspaces that it is for; all unless given.",
        "type": "array",
        "items": {"type": "string", "pattern": f"^{NAME_PART}$"},
    },
}


def schema() -> dict[str, Any]:
    """Generate the schema from the tables of the file reader."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Violations that an owner accepts for a time",
        "type": "object",
        "additionalProperties": False,
        "required": ["waivers"],
        "properties": {"waivers": {"type": "array", "items": {"$ref": "#/$defs/waiver"}}},
        "$defs": {
            "waiver": {
                "type": "object",
                "additionalProperties": False,
                "required": list(REQUIRED),
                "properties": {name: _MEMBERS[name] for name in (*SUBJECTS, *RESOURCES, *REQUIRED, *OPTIONAL)},
                "allOf": [
                    {"oneOf": [{"required": [name]} for name in SUBJECTS]},
                    {"oneOf": [{"required": [name]} for name in RESOURCES]},
                ],
                "dependentRequired": {"tag_value": ["tag_key"]},
            }
        },
    }


def schema_text() -> str:
    """Return the schema as the file in ``docs/reference`` has it."""
    return json.dumps(schema(), indent=2) + "\n"


if __name__ == "__main__":
    print(schema_text(), end="")  # noqa: T201 for the file
