"""The packs that the project ships."""

from __future__ import annotations

import json
from typing import get_args

import pytest

from compliance_tf.catalog.conformance_packs import DATA_FILE, conformance_pack, conformance_packs
from compliance_tf.catalog.generated import pack_names
from compliance_tf.catalog.managed_rules import managed_rules
from compliance_tf.catalog.pack_naming import short_name, title
from compliance_tf.errors import ComplianceError, FactsError, UnknownPackError
from compliance_tf.packs.pack import Pack
from maintenance.import_packs import PACK_NAMES_FILE, check_schema, data_text, names_module

DATA = DATA_FILE.read_text(encoding="utf-8")
IMPORT = "run python -m maintenance.import_facts --packs PATH"


def test_the_data_is_valid_by_its_schema() -> None:
    check_schema(DATA)


def test_the_module_of_names_is_not_stale() -> None:
    assert PACK_NAMES_FILE.read_text(encoding="utf-8") == names_module(conformance_packs().packs), IMPORT
    assert set(get_args(pack_names.PackName)) == set(conformance_packs().packs)


def test_the_data_file_is_as_the_importer_writes_it() -> None:
    assert data_text(conformance_packs()) == DATA


def test_names_are_unique_sorted_and_as_the_rules_of_naming_make_them() -> None:
    names = [pack["name"] for pack in json.loads(DATA)["packs"]]
    assert names == sorted(set(names))
    assert not set(names) & {pack.aws_name for pack in conformance_packs().packs.values()} - {"custom-conformance-pack"}
    for pack in conformance_packs().packs.values():
        assert (pack.name, pack.title) == (short_name(pack.aws_name), title(pack.aws_name)), IMPORT


def test_every_rule_of_every_pack_is_in_the_catalogue() -> None:
    identifiers = {rule.identifier for pack in conformance_packs().packs.values() for rule in pack.rules}
    assert identifiers <= managed_rules().rules.keys()


@pytest.mark.parametrize("name", conformance_packs().packs)
def test_every_pack_can_be_built(name: str) -> None:
    assert len(Pack.named(name).rules) == len(conformance_packs().packs[name].rules)


def test_the_packs_that_people_ask_for_are_there() -> None:
    wanted = {"pci-dss-4.0", "nist-800-53-r5", "cis-1.4-level-2", "hipaa", "fedramp-moderate"}
    assert wanted <= conformance_packs().packs.keys()


def test_a_pack_is_found_by_awss_name_too() -> None:
    assert conformance_pack("Operational-Best-Practices-for-HIPAA-Security") is conformance_pack("hipaa")


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("hippa", "hipaa"),
        ("NIST-800-53-R5", "nist-800-53-r5"),
        ("Operational-Best-Practices-for-HIPAA", "hipaa"),
        ("CIS-AWS-v1.4-Level2", "cis-1.4-level-2"),
    ],
)
def test_an_unknown_pack_is_answered_with_the_one_that_was_meant(asked: str, meant: str) -> None:
    with pytest.raises(UnknownPackError) as raised:
        conformance_pack(asked)
    assert str(raised.value).startswith(f"pack {asked!r} is not known. Did you mean {meant}?")
    assert isinstance(raised.value, ComplianceError)


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        (
            '"maxAccessKeyAge":"90"',
            '"maxAccessKeyAge":""',
            "abs-ccigv2-material, rules, ACCESS_KEYS_ROTATED, parameters",
        ),
        ('"process_checks":true', '"process_checks":2', "abs-ccigv2-material, process_checks: True was expected"),
        ('"title":"ABS CCIGv2 Material",', "", "abs-ccigv2-material: 'title' is a required property"),
    ],
)
def test_the_schema_refuses_what_the_library_could_not_read(right: str, wrong: str, message: str) -> None:
    with pytest.raises(FactsError, match=message):
        check_schema(DATA.replace(right, wrong, 1))
