"""The form in which facts about conformance packs are gathered, read strictly: what is not known is refused.

A file of facts is a JSON object of packs by AWS's name. A pack is an object of managed rules by identifier, and a rule
has maybe ``parameters`` (texts by name) and ``frequency``.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, get_args

from compliance_tf.catalog.conformance_packs import PROCESS_CHECK, ConformancePack, ConformancePackRule
from compliance_tf.catalog.pack_naming import short_name, title
from compliance_tf.catalog.parameters import check_parameters
from compliance_tf.catalog.usage import MaximumExecutionFrequency, validate_use
from compliance_tf.errors import FactsError, ManagedRuleError
from maintenance.facts_reading import check_keys, check_member, expect, read_object

if TYPE_CHECKING:
    from collections.abc import Mapping

    from compliance_tf.catalog.managed_rules import ManagedRuleFacts

TEMPLATE_TEXTS: Final = frozenset(
    {
        "",
        "here add Comma-separated list of the authorized VPC IDs",
        "here add Comma-separated list of the route table IDs",
    }
)
"""Placeholders in AWS's templates for values of the deployer."""

CORRECTIONS: Final = {"defensive', 'strictest'": "defensive,strictest"}
"""Values that are misspelt in AWS's templates, and what was meant."""


def read_source_packs(text: str, rules: Mapping[str, ManagedRuleFacts]) -> tuple[ConformancePack, ...]:
    """Read a file of facts.

    Parameters
    ----------
    text
        The file's text.
    rules
        The managed rules that are known, by identifier.

    Returns
    -------
    tuple
        The packs, sorted by short name. Values are written in one way: truth values in lower case, lists without
        blanks.

    Raises
    ------
    FactsError
        The text is not JSON, two packs would have the same short name, or a pack has a rule that is not known, or
        parameters that it does not take.
    """
    document = read_object(text)
    packs: dict[str, ConformancePack] = {}
    for aws_name in sorted(document):
        pack = _pack(aws_name, expect(aws_name, document[aws_name], dict), rules)
        if pack.name in packs:
            raise FactsError(
                f"{aws_name}: {packs[pack.name].aws_name} has the short name {pack.name!r} already. "
                "Give one another in pack_naming.py."
            )
        packs[pack.name] = pack
    return tuple(packs[name] for name in sorted(packs))


def _pack(aws_name: str, value: dict[str, object], rules: Mapping[str, ManagedRuleFacts]) -> ConformancePack:
    return ConformancePack(
        name=short_name(aws_name),
        aws_name=aws_name,
        title=title(aws_name),
        rules=tuple(
            _rule(f"{aws_name}, {identifier}", identifier, value[identifier], rules)
            for identifier in sorted(value.keys() - {PROCESS_CHECK})
        ),
        process_checks=PROCESS_CHECK in value,
    )


def _rule(place: str, identifier: str, value: object, rules: Mapping[str, ManagedRuleFacts]) -> ConformancePackRule:
    if identifier not in rules:
        raise FactsError(f"{place}: no managed rule has this identifier. Import newer facts about rules first.")
    rule = expect(place, value, dict)
    check_keys(place, rule, optional=("parameters", "frequency"))
    frequency = rule.get("frequency")
    if frequency is not None:
        check_member(f"{place}, frequency", frequency, get_args(MaximumExecutionFrequency))
    given = expect(f"{place}, parameters", rule.get("parameters", {}), dict)
    parameters = {
        name: _one_spelling(expect(f"{place}, parameters, {name}", text, str))
        for name, text in sorted(given.items())
        if text not in TEMPLATE_TEXTS
    }
    try:
        texts = check_parameters(rules[identifier], parameters)
        validate_use(rules[identifier], frequency=frequency)
    except ManagedRuleError as error:
        raise FactsError(f"{place}: {error}") from error
    return ConformancePackRule(identifier, MappingProxyType(texts), frequency)


def _one_spelling(text: str) -> str:
    text = re.sub(r"\s*,\s*", ",", CORRECTIONS.get(text, text).strip())
    return text.lower() if text.lower() in {"true", "false"} else text
