"""The form in which facts about managed rules are gathered, read strictly: what is not known is refused.

A file of facts is a JSON object of rules by identifier. A rule has ``triggers`` and ``regions`` (a sentence
of AWS's documentation), and maybe ``resource_types``, ``parameters`` and ``severity``.
"""

from __future__ import annotations

import re
from typing import Final

from compliance_runtime.check import Severity
from compliance_tf.catalog.managed_rules import (
    ManagedRuleFacts,
    ManagedRuleParameter,
    ParameterType,
    kebab_case,
)
from compliance_tf.errors import FactsError
from maintenance.facts_reading import check_keys, check_member, expect, read_object, texts
from maintenance.region_names import REGION_CODES

NAMES_UNLIKE_IDENTIFIERS: Final = {
    "CLOUD_TRAIL_ENABLED": "cloudtrail-enabled",
    "EC2_INSTANCE_MANAGED_BY_SSM": "ec2-instance-managed-by-systems-manager",
    "INCOMING_SSH_DISABLED": "restricted-ssh",
    "INSTANCES_IN_VPC": "ec2-instances-in-vpc",
    "MULTI_REGION_CLOUD_TRAIL_ENABLED": "multi-region-cloudtrail-enabled",
    "RESTRICTED_INCOMING_TRAFFIC": "restricted-common-ports",
}
"""Names that are not the identifier in kebab case (AWS Config Developer Guide, List of Managed Rules)."""

_TRIGGERS: Final = ("change", "periodic")

_EVERYWHERE: Final = re.compile(r"All supported AWS regions(?: except (?P<names>.+) Region)?")
_ONLY: Final = re.compile(r"Only available in (?P<names>.+) Region")


def read_source_facts(text: str) -> tuple[ManagedRuleFacts, ...]:
    """Read a file of facts.

    Returns
    -------
    tuple
        The rules, sorted by identifier.

    Raises
    ------
    FactsError
        The text is not JSON, or a rule has an unknown key, type, trigger, severity or region, or lacks a key.
    """
    rules = read_object(text)
    return tuple(_rule(identifier, rules[identifier]) for identifier in sorted(rules))


def _rule(identifier: str, value: object) -> ManagedRuleFacts:
    rule = expect(identifier, value, dict)
    check_keys(
        identifier,
        rule,
        required={"triggers", "regions"},
        optional={"resource_types", "parameters", "severity"},
    )
    triggers = texts(f"{identifier}, triggers", rule["triggers"])
    for trigger in triggers:
        check_member(f"{identifier}, triggers", trigger, _TRIGGERS)
    excluded, only = _regions(identifier, expect(f"{identifier}, regions", rule["regions"], str))
    parameters = expect(f"{identifier}, parameters", rule.get("parameters", []), list)
    return ManagedRuleFacts(
        identifier=identifier,
        name=NAMES_UNLIKE_IDENTIFIERS.get(identifier, kebab_case(identifier)),
        change_triggered="change" in triggers,
        periodic="periodic" in triggers,
        resource_types=tuple(sorted(texts(f"{identifier}, resource_types", rule.get("resource_types", [])))),
        parameters=tuple(_parameter(identifier, parameter) for parameter in parameters),
        excluded_regions=excluded,
        only_regions=only,
        rating=_rating(identifier, rule["severity"]) if "severity" in rule else None,
    )


def _parameter(identifier: str, value: object) -> ManagedRuleParameter:
    place = f"{identifier}, parameters"
    parameter = expect(place, value, dict)
    check_keys(place, parameter, required={"name", "type", "optional"}, optional={"default"})
    place = f"{place}, {parameter['name']}"
    check_member(place, parameter["type"], [kind.value for kind in ParameterType])
    return ManagedRuleParameter(
        name=parameter["name"],
        type=ParameterType(parameter["type"]),
        required=not expect(place, parameter["optional"], bool),
        default=parameter.get("default"),
    )


def _rating(identifier: str, value: object) -> Severity:
    ratings = {severity.name.capitalize(): severity for severity in Severity}
    check_member(f"{identifier}, severity", value, ratings.keys())
    return ratings[str(value)]


def _regions(identifier: str, sentence: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the codes of the excluded regions and of the only regions that a sentence names."""
    if match := _EVERYWHERE.fullmatch(sentence):
        return _region_codes(identifier, match["names"]), ()
    if match := _ONLY.fullmatch(sentence):
        return (), _region_codes(identifier, match["names"])
    raise FactsError(
        f"{identifier}, regions: {sentence!r} is not understood. Allowed: 'All supported AWS regions', the "
        "same with ' except <names> Region', 'Only available in <names> Region', the names separated by ', '."
    )


def _region_codes(identifier: str, names: str | None) -> tuple[str, ...]:
    listed = names.split(", ") if names else []
    for name in listed:
        if name not in REGION_CODES:
            raise FactsError(
                f"{identifier}, regions: {name!r} is not known. Allowed: {', '.join(sorted(REGION_CODES))}. "
                "If AWS opened a region, add it to region_names.py."
            )
    return tuple(sorted(REGION_CODES[name] for name in listed))
