"""``compliance-tf packs`` and ``compliance-tf rules``."""

from __future__ import annotations

import json
import re
import sys
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from compliance_tf.catalog.conformance_packs import conformance_packs
from compliance_tf.catalog.managed_rules import managed_rules
from compliance_tf.cli.main import app, main
from compliance_tf.output.terminal_table import print_table
from maintenance.pages import packs as packs_reference
from maintenance.pages import rules as rules_reference
from tests.repository import REFERENCE

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType


def run(*arguments: str, code: int = 0) -> str:
    """What a command prints into a pipe."""
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == code, result.output
    return result.stdout


def run_json(*arguments: str, code: int = 0) -> Any:
    return json.loads(run(*arguments, "--format", "json", code=code))


@pytest.fixture
def acme(tmp_path: Path) -> str:
    """A file with a pack that has one rule."""
    path = tmp_path / "acme.yaml"
    path.write_text("name: acme\nrules:\n  - managed: ACCESS_KEYS_ROTATED\n    parameters: {maxAccessKeyAge: 45}\n")
    return str(path)


def test_packs_are_listed_one_a_line_with_their_whole_names() -> None:
    heading, *lines = run("packs").splitlines()
    assert heading.split() == ["Pack", "Rules", "Title"]
    assert [line.split()[0] for line in lines] == list(conformance_packs().packs)
    (hipaa,) = [line for line in lines if line.startswith("hipaa ")]
    assert hipaa.split(maxsplit=2) == ["hipaa", str(len(conformance_packs().packs["hipaa"].rules)), "HIPAA Security"]


def test_packs_are_listed_as_json() -> None:
    listed = {pack["name"]: pack for pack in run_json("packs")}
    assert listed["hipaa"] == {
        "name": "hipaa",
        "awsName": "Operational-Best-Practices-for-HIPAA-Security",
        "title": "HIPAA Security",
        "rules": len(conformance_packs().packs["hipaa"].rules),
        "processChecks": True,
    }


def test_a_pack_is_shown_with_the_settings_of_its_rules(acme: str) -> None:
    lines = run("packs", "show", "dynamodb-with-remediation").splitlines()
    assert [line.split() for line in lines[1:]] == [
        ["dynamodb-autoscaling-enabled", "medium", "periodic", "Six_Hours"],
        ["dynamodb-throughput-limit-check", "medium", "periodic", "Six_Hours"],
    ]
    assert run("packs", "show", acme).splitlines()[1].split()[-1] == "maxAccessKeyAge=45"


def test_a_pack_is_shown_as_json(acme: str) -> None:
    assert run_json("packs", "show", acme) == {
        "name": "acme",
        "title": "acme",
        "processChecks": False,
        "rules": [
            {
                "id": "access-keys-rotated",
                "rule": "ACCESS_KEYS_ROTATED",
                "severity": "MEDIUM",
                "trigger": "periodic",
                "parameters": {"maxAccessKeyAge": "45"},
                "frequency": None,
                "resourceTypes": [],
            }
        ],
    }


def test_two_packs_are_compared_and_the_exit_code_says_whether_they_differ(acme: str) -> None:
    assert run("packs", "diff", "cis-1.3-level-1", "cis-fb-1.3-level-1").splitlines() == ["  Rule  Settings"]

    lines = [line.split(maxsplit=2) for line in run("packs", "diff", acme, "iam", code=2).splitlines()[1:]]
    assert ["~", "access-keys-rotated", "maxAccessKeyAge=45 -> maxAccessKeyAge=90"] in lines
    assert ["+", "iam-group-has-users-check"] in lines
    assert {line[0] for line in lines} == {"~", "+"}

    compared = run_json("packs", "diff", "iam", acme, code=2)
    assert [rule["id"] for rule in compared["onlySecond"]] == []
    assert "iam-group-has-users-check" in {rule["id"] for rule in compared["onlyFirst"]}
    assert [[rule["parameters"]["maxAccessKeyAge"] for rule in pair] for pair in compared["changed"]] == [["90", "45"]]
    assert compared["shared"] == 1


def test_rules_are_searched_by_all_words_in_identifier_name_and_types() -> None:
    assert [line.split()[0] for line in run("rules", "search", "Restricted-SSH SecurityGroup").splitlines()[1:]] == [
        "INCOMING_SSH_DISABLED"
    ]
    found = run_json("rules", "search", "s3::bucket versioning")
    assert [rule["identifier"] for rule in found] == ["S3_BUCKET_VERSIONING_ENABLED"]
    assert found[0]["resourceTypes"] == ["AWS::S3::Bucket"]
    assert found[0]["parameters"][0]["name"] == "isMfaDeleteEnabled"


def test_a_search_that_finds_nothing_exits_with_1() -> None:
    run("rules", "search", "xyzzy", code=1)
    assert run_json("rules", "search", "xyzzy", code=1) == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["packs", "show", "hippa"], "error: pack 'hippa' is not known. Did you mean hipaa?"),
        (["packs", "diff", "hipaa", "hippa"], "error: pack 'hippa' is not known. Did you mean hipaa?"),
        (["packs", "show", "none.yaml"], "error: none.yaml cannot be read"),
    ],
)
def test_a_pack_that_is_not_there_ends_with_one_message(
    arguments: list[str], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["compliance-tf", *arguments])
    with pytest.raises(SystemExit) as raised:
        main()
    assert str(raised.value.code).startswith(message)


def test_a_table_on_a_terminal_keeps_names_whole_and_fits_the_width(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setenv("TERM", "xterm")
    name = "a-name-of-more-than-thirty-characters"
    print_table(("Rule", "Settings"), [(name, "word " * 20)], whole=("Rule",))
    lines = re.sub(r"\x1b\[[0-9;]*m", "", capsys.readouterr().out).splitlines()
    assert any(name in line for line in lines)
    assert max(map(len, lines)) <= 60
    assert sum("word" in line for line in lines) > 1


def test_the_reference_pages_have_every_rule_and_every_pack() -> None:
    rules, packs = rules_reference.reference(), packs_reference.reference()
    assert all(f"[`{identifier}`](https://docs.aws.amazon.com/" in rules for identifier in managed_rules().rules)
    for pack in conformance_packs().packs.values():
        assert f"\n## {pack.name}\n\nAWS calls it `{pack.aws_name}`." in packs
    assert {line.count(" | ") for line in rules.splitlines() if line.startswith("| [")} == {6}


@pytest.mark.parametrize("page", [rules_reference, packs_reference])
def test_the_reference_pages_are_not_stale(page: ModuleType) -> None:
    name = page.__name__.rpartition(".")[2]
    file = REFERENCE / f"{name.removesuffix('_reference')}.md"
    assert file.read_text(encoding="utf-8") == page.reference(), f"run python -m compliance_tf.{name} > {file.name}"
