"""Results as JSON lines: those of ``compliance-tf results list --format json``, with the controls."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from compliance_tf.output.sanitize import json_text
from compliance_tf.results.exports.finding import finding_id
from compliance_tf.results.frameworks.references import controls_of
from compliance_tf.results.row_formats import row_to_json
from compliance_tf.results.rule_text import description, remediation, rule_url

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import TextIO

    from compliance_runtime.recording.rule_directory import RuleEntry
    from compliance_tf.results.exports.export import Snapshot
    from compliance_tf.results.row import Row


def write(rows: Iterable[Row], _snapshot: Snapshot, stream: TextIO) -> None:
    """Write a JSON object per line for each result, one by one."""
    for row in rows:
        line = {
            "id": finding_id(row.result),
            **row_to_json(row),
            "controls": controls_by_framework(row.rule),
            "description": description(row.rule),
            "remediation": {"text": remediation(row.rule), "url": rule_url(row.rule)},
        }
        stream.write(json_text(line) + "\n")


@functools.cache
def controls_by_framework(rule: RuleEntry) -> Mapping[str, list[str]]:
    """List the controls that a rule maps to, by the framework's name."""
    controls: dict[str, list[str]] = {}
    for reference in controls_of(rule):
        controls.setdefault(reference.framework, []).append(reference.id)
    return controls
