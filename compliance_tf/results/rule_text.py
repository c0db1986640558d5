"""Texts about a rule: description, remediation and page."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from compliance_runtime.checks import check_ids, load_check
from compliance_tf.catalog.managed_rules import managed_rules

if TYPE_CHECKING:
    from compliance_runtime.recording.rule_directory import RuleEntry


@functools.cache
def rule_url(rule: RuleEntry) -> str | None:
    """Return the page that describes a rule: AWS's for a managed rule, None for others."""
    facts = managed_rules().rules.get(rule.identifier or "")
    return facts.documentation_url if facts else None


@functools.cache
def description(rule: RuleEntry) -> str:
    """Return the rule's description, as far as it is known: for a managed rule, its page has it."""
    facts = managed_rules().rules.get(rule.identifier or "")
    if facts:
        what = "periodically" if facts.periodic and not facts.change_triggered else "when a resource changes"
        types = f" It looks at {', '.join(facts.resource_types)}." if facts.resource_types else ""
        return f"Evaluates AWS's managed rule {facts.name} {what}.{types}"
    if rule.identifier in check_ids():
        return f"Evaluates the check {rule.identifier}: {load_check(rule.identifier).description}"
    if rule.identifier:
        return f"Evaluates the check {rule.identifier} of this project."
    return "Evaluates a Guard policy of this project."


@functools.cache
def remediation(rule: RuleEntry) -> str:
    """Return the remediation of the rule's violations, as far as it is known: a check may declare it."""
    if rule_url(rule):
        return "Change the resource to what the rule's page asks for."
    if rule.identifier in check_ids() and (declared := load_check(rule.identifier).remediation):
        return declared
    if rule.identifier:
        return "The reason of each violation names what to change."
    return "The policy's own text says what it asks for."
