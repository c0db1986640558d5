"""The data that the project ships."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from compliance_tf.catalog.managed_rules import DATA_FILE, managed_rules
from compliance_tf.catalog.parameters import check_parameters
from compliance_tf.errors import FactsError, RuleParametersError
from maintenance.import_facts import IDENTIFIERS_FILE, check_schema, data_text, identifiers_module

if TYPE_CHECKING:
    from compliance_tf.catalog.managed_rules import ManagedRuleFacts

DATA = DATA_FILE.read_text(encoding="utf-8")


def default_is_refused(facts: ManagedRuleFacts, name: str, default: str) -> bool:
    try:
        check_parameters(facts, {known.name: "${var.any}" for known in facts.parameters} | {name: default})
    except RuleParametersError:
        return True
    return False


def test_the_data_is_valid_by_its_schema() -> None:
    check_schema(DATA)


def test_the_module_of_identifiers_is_not_stale() -> None:
    assert IDENTIFIERS_FILE.read_text(encoding="utf-8") == identifiers_module(managed_rules().rules), (
        "run python -m maintenance.import_facts"
    )


def test_the_data_file_is_as_the_importer_writes_it_one_rule_a_line() -> None:
    assert data_text(managed_rules()) == DATA
    assert sum(line.startswith('{"identifier":') for line in DATA.splitlines()) == len(managed_rules().rules)


def test_identifiers_and_names_are_unique_and_sorted() -> None:
    identifiers = [rule["identifier"] for rule in json.loads(DATA)["rules"]]

    assert identifiers == sorted(set(identifiers))
    assert len({facts.name for facts in managed_rules().rules.values()}) == len(identifiers)


def test_every_rule_has_a_trigger() -> None:
    assert [f.identifier for f in managed_rules().rules.values() if not (f.change_triggered or f.periodic)] == []


def test_parameter_names_of_a_rule_differ_in_more_than_case() -> None:
    for facts in managed_rules().rules.values():
        names = [known.name.casefold() for known in facts.parameters]
        assert sorted(set(names)) == sorted(names), facts.identifier


def test_every_documented_default_would_be_accepted_as_a_value() -> None:
    refused = [
        (facts.identifier, known.name)
        for facts in managed_rules().rules.values()
        for known in facts.parameters
        if known.default is not None and default_is_refused(facts, known.name, known.default)
    ]

    assert refused == []


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        ('"triggers":["periodic"]', '"triggers":[]', "ACCESS_KEYS_ROTATED, triggers"),
        ('"AWS::IAM::User"', '"IAM::User"', r"ACCESS_KEYS_ROTATED, resource_types, 0: 'IAM::User' does not match"),
        ('"rating":"MEDIUM"', '"rating":"Medium"', "ACCESS_KEYS_ROTATED, rating: 'Medium' is not one of"),
        ('"rating":"MEDIUM"', '"colour":"RED"', r"ACCESS_KEYS_ROTATED: .*'colour' was unexpected"),
        ('"as_of": "2', '"as_of": "x', "as_of: 'x"),
    ],
)
def test_the_schema_refuses_what_the_library_could_not_read(right: str, wrong: str, message: str) -> None:
    with pytest.raises(FactsError, match=message):
        check_schema(DATA.replace(right, wrong, 1))
