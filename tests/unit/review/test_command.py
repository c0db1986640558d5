"""What a pipeline relies on: exit codes, files, refusals, and that nothing slow is loaded."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from typer.testing import CliRunner

from compliance_tf.cli.main import app
from compliance_tf.errors import ReviewError
from compliance_tf.review.plan.plan_json import plan_of_json
from compliance_tf.review.rendering import Format
from compliance_tf.review.settings import settings_from_file
from maintenance.pages.schemas import schema
from tests.repository import DOCS
from tests.unit.review.builders import plan_json
from tests.unit.review.sample_reviews import FINGERPRINT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from click.testing import Result

HOW_TO = DOCS / "how-to" / "review.md"

BY_ID = {"clean": 0, "removal": 2, "table": 3}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def without(type_: str, label: str) -> dict[str, Any]:
    """The plan that destroys one resource."""
    plan = plan_json()
    for resource in plan["resource_changes"]:
        if resource["address"] == f"{type_}.{label}":
            resource["change"] |= {"actions": ["delete"], "after": None}
    return plan


PLANS = {
    "clean": plan_json,
    "removal": lambda: without("aws_config_config_rule", "tags"),
    "table": lambda: without("aws_dynamodb_table", "results_table"),
}


def written(name: str) -> str:
    Path(f"{name}.json").write_text(json.dumps(PLANS[name]()))
    return f"{name}.json"


def in_workspace(plan: dict[str, Any], workspace: str) -> str:
    text = json.dumps(plan).replace('"dev"', json.dumps(workspace)).replace("acme-dev-", f"acme-{workspace}-")
    Path(f"{workspace}.json").write_text(text)
    return f"{workspace}.json"


def fingerprint(file: str) -> str:
    return plan_of_json(Path(file).read_bytes(), file).fingerprint


def run(*arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(app, arguments, input=stdin)


@pytest.mark.parametrize(("name", "code"), BY_ID.items())
def test_the_exit_code_is_the_verdict(name: str, code: int) -> None:
    assert run("review", written(name)).exit_code == code


def test_the_worst_of_several_plans_decides() -> None:
    worse = in_workspace(PLANS["table"](), "prod")
    assert run("review", written("clean"), worse).exit_code == 3
    assert run("review", worse, written("clean")).exit_code == 3


def test_a_plan_that_cannot_be_read_is_an_error_and_not_a_verdict() -> None:
    result = run("review", "none.json")
    assert isinstance(result.exception, ReviewError)


def test_the_program_ends_with_1_and_one_line_when_there_is_no_review() -> None:
    command = [Path(sys.executable).with_name("compliance-tf"), "review", "none.json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("error: none.json cannot be read")


def test_a_plan_is_read_from_standard_input() -> None:
    result = run("review", "-", stdin=json.dumps(PLANS["removal"]()))
    assert (result.exit_code, "The rule acme-dev-tags is destroyed" in result.stdout) == (2, True)


def test_standard_input_cannot_be_two_plans() -> None:
    result = run("review", "-", "-", stdin="{}")
    assert (type(result.exception), "can be read once" in str(result.exception)) == (ReviewError, True)


def test_the_same_deployment_twice_is_an_error() -> None:
    result = run("review", written("clean"), written("removal"))
    assert (type(result.exception), "Two of the plans" in str(result.exception)) == (ReviewError, True)


def test_a_plan_of_another_workspace_is_refused() -> None:
    result = run("review", written("clean"), "-w", "prod", "-o", "review.md")
    assert (result.exit_code, "workspace 'dev', not 'prod'" in result.stderr) == (3, True)
    assert not Path("review.md").exists()
    assert run("review", written("clean"), "-w", "dev").exit_code == 0


def test_another_plan_than_the_expected_one_is_refused() -> None:
    clean, removal = written("clean"), written("removal")
    assert run("review", removal, "--expect", fingerprint(removal)).exit_code == 2
    assert run("review", clean, "--expect", fingerprint(clean)).exit_code == 0
    refused = run("review", clean, "--expect", fingerprint(removal))
    assert (refused.exit_code, fingerprint(clean) in refused.stderr, refused.stdout) == (3, True, "")


@pytest.mark.parametrize("given", ["", "0", "0123"])
def test_an_empty_or_shortened_fingerprint_expects_nothing_that_there_is(given: str) -> None:
    clean = written("clean")
    assert run("review", clean, "--expect", given).exit_code == 3
    assert run("review", clean, "--expect", fingerprint(clean)[:8]).exit_code == 3


def test_each_of_several_plans_must_be_expected_and_each_expected_one_be_there() -> None:
    files = [written("clean"), in_workspace(PLANS["clean"](), "prod")]
    both = [part for file in files for part in ("--expect", fingerprint(file))]
    assert run("review", *files, *both).exit_code == 0
    assert run("review", *files, *both[:2]).exit_code == 3
    assert run("review", files[0], *both).exit_code == 3


def test_a_folder_gets_a_file_for_each_plan() -> None:
    run("review", written("clean"), in_workspace(PLANS["table"](), "prod"), "--format", "markdown", "-o", "out")
    names = ["acme.eu-west-1.dev.md", "acme.eu-west-1.prod.md"]
    assert sorted(file.name for file in Path("out").iterdir()) == names
    assert "⛔ Blocked" in Path("out", names[1]).read_text()


def test_a_folder_gets_a_file_for_each_plan_and_format() -> None:
    forms = ("--format", "markdown", "--format", "json")
    result = run("review", written("clean"), in_workspace(PLANS["table"](), "prod"), *forms, "-o", "out")
    names = [f"acme.eu-west-1.{workspace}.{suffix}" for workspace in ("dev", "prod") for suffix in ("json", "md")]
    assert sorted(file.name for file in Path("out").iterdir()) == names
    assert [json.loads(Path("out", names[2]).read_text())["reviews"][0]["verdict"], result.exit_code] == ["blocked", 3]
    # Also of one plan, whose single format would go into a file of that name.
    assert run("review", written("clean"), *forms, "-o", "of-one").exit_code == 0
    assert sorted(file.name for file in Path("of-one").iterdir()) == names[:2]


def test_several_formats_are_not_printed_one_after_another() -> None:
    result = run("review", written("clean"), "--format", "markdown", "--format", "json")
    assert (type(result.exception), "name a folder" in str(result.exception)) == (ReviewError, True)


def test_one_plan_is_written_into_a_file() -> None:
    result = run("review", written("removal"), "--format", "json", "-o", "out/review.json", "--commit", "abc1234")
    (review,) = json.loads(Path("out/review.json").read_text())["reviews"]
    assert (result.exit_code, result.stdout, review["commit"]) == (2, "", "abc1234")


def settings(text: str, file: str = "review.yaml") -> None:
    Path(file).write_text(text)


def test_the_settings_of_the_folder_are_taken_unless_others_are_given() -> None:
    plan = written("removal")
    settings("policies:\n  rule-removed:\n    verdict: blocked\n    reason: an audit\n")
    settings("policies:\n  rule-removed:\n    verdict: clean\n    reason: a playground\n", "other.yaml")
    assert run("review", plan).exit_code == 3
    assert run("review", plan, "--settings", "other.yaml").exit_code == 0


def test_settings_that_are_named_must_be_there() -> None:
    result = run("review", written("clean"), "--settings", "none.yaml")
    assert (type(result.exception), "none.yaml" in str(result.exception)) == (ReviewError, True)


def test_an_acknowledgement_is_for_its_plan_alone() -> None:
    removal = written("removal")
    one = "acknowledged:\n- {policy: rule-removed, fingerprint: %s, by: Ada, reason: agreed}\n"
    settings(one % fingerprint(removal))
    assert run("review", removal).exit_code == 0
    settings(one % FINGERPRINT)
    assert run("review", removal).exit_code == 2


def test_the_quotas_come_from_the_preflight() -> None:
    line = {"place": "eu-west-1", "subject": "Config rules", "verdict": "fail", "blocks": True}
    report = {"account": "1", "caller": "me", "workspaces": ["dev"], "mayGoAhead": False}
    Path("preflight.json").write_text(json.dumps({**report, "findings": [{**line, "figure": "1001 of 1000"}]}))
    result = run("review", written("removal"), "--preflight", "preflight.json")
    assert re.search(r"fail +Config rules +1001 of 1000", result.stdout)


LOADED = """
import json, sys
from compliance_tf.cli.main import app
for words in json.loads(sys.argv[1]):
    app(words, standalone_mode=False)
