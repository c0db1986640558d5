from __future__ import annotations

import datetime
import json
from typing import TYPE_CHECKING, Any

import pytest

from compliance_tf.catalog.conformance_packs import ConformancePackRule, read_packs
from compliance_tf.catalog.managed_rules import ParameterType
from compliance_tf.catalog.pack_naming import short_name, title
from compliance_tf.errors import FactsError
from maintenance import import_facts as command
from maintenance.data_files import Differences
from maintenance.import_packs import import_packs
from tests.unit.catalog.builders import change_rule, parameter, periodic_rule

if TYPE_CHECKING:
    from pathlib import Path

    from compliance_tf.catalog.conformance_packs import ConformancePack

DAY = datetime.date(2026, 11, 23)
NAME = "Operational-Best-Practices-for-Buckets"
RULES = {
    "BUCKET_RULE": change_rule(
        parameters=(
            parameter("allowed", ParameterType.CSV),
            parameter("days", ParameterType.INT),
            parameter("strict", ParameterType.BOOLEAN),
        )
    ),
    "PERIODIC_RULE": periodic_rule(identifier="PERIODIC_RULE"),
}


def run(directory: Path, packs: dict[str, Any]) -> Differences:
    facts = directory / "facts.json"
    facts.write_text(json.dumps(packs), encoding="utf-8")
    return import_packs(facts, directory / "data.json", directory / "names.py", DAY, RULES)


def read(directory: Path) -> dict[str, ConformancePack]:
    return dict(read_packs((directory / "data.json").read_text(encoding="utf-8")).packs)


def parameters(directory: Path, **given: str) -> dict[str, str]:
    """The parameters of a rule after its import."""
    run(directory, {NAME: {"BUCKET_RULE": {"parameters": given}}})
    (rule,) = read(directory)["buckets"].rules
    return dict(rule.parameters)


def test_an_imported_pack_is_read_back_with_all_its_facts(tmp_path: Path) -> None:
    run(tmp_path, {NAME: {"PERIODIC_RULE": {"frequency": "Six_Hours"}, "BUCKET_RULE": {"parameters": {"days": "9"}}}})

    pack = read(tmp_path)["buckets"]
    assert (pack.aws_name, pack.title, pack.process_checks) == (NAME, "Buckets", False)
    assert pack.rules == (
        ConformancePackRule("BUCKET_RULE", {"days": "9"}),
        ConformancePackRule("PERIODIC_RULE", frequency="Six_Hours"),
    )


def test_process_checks_become_a_flag_and_no_rule(tmp_path: Path) -> None:
    run(tmp_path, {NAME: {"AWS_CONFIG_PROCESS_CHECK": {}, "BUCKET_RULE": {}}})

    pack = read(tmp_path)["buckets"]
    assert pack.process_checks
    assert [rule.identifier for rule in pack.rules] == ["BUCKET_RULE"]


def test_values_are_spelt_in_one_way(tmp_path: Path) -> None:
    assert parameters(tmp_path, strict="TRUE", allowed="a , b") == {"strict": "true", "allowed": "a,b"}


def test_what_a_template_has_to_be_filled_in_is_no_value(tmp_path: Path) -> None:
    assert parameters(tmp_path, allowed="") == {}
    assert parameters(tmp_path, allowed="here add Comma-separated list of the authorized VPC IDs") == {}


def test_what_a_template_misspells_is_corrected(tmp_path: Path) -> None:
    assert parameters(tmp_path, allowed="defensive', 'strictest'") == {"allowed": "defensive,strictest"}


def test_names_are_written_as_types(tmp_path: Path) -> None:
    run(tmp_path, {NAME: {"BUCKET_RULE": {}}, "custom-pack": {"BUCKET_RULE": {}}})

    module: dict[str, Any] = {}
    exec((tmp_path / "names.py").read_text(encoding="utf-8"), module)  # noqa: S102 written just above
    assert module["PackName"].__args__ == ("buckets", "custom-pack")
    assert module["PackAlias"].__args__ == (NAME, "custom-pack")


def test_added_removed_and_changed_packs_are_shown(tmp_path: Path) -> None:
    kept = {"BUCKET_RULE": {}}
    run(tmp_path, {NAME: {**kept, "PERIODIC_RULE": {}}, "stale": kept})

    found = run(tmp_path, {NAME: {"BUCKET_RULE": {"parameters": {"days": "9"}}}, "new": kept})

    assert found == Differences(
        added=("new",),
        removed=("stale",),
        changed=('buckets: -PERIODIC_RULE; BUCKET_RULE {} -> {"parameters":{"days":"9"}}',),
    )


