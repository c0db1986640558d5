from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

import pytest

from compliance_runtime.check import Severity
from compliance_tf.catalog.managed_rules import (
    DATA_FILE,
    ManagedRuleFacts,
    ManagedRuleParameter,
    ParameterType,
    read_catalog,
)
from compliance_tf.errors import FactsError
from maintenance import import_facts as command
from maintenance.data_files import Differences
from maintenance.import_facts import import_facts
from tests.repository import REPOSITORY
from tests.unit.catalog.builders import source_rule, write_source

if TYPE_CHECKING:
    from pathlib import Path

DAY = datetime.date(2026, 11, 23)


def run(directory: Path, rules: dict[str, Any]) -> Differences:
    return import_facts(write_source(directory, rules), directory / "data.json", directory / "identifiers.py", DAY)


def imported(directory: Path, **changes: Any) -> ManagedRuleFacts:
    """What the library reads of a rule after its import."""
    run(directory, {"RULE": source_rule(**changes)})
    return read_catalog((directory / "data.json").read_text(encoding="utf-8")).rules["RULE"]


def refusal(directory: Path, **changes: Any) -> str:
    with pytest.raises(FactsError) as raised:
        run(directory, {"RULE": source_rule(**changes)})
    assert not (directory / "data.json").exists(), "what is refused must not be written"
    return str(raised.value)


def test_an_imported_rule_is_read_back_with_all_its_facts(tmp_path: Path) -> None:
    facts = imported(
        tmp_path,
        triggers=["change", "periodic"],
        resource_types=["AWS::S3::Bucket", "AWS::::Account"],
        parameters=[
            {"name": "age", "type": "int", "optional": False, "default": "90"},
            {"name": "tags", "type": "StringMap", "optional": True},
        ],
        regions="All supported AWS regions except Europe (Zurich), China (Beijing) Region",
        severity="Critical",
    )

    assert facts == ManagedRuleFacts(
        identifier="RULE",
        name="rule",
        change_triggered=True,
        periodic=True,
        resource_types=("AWS::::Account", "AWS::S3::Bucket"),
        parameters=(
            ManagedRuleParameter("age", ParameterType.INT, required=True, default="90"),
            ManagedRuleParameter("tags", ParameterType.STRING_MAP),
        ),
        excluded_regions=("cn-north-1", "eu-central-2"),
        rating=Severity.CRITICAL,
    )


def test_a_rule_available_in_few_regions_is_limited_to_them(tmp_path: Path) -> None:
    facts = imported(tmp_path, regions="Only available in US East (N. Virginia), Europe (Ireland) Region")

    assert facts.only_regions == ("eu-west-1", "us-east-1")
    assert facts.excluded_regions == ()


def test_a_rule_without_severity_stays_unrated(tmp_path: Path) -> None:
    assert imported(tmp_path).rating is None


def test_a_rule_that_aws_documents_under_another_name_gets_that_name(tmp_path: Path) -> None:
    run(tmp_path, {"INCOMING_SSH_DISABLED": source_rule(), "OTHER_RULE": source_rule()})

    rules = read_catalog((tmp_path / "data.json").read_text(encoding="utf-8")).rules
    assert rules["INCOMING_SSH_DISABLED"].name == "restricted-ssh"
    assert rules["OTHER_RULE"].name == "other-rule"


def test_the_data_says_where_and_when_it_comes_from(tmp_path: Path) -> None:
    run(tmp_path, {"RULE": source_rule()})

    catalog = read_catalog((tmp_path / "data.json").read_text(encoding="utf-8"))
    assert catalog.as_of == DAY
    assert catalog.source == command.SOURCE


def test_identifiers_are_written_sorted_as_a_type(tmp_path: Path) -> None:
    run(tmp_path, {"B_RULE": source_rule(), "A_RULE": source_rule()})

    module: dict[str, Any] = {}
    exec((tmp_path / "identifiers.py").read_text(encoding="utf-8"), module)  # noqa: S102 written just above
    assert module["ManagedRuleIdentifier"].__args__ == ("A_RULE", "B_RULE")


def test_the_same_facts_give_the_same_files_whatever_their_order(tmp_path: Path) -> None:
    rules = {"A_RULE": source_rule(), "B_RULE": source_rule(triggers=["periodic"])}
    run(tmp_path, rules)
    first = (tmp_path / "data.json").read_bytes()

    found = run(tmp_path, dict(reversed(rules.items())))

    assert (tmp_path / "data.json").read_bytes() == first
    assert found == Differences(added=(), removed=(), changed=())


