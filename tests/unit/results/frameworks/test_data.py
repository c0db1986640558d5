"""The data files of frameworks."""

from __future__ import annotations

import json
import re
import shutil
from typing import TYPE_CHECKING

import pytest
from jsonschema import Draft202012Validator

from compliance_runtime.checks import check_ids
from compliance_tf.catalog.conformance_packs import conformance_packs
from compliance_tf.catalog.frameworks.framework import FOLDER, SCHEMA_FILE, framework, frameworks
from compliance_tf.catalog.managed_rules import managed_rules
from compliance_tf.errors import UnknownFrameworkError
from compliance_tf.results.frameworks.equivalents import EQUIVALENTS
from maintenance.import_frameworks import import_frameworks
from tests.repository import REPOSITORY

if TYPE_CHECKING:
    from pathlib import Path

FILES = sorted(FOLDER.glob("*.json"))

COPYRIGHTED = {
    *("cis-1.4-level-1", "cis-1.4-level-2", "cis-3.0", "cis-5.0", "pci-dss", "pci-dss-4.0"),
    *("c5-2025", "gdpr", "iso-27001-2022", "soc2"),
}
FREE = {
    *("hipaa", "nist-800-53-r4", "nist-800-53-r5", "nist-csf"),
    *("fedramp-high-r5", "fedramp-low-r5", "fedramp-moderate-r5"),
}
FACTS = REPOSITORY / "maintenance" / "facts" / "frameworks.json"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_each_file_fits_the_schema(file: Path) -> None:
    validator = Draft202012Validator(json.loads(SCHEMA_FILE.read_text(encoding="utf-8")))
    document = json.loads(file.read_text(encoding="utf-8"))

    assert [error.message for error in validator.iter_errors(document)] == []
    assert document["name"] == file.stem


def test_the_frameworks_are_those_that_people_ask_for() -> None:
    assert set(frameworks()) == COPYRIGHTED | FREE


def test_the_files_of_mapped_frameworks_are_what_the_facts_say(tmp_path: Path) -> None:
    shutil.copy(FOLDER / "nist-800-53-r5.json", tmp_path)

    for name in import_frameworks(FACTS, tmp_path):
        assert (tmp_path / f"{name}.json").read_text("utf-8") == (FOLDER / f"{name}.json").read_text("utf-8")


@pytest.mark.parametrize("name", frameworks())
def test_every_rule_is_one_that_aws_manages_and_every_check_is_ours(name: str) -> None:
    controls = framework(name).controls

    assert {rule for control in controls for rule in control.rules} <= managed_rules().rules.keys()
    assert {check for control in controls for check in control.checks} <= set(check_ids())


@pytest.mark.parametrize("name", frameworks())
def test_controls_are_listed_once_in_the_order_of_their_numbers(name: str) -> None:
    ids = [control.id for control in framework(name).controls]

    assert len(set(ids)) == len(ids)
    assert ids == sorted(ids, key=by_number)


def by_number(control: str) -> list[tuple[int, int, str]]:
    parts = re.findall(r"\d+|[A-Za-z]+", control)
    return [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in parts]


@pytest.mark.parametrize("name", frameworks())
def test_titles_are_given_only_where_the_text_is_free_to_use(name: str) -> None:
    titled = {control.title is not None for control in framework(name).controls}

    assert titled == {name not in COPYRIGHTED}


@pytest.mark.parametrize("name", ["cis-1.4-level-1", "cis-1.4-level-2", "pci-dss-4.0"])
def test_a_framework_has_the_very_rules_of_the_pack_of_its_name(name: str) -> None:
    rules = {rule for control in framework(name).controls for rule in control.rules}

    assert rules == {rule.identifier for rule in conformance_packs().packs[name].rules}


@pytest.mark.parametrize(
    ("name", "shared"),
    [("hipaa", 0.75), ("nist-800-53-r4", 0.99), ("nist-800-53-r5", 0.85), ("nist-csf", 0.8), ("pci-dss", 0.65)],
)
def test_a_framework_of_an_older_page_shares_most_rules_with_the_pack_of_its_name(name: str, shared: float) -> None:
    rules = {rule for control in framework(name).controls for rule in control.rules}
    pack = {rule.identifier for rule in conformance_packs().packs[name].rules}

    assert len(rules & pack) / len(pack) >= shared


@pytest.mark.parametrize(
    ("name", "control", "rule"),
    [
        ("cis-1.4-level-1", "1.10", "MFA_ENABLED_FOR_IAM_CONSOLE_ACCESS"),
        ("cis-1.4-level-2", "3.10", "CLOUDTRAIL_S3_DATAEVENTS_ENABLED"),
        ("hipaa", "164.312(b)", "CLOUD_TRAIL_ENABLED"),
        ("nist-800-53-r4", "SC-7(3)", "INCOMING_SSH_DISABLED"),
        ("nist-800-53-r5", "SC-28(1)", "RDS_STORAGE_ENCRYPTED"),
        ("nist-csf", "PR.DS-2", "S3_BUCKET_SSL_REQUESTS_ONLY"),
        ("pci-dss", "3.4", "ENCRYPTED_VOLUMES"),
        ("pci-dss-4.0", "8.3.9", "ACCESS_KEYS_ROTATED"),
        ("cis-3.0", "2.1.4", "S3_ACCOUNT_LEVEL_PUBLIC_ACCESS_BLOCKS_PERIODIC"),
        ("cis-5.0", "5.3", "VPC_SG_PORT_RESTRICTION_CHECK"),
        ("iso-27001-2022", "A.8.5", "MFA_ENABLED_FOR_IAM_CONSOLE_ACCESS"),
        ("soc2", "CC6.6", "EC2_INSTANCE_NO_PUBLIC_IP"),
        ("gdpr", "32", "CLOUD_TRAIL_ENCRYPTION_ENABLED"),
        ("c5-2025", "IAM-03.01B", "IAM_ROOT_ACCESS_KEY_CHECK"),
        ("fedramp-moderate-r5", "SC-28(1)", "RDS_STORAGE_ENCRYPTED"),
    ],
)
def test_a_sample_of_each_source_is_as_it_was_read(name: str, control: str, rule: str) -> None:
    (found,) = [one for one in framework(name).controls if one.id == control]

    assert rule in found.rules


def test_what_is_misspelt_is_answered_with_what_was_meant() -> None:
    with pytest.raises(UnknownFrameworkError, match="Did you mean nist-csf"):
        framework("nist-cfs")


def test_an_equivalent_is_a_check_of_ours_that_stands_for_managed_rules() -> None:
    assert EQUIVALENTS.keys() <= set(check_ids())
    assert {rule for rules in EQUIVALENTS.values() for rule in rules} <= managed_rules().rules.keys()