print(*sys.modules)
"""


def loaded(calls: Sequence[Sequence[str]]) -> set[str]:
    done = subprocess.run([sys.executable, "-c", LOADED, json.dumps(calls)], capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split())


def test_a_review_loads_neither_constructs_nor_aws_nor_other_commands() -> None:
    """In an interpreter of its own, as this one has loaded all of it: one review in every form."""
    plan = written("clean")
    modules = loaded([["review", plan, "--format", one.value, "-o", one.value] for one in Format])
    assert {*map(str, Path().glob("*"))} >= {one.value for one in Format}
    assert "compliance_tf.review.review" in modules
    assert modules & {"cdktf", "jsii", "constructs", "boto3", "botocore", "urllib3"} == set()
    assert modules & {"compliance_tf.cli.results", "compliance_tf.cli.catalog", "compliance_tf.cli.lifecycle"} == set()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "policies:\n  drift:\n    verdict: clen\n    reason: r",
            "line 3, policies.drift.verdict: 'clen' is not known. Did you mean clean? Allowed: clean, approval, ",
        ),
        ("policies: {drft: {reason: r}}", "line 1, policies: 'drft' is not known. Did you mean drift? Allowed: "),
        ("policies:\n  drift:\n    maximum: 3\n    reason: r", "line 3, policies.drift: 'maximum' is not known"),
        (
            "policies: {rules-removed-at-once: {maximum: -1, reason: r}}",
            "policies.rules-removed-at-once.maximum: give a whole number from 0, not -1.",
        ),
        ("policies: {recorder: {verdict: clean, reason: r}}", "'recorder' is fixed: no setting weakens it."),
        ("acknowledged:\n- {policy: drift}", "line 2, acknowledged[0]: fingerprint, by, reason is missing."),
        (
            "acknowledged:\n- {policy: drift, fingerprint: abc, by: Ada, reason: r}",
            "line 2, acknowledged[0].fingerprint: give all 32 digits of the fingerprint, as the review prints it, not",
        ),
        (
            f"acknowledged:\n- {{policy: drit, fingerprint: '{FINGERPRINT}', by: Ada, reason: r}}",
            "line 2, acknowledged[0].policy: 'drit' is not a policy. Did you mean drift?",
        ),
    ],
)
def test_what_is_wrong_in_the_settings_is_named_with_its_place(text: str, message: str) -> None:
    settings(text)
    with pytest.raises(ReviewError) as raised:
        settings_from_file(Path("review.yaml"))
    assert message in str(raised.value)


def settings_of_the_how_to() -> list[str]:
    return re.findall(r"^```yaml\n(.*?)^```", HOW_TO.read_text(), flags=re.DOTALL | re.MULTILINE)


def test_the_settings_of_the_how_to_are_read_and_fit_the_schema() -> None:
    (text,) = settings_of_the_how_to()
    settings(text)
    read = settings_from_file(Path("review.yaml"))
    assert (len(read.verdicts), read.limits.rules_removed_at_once, len(read.acknowledgements)) == (1, 40, 1)
    assert allowed(text)


def allowed(text: str) -> bool:
    return Draft202012Validator(schema("review-settings")).is_valid(yaml.safe_load(text))


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "policies: {drift: {reason: r}}",
        "policies: {drift: {verdict: clean, reason: r}}",
        "policies: {drift: {verdict: clean}}",
        "policies: {drift: {verdict: good, reason: r}}",
        "policies: {drift: {verdict: clean, reason: ' '}}",
        "policies: {drift: {maximum: 3, reason: r}}",
        "policies: {rules-removed-at-once: {maximum: 0, reason: r}}",
        "policies: {rules-removed-at-once: {maximum: -1, reason: r}}",
        "policies: {rules-removed-at-once: {maximum: true, reason: r}}",
        "policies: {recorder: {verdict: blocked, reason: r}}",
        "policies: {recorder: {verdict: clean, reason: r}}",
        "policies: {unheard-of: {reason: r}}",
        "colour: blue",
        f"acknowledged: [{{policy: drift, fingerprint: '{FINGERPRINT}', by: Ada, reason: r}}]",
        f"acknowledged: [{{policy: recorder, fingerprint: '{FINGERPRINT}', by: Ada, reason: r}}]",
        "acknowledged: [{policy: drift, fingerprint: '0123', by: Ada, reason: r}]",
        f"acknowledged: [{{policy: drift, fingerprint: '{FINGERPRINT}', by: Ada}}]",
        f"acknowledged: {{policy: drift, fingerprint: '{FINGERPRINT}', by: Ada, reason: r}}",
    ],
)
def test_the_schema_of_the_settings_allows_what_the_reader_takes(text: str) -> None:
    settings(text)
    try:
        settings_from_file(Path("review.yaml"))
        is_read = True
    except ReviewError:
        is_read = False
    assert allowed(text) == is_read
