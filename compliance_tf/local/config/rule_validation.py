"""Validation of PutConfigRule beyond its model."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from compliance_tf.catalog.managed_rules import managed_rule
from compliance_tf.errors import UnknownManagedRuleError
from compliance_tf.local.api.api_error import ApiError
from compliance_tf.local.config.config_rule import MessageType, Owner, parse_scope

if TYPE_CHECKING:
    from compliance_tf.catalog.managed_rules import ManagedRuleFacts


def check_rule(declared: dict[str, Any]) -> ManagedRuleFacts | None:
    """Validate a rule's declaration.

    Returns
    -------
    ManagedRuleFacts | None
        The facts of a managed rule; None for a rule with a function or a policy.

    Raises
    ------
    ApiError
        InvalidParameterValueException.
    """
    _check_scope(declared)
    parameters = _parameters(declared)
    owner = Owner(declared["Source"]["Owner"])
    if owner is Owner.MANAGED:
        facts = _managed_rule(declared)
        _check_managed_rule(declared, facts, parameters)
        return facts
    if owner is Owner.GUARD:
        _refuse_unless("CustomPolicyDetails" in declared["Source"], "CustomPolicyDetails is required.")
    _check_details(declared)
    return None


def message_types(declared: dict[str, Any], facts: ManagedRuleFacts | None) -> frozenset[MessageType]:
    """Return the triggers of a rule."""
    if facts is None:
        return frozenset(MessageType(detail["MessageType"]) for detail in _details(declared))
    types = {MessageType.CHANGE, MessageType.OVERSIZED_CHANGE} if facts.change_triggered else set()
    return frozenset(types | ({MessageType.SCHEDULED} if facts.periodic else set()))


def _details(declared: dict[str, Any]) -> list[dict[str, Any]]:
    return list(declared["Source"].get("SourceDetails") or [])


def _check_scope(declared: dict[str, Any]) -> None:
    scope = parse_scope(declared.get("Scope"))
    if scope.resource_id is not None:
        _refuse_unless(len(scope.resource_types) == 1, "A scope with a resource ID needs exactly one resource type.")
    if scope.tag_value is not None:
        _refuse_unless(scope.tag_key is not None, "A scope with a tag value needs a tag key.")


def _parameters(declared: dict[str, Any]) -> dict[str, Any]:
    try:
        parameters = json.loads(declared.get("InputParameters") or "{}")
    except ValueError:
        parameters = None
    if not isinstance(parameters, dict):
        raise _refusal("The inputParameters are not a valid JSON object.")
    return parameters


def _managed_rule(declared: dict[str, Any]) -> ManagedRuleFacts:
    identifier = declared["Source"].get("SourceIdentifier", "")
    try:
        return managed_rule(identifier)
    except UnknownManagedRuleError as error:
        raise _refusal(
            f"The sourceIdentifier {identifier} is invalid. Please refer to the documentation for a list of "
            "valid sourceIdentifiers that can be used when AWS is the Owner."
        ) from error


def _check_managed_rule(declared: dict[str, Any], facts: ManagedRuleFacts, given: dict[str, Any]) -> None:
    _refuse_unless(not _details(declared), "SourceDetails should be null/empty if the owner is AWS.")
    _refuse_unless(
        facts.change_triggered or parse_scope(declared.get("Scope")).is_empty,
        "Scope cannot be applied to a managed rule that is only evaluated periodically.",
    )
    _refuse_unless(
        facts.periodic or "MaximumExecutionFrequency" not in declared,
        "A maximum execution frequency for this rule is not allowed because only a change in resources triggers "
        "this managed rule.",
    )
    unknown = sorted(given.keys() - {parameter.name for parameter in facts.parameters})
    _refuse_unless(not unknown, f"Unknown parameters provided in the inputParameters: {', '.join(unknown)}.")
    missing = [parameter.name for parameter in facts.parameters if parameter.required and parameter.name not in given]
    _refuse_unless(not missing, f"Required parameter [{', '.join(missing)}] not present in the inputParameters.")


def _check_details(declared: dict[str, Any]) -> None:
    details = _details(declared)
    _refuse_unless(bool(details), "SourceDetails cannot be empty if the owner is not AWS.")
    for detail in details:
        _refuse_unless("MessageType" in detail, "Each of the SourceDetails needs a MessageType.")
        _refuse_unless(
            "MaximumExecutionFrequency" not in detail or detail["MessageType"] == MessageType.SCHEDULED.value,
            "A MaximumExecutionFrequency is only for the message type ScheduledNotification.",
        )
    periodic_only = all(detail["MessageType"] == MessageType.SCHEDULED.value for detail in details)
    _refuse_unless(
        not periodic_only or parse_scope(declared.get("Scope")).is_empty,
        "Scope cannot be applied to a rule that is only evaluated periodically.",
    )


def _refuse_unless(accepted: bool, message: str) -> None:  # noqa: FBT001 -- reads as a sentence
    if not accepted:
        raise _refusal(message)


def _refusal(message: str) -> ApiError:
    return ApiError("InvalidParameterValueException", message)
