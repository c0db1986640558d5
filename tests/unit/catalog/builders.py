"""Managed rules as tests need them: valid unless changed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from compliance_tf.catalog.managed_rules import ManagedRuleFacts, ManagedRuleParameter, ParameterType

if TYPE_CHECKING:
    from pathlib import Path


def change_rule(**changes: Any) -> ManagedRuleFacts:
    """A rule that changes of buckets trigger."""
    facts: dict[str, Any] = {
        "identifier": "BUCKET_RULE",
        "name": "bucket-rule",
        "change_triggered": True,
        "periodic": False,
        "resource_types": ("AWS::S3::Bucket", "AWS::S3::AccessPoint"),
    }
    return ManagedRuleFacts(**facts | changes)


def periodic_rule(**changes: Any) -> ManagedRuleFacts:
    """A rule that runs on a schedule."""
    return change_rule(**{"change_triggered": False, "periodic": True} | changes)


def rule_with(*parameters: ManagedRuleParameter) -> ManagedRuleFacts:
    """A rule that takes these parameters."""
    return change_rule(parameters=parameters)


def parameter(
    name: str = "value",
    kind: ParameterType = ParameterType.STRING,
    *,
    required: bool = False,
    default: str | None = None,
) -> ManagedRuleParameter:
    return ManagedRuleParameter(name, kind, required, default)


def source_rule(**changes: Any) -> dict[str, Any]:
    """A rule in the form in which facts are gathered."""
    rule = {"triggers": ["change"], "resource_types": ["AWS::S3::Bucket"], "regions": "All supported AWS regions"}
    return rule | changes


def write_source(directory: Path, rules: dict[str, Any]) -> Path:
    """A file of facts with these rules by identifier."""
    file = directory / "facts.json"
    file.write_text(json.dumps(rules), encoding="utf-8")
    return file