def test_added_removed_and_changed_rules_are_shown(tmp_path: Path) -> None:
    age = {"name": "age", "type": "int", "optional": True}
    run(
        tmp_path,
        {
            "STALE_RULE": source_rule(),
            "KEPT_RULE": source_rule(),
            "OTHER_RULE": source_rule(severity="Low", parameters=[age]),
        },
    )

    found = run(
        tmp_path,
        {
            "KEPT_RULE": source_rule(),
            "NEW_RULE": source_rule(),
            "OTHER_RULE": source_rule(severity="High", parameters=[age | {"optional": False}]),
        },
    )

    assert found == Differences(
        added=("NEW_RULE",),
        removed=("STALE_RULE",),
        changed=(
            (
                'OTHER_RULE: parameters +{"name":"age","type":"int","required":true} -{"name":"age","type":"int"}; '
                "rating LOW -> HIGH"
            ),
        ),
    )


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"colour": "red"}, "RULE: colour is not known. Allowed: parameters, "),
        (
            {"parameters": [{"name": "a", "type": "int", "optional": True, "unit": "days"}]},
            "RULE, parameters: unit is not known. Allowed: default, name, optional, type.",
        ),
        ({"parameters": [{"name": "a", "type": "int"}]}, "RULE, parameters: optional is missing."),
        (
            {"parameters": [{"name": "a", "type": "date", "optional": True}]},
            "RULE, parameters, a: 'date' is not known. Allowed: String, int, double, boolean, CSV, StringMap.",
        ),
        (
            {"parameters": [{"name": "a", "type": "int", "optional": "no"}]},
            "RULE, parameters, a: 'no' is not allowed. Give true or false.",
        ),
        (
            {"parameters": [{"name": "a", "type": "int", "optional": True, "default": 90}]},
            "RULE, parameters, 0, default: 90 is not of type 'string'",
        ),
        ({"triggers": ["hourly"]}, "RULE, triggers: 'hourly' is not known. Allowed: change, periodic."),
        ({"triggers": "change"}, "RULE, triggers: 'change' is not allowed. Give a list."),
        ({"triggers": []}, "RULE, triggers: [] should be non-empty"),
        ({"severity": "Awful"}, "RULE, severity: 'Awful' is not known. Allowed: Low, Medium, High, Critical."),
        ({"regions": "Everywhere"}, "RULE, regions: 'Everywhere' is not understood."),
        (
            {"regions": "Only available in Atlantis Region"},
            "RULE, regions: 'Atlantis' is not known. Allowed: AWS GovCloud (US-East), ",
        ),
        ({"resource_types": ["S3 bucket"]}, "RULE, resource_types, 0: 'S3 bucket' does not match"),
        ({"resource_types": []}, "RULE: 'resource_types' is a required property"),
    ],
)
def test_facts_of_an_unknown_form_are_refused_and_nothing_is_written(
    tmp_path: Path, changes: dict[str, Any], message: str
) -> None:
    assert refusal(tmp_path, **changes).startswith(message)


def test_a_rule_that_is_given_twice_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "facts.json"
    file.write_text('{"RULE": {}, "RULE": {}}', encoding="utf-8")

    with pytest.raises(FactsError, match="RULE is given twice"):
        import_facts(file, tmp_path / "data.json", tmp_path / "identifiers.py", DAY)


def test_a_file_that_is_not_json_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "facts.json"
    file.write_text("ACCESS_KEYS_ROTATED: periodic", encoding="utf-8")

    with pytest.raises(FactsError, match="the facts are not JSON"):
        import_facts(file, tmp_path / "data.json", tmp_path / "identifiers.py", DAY)


@pytest.fixture
def own_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory in which the command writes instead of the project's."""
    monkeypatch.setattr(command, "DATA_FILE", tmp_path / "data.json")
    monkeypatch.setattr(command, "IDENTIFIERS_FILE", tmp_path / "identifiers.py")
    return tmp_path


def test_the_command_prints_what_changed(own_files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(own_files, {"STALE_RULE": source_rule(), "OTHER_RULE": source_rule()})
    facts = write_source(own_files, {"NEW_RULE": source_rule(), "OTHER_RULE": source_rule(severity="Low")})

    assert command.main([str(facts), "--as-of", "2027-01-02"]) == 0

    assert capsys.readouterr().out.splitlines() == [
        "Managed rules:",
        "+ NEW_RULE",
        "- STALE_RULE",
        "~ OTHER_RULE: rating None -> LOW",
        "1 added, 1 removed, 1 changed",
    ]
    assert read_catalog((own_files / "data.json").read_text(encoding="utf-8")).as_of == datetime.date(2027, 1, 2)


def test_the_command_fails_with_the_reason_and_without_a_traceback(
    own_files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    facts = write_source(own_files, {"RULE": source_rule(triggers=["hourly"])})

    assert command.main([str(facts)]) == 1
    assert command.main([str(own_files / "missing.json")]) == 1

    first, second = capsys.readouterr().err.splitlines()
    assert first.startswith("RULE, triggers: 'hourly' is not known")
    assert "missing.json" in second


def test_the_catalogue_is_what_the_facts_of_the_repository_give(tmp_path: Path) -> None:
    written = tmp_path / "managed_rules.json", tmp_path / "identifiers.py"
    as_of = read_catalog(DATA_FILE.read_text(encoding="utf-8")).as_of
    import_facts(REPOSITORY / "maintenance" / "facts" / "managed-rules.json", *written, as_of)
    for file in written:
        assert file.read_text(encoding="utf-8") == DATA_FILE.with_name(file.name).read_text(encoding="utf-8")