@pytest.mark.parametrize(
    ("packs", "message"),
    [
        ({NAME: {"OTHER_RULE": {}}}, f"{NAME}, OTHER_RULE: no managed rule has this identifier. Import newer facts"),
        (
            {NAME: {"BUCKET_RULE": {"schedule": "x"}}},
            f"{NAME}, BUCKET_RULE: schedule is not known. Allowed: frequency, parameters.",
        ),
        (
            {NAME: {"BUCKET_RULE": {"parameters": {"days": 9}}}},
            f"{NAME}, BUCKET_RULE, parameters, days: 9 is not allowed. Give a text.",
        ),
        (
            {NAME: {"BUCKET_RULE": {"parameters": {"day": "9"}}}},
            f"{NAME}, BUCKET_RULE: managed rule BUCKET_RULE:\n  - parameter 'day' is not known. Did you mean days?",
        ),
        (
            {NAME: {"PERIODIC_RULE": {"frequency": "Hourly"}}},
            f"{NAME}, PERIODIC_RULE, frequency: 'Hourly' is not known. Allowed: One_Hour, ",
        ),
        (
            {NAME: {"BUCKET_RULE": {"frequency": "One_Hour"}}},
            f"{NAME}, BUCKET_RULE: managed rule BUCKET_RULE:\n  - frequency 'One_Hour' is not allowed",
        ),
        ({NAME: []}, f"{NAME}: [] is not allowed. Give an object."),
        ({NAME: {}}, "buckets, rules: {} should be non-empty"),
        (
            {NAME: {"BUCKET_RULE": {}}, "Operational-Best-Practices-for-AWS-Buckets": {"BUCKET_RULE": {}}},
            f"{NAME}: Operational-Best-Practices-for-AWS-Buckets has the short name 'buckets' already.",
        ),
    ],
)
def test_facts_of_an_unknown_form_are_refused_and_nothing_is_written(
    tmp_path: Path, packs: dict[str, Any], message: str
) -> None:
    with pytest.raises(FactsError) as raised:
        run(tmp_path, packs)
    assert str(raised.value).startswith(message)
    assert not (tmp_path / "data.json").exists()


@pytest.mark.parametrize(
    ("aws_name", "name", "words"),
    [
        (
            "Operational-Best-Practices-for-PCI-DSS-v4.0-including-global-resourcetypes",
            "pci-dss-4.0",
            "PCI DSS v4.0 including global resource types",
        ),
        ("Operational-Best-Practices-for-NIST-800-53-rev-5", "nist-800-53-r5", "NIST 800-53 rev 5"),
        ("Operational-Best-Practices-for-CIS-AWS-v1.4-Level2", "cis-1.4-level-2", "CIS AWS v1.4 Level 2"),
        ("Operational-Best-Practices-for-HIPAA-Security", "hipaa", "HIPAA Security"),
        ("Operational-Best-Practices-for-FedRAMP-HighPart1", "fedramp-high-part-1", "FedRAMP High Part 1"),
        ("Security-Best-Practices-for-Amazon-OpenSearch-Service", "opensearch-service-security", None),
        ("Operational-Best-Practices-for-Amazon-S3", "s3", "Amazon S3"),
        ("AWS-Control-Tower-Detective-Guardrails", "control-tower-detective-guardrails", None),
    ],
)
def test_short_names_and_titles_follow_from_awss_names(aws_name: str, name: str, words: str | None) -> None:
    assert short_name(aws_name) == name
    assert words in {None, title(aws_name)}


def test_the_command_imports_packs_by_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "PACKS_DATA_FILE", tmp_path / "data.json")
    monkeypatch.setattr(command, "PACK_NAMES_FILE", tmp_path / "names.py")
    facts = tmp_path / "facts.json"
    facts.write_text(json.dumps({NAME: {"ACCESS_KEYS_ROTATED": {"parameters": {"maxAccessKeyAge": "9"}}}}))

    assert command.main(["--packs", str(facts)]) == 0
    assert capsys.readouterr().out == "Conformance packs:\n+ buckets\n1 added, 0 removed, 0 changed\n"

    facts.write_text(json.dumps({NAME: {"NO_RULE": {}}}))
    assert command.main(["--packs", str(facts)]) == 1
    assert "NO_RULE: no managed rule has this identifier" in capsys.readouterr().err


def test_the_command_needs_something_to_import(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        command.main([])
    assert "give a file of facts" in capsys.readouterr().err
