"""``compliance-tf check-plan``: its exit codes, its forms, its rules and waivers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import jsonschema
import pytest
from typer.testing import CliRunner

from compliance_tf.cli.check_plan import Form
from compliance_tf.cli.main import app
from compliance_tf.errors import ComplianceError
from compliance_tf.review.forges.put import comments_of
from maintenance.pages.schemas import schema
from tests.hostile_texts import COMMANDS, CONTROLS, FORMULAS, what_acts
from tests.repository import REPOSITORY
from tests.unit.review.resources.builders import PLANS, change, configured, plan_json

if TYPE_CHECKING:
    from pathlib import Path

GROUP = "aws_security_group.open"
OPEN = {"from_port": 22, "to_port": 22, "protocol": "tcp", "cidr_blocks": ["0.0.0.0/0"], "description": ""}
PACK = """
name: acme
rules:
  - check: security-group-ingress
    id: no-ssh
    severity: critical
    parameters: {allowed_ports: %s}
  - managed: S3_BUCKET_VERSIONING_ENABLED
"""
WAIVER = """
waivers:
  - rule: no-ssh
    tag_key: legacy
    reason: Until the bastion is removed.
    owner: team-net
    ticket: NET-1
    granted: 2026-01-01
    expires: 2036-12-31
"""


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["check-plan", *arguments])
    if isinstance(result.exception, ComplianceError):
        return 1, str(result.exception)
    return result.exit_code, result.output


def group(**values: Any) -> dict[str, Any]:
    after = {"name": "open", "ingress": [OPEN], "egress": [], **values}
    return plan_json([change(GROUP, after, unknown={"id": True})], [configured(GROUP)])


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "main.tf").write_text('\nresource "aws_security_group" "open" {\n}\n')
    (tmp_path / "plan.json").write_text(json.dumps(group()))
    return tmp_path


def test_exit_codes_say_whether_something_was_found(folder: Path) -> None:
    assert run("plan.json")[0] == 2
    (folder / "plan.json").write_text(json.dumps(group(ingress=[])))
    assert run("plan.json")[0] == 0
    (folder / "plan.json").write_text(json.dumps(plan_json([], [])))
    assert run("plan.json")[0] == 0
    for text in ("", "{}", '{"format_version": "9.0", "resource_changes": []}'):
        (folder / "plan.json").write_text(text)
        assert run("plan.json")[0] == 1
    assert run("missing.json")[0] == 1
    assert run("plan.json", "--account", "12")[0] == 1


def test_undecided_is_nothing_found_unless_it_shall_be(folder: Path) -> None:
    hidden = plan_json(
        [change("aws_ebs_volume.v", {"size": 1}, unknown={"encrypted": True})], [configured("aws_ebs_volume.v")]
    )
    (folder / "plan.json").write_text(json.dumps(hidden))
    code, output = run("plan.json")
    assert code == 0
    assert "aws_ebs_volume.v.encrypted is known only after the apply" in output
    assert run("plan.json", "--strict")[0] == 2
    # Neither is a part of which the plan does not have the rest.
    (folder / "plan.json").write_text(json.dumps(plan_json([change("aws_s3_bucket_policy.p", {"bucket": "b"})], [])))
    assert run("plan.json")[0] == 0
    assert "⚠️ No violation" in run("plan.json", "--format", "markdown")[1]
    assert run("plan.json", "--strict")[0] == 2


@pytest.mark.parametrize(
    ("members", "reason"),
    [({"errored": True}, "Terraform failed while it planned"), ({"complete": False}, "leaves changes for later")],
)
def test_a_plan_that_is_not_whole_is_not_clean(folder: Path, members: dict[str, bool], reason: str) -> None:
    (folder / "plan.json").write_text(json.dumps(plan_json([], []) | members))
    code, output = run("plan.json", "--format", "markdown")
    assert code == 0
    assert "⚠️ No violation" in output
    assert reason in output
    assert run("plan.json", "--strict")[0] == 2


@pytest.mark.parametrize(
    "type_",
    ["aws_config_configuration_recorder", "aws_config_delivery_channel", "aws_config_retention_configuration",
     "awscc_config_configuration_recorder"],
)  # fmt: skip
@pytest.mark.parametrize("actions", [("create",), ("no-op",), ("delete",)])
def test_a_plan_that_declares_the_recorder_is_named_as_such(folder: Path, type_: str, actions: tuple[str, ...]) -> None:
    state = {"name": "default"}
    after = None if actions == ("delete",) else state
    one = change(f"{type_}.mine", after, before=None if actions == ("create",) else state, actions=actions)
    (folder / "plan.json").write_text(json.dumps(plan_json([one], [])))
    code, output = run("plan.json")
    assert code == 2
    assert f"{type_}.mine" in output
    assert "DECLARES AWS CONFIG'S RECORDER" in output
    # It belongs to no provider that was configured: a data source of it would not declare it.
    (folder / "plan.json").write_text(json.dumps(plan_json([one | {"mode": "data"}], [])))
    assert run("plan.json")[0] == 0


@pytest.mark.parametrize(
    ("type_", "values", "code"),
    [
        ("aws_cloudcontrolapi_resource", {"type_name": "AWS::Config::ConfigurationRecorder"}, 2),
        ("aws_cloudcontrolapi_resource", {"type_name": "AWS::S3::Bucket"}, 0),
        ("aws_cloudformation_stack", {"template_body": "Resources: {R: {Type: AWS::Config::DeliveryChannel}}"}, 2),
        ("aws_cloudformation_stack", {"template_body": "Resources: {R: {Type: AWS::Config::ConfigRule}}"}, 0),
        ("aws_config_configuration_aggregator", {"name": "default"}, 0),
    ],
)
def test_a_recorder_inside_a_resource_that_may_be_anything_is_named_too(
    folder: Path, type_: str, values: dict[str, str], code: int
) -> None:
    (folder / "plan.json").write_text(json.dumps(plan_json([change(f"{type_}.any", values)], [])))
    assert run("plan.json")[0] == code


def test_rules_parameters_and_severities_come_from_packs(folder: Path) -> None:
    (folder / "acme.yaml").write_text(PACK % '["443"]')
    code, output = run("plan.json", "--rules", "acme.yaml", "--format", "json")
    [plan] = json.loads(output)["plans"]
    assert code == 2
    assert [(one["rule"], one["severity"], one["outcome"]) for one in plan["judgements"]] == [
        ("no-ssh", "CRITICAL", "violation")
    ]
    assert plan["rulesOfAws"] == ["s3-bucket-versioning-enabled"]


def test_waivers_cover_violations_and_say_when_that_cannot_be_known(folder: Path) -> None:
    (folder / "acme.yaml").write_text(PACK % '["443"]')
    (folder / "waivers.yaml").write_text(WAIVER)
    options = ("plan.json", "--rules", "acme.yaml", "--waivers", "waivers.yaml")
    assert run(*options)[0] == 2
    (folder / "plan.json").write_text(json.dumps(group(tags={"legacy": "yes"}, tags_all={"legacy": "yes"})))
    code, output = run(*options)
    assert code == 0
    assert "Until the bastion is removed." in output
    (folder / "plan.json").write_text(
        json.dumps(
            plan_json(
                [
                    change(
                        GROUP,
                        {"name": "open", "ingress": [OPEN], "egress": []},
                        unknown={"id": True, "tags": True, "tags_all": True},
                    )
                ],
                [configured(GROUP, tags={"references": ["var.tags"]})],
            )
        )
    )
    code, output = run(*options)
    assert code == 2
    assert "NET-1" in output
    (folder / "waivers.yaml").write_text(WAIVER.replace("no-ssh", "no-shh"))
    assert "no rule 'no-shh'" in run(*options)[1]


def test_every_form_says_the_same(folder: Path) -> None:
    code, output = run("plan.json", "--format", "json", "--commit", "abc")
    jsonschema.validate(json.loads(output), schema("check-plan"))
    [plan] = json.loads(output)["plans"]
    [found] = [one for one in plan["judgements"] if one["outcome"] == "violation"]
    assert (code, found["file"], found["line"]) == (2, "main.tf", 2)

    log = json.loads(run("plan.json", "--format", "sarif")[1])
    [result] = log["runs"][0]["results"]
    place = result["locations"][0]["physicalLocation"]
    assert place == {"artifactLocation": {"uri": "main.tf"}, "region": {"startLine": 2}}
    assert [rule["id"] for rule in log["runs"][0]["tool"]["driver"]["rules"]] == [result["ruleId"]]

    report = ElementTree.fromstring(run("plan.json", "--format", "junit")[1])  # noqa: S314 our own
    [case] = [one for one in report.iter("testcase") if one.find("failure") is not None]
    assert (case.get("name"), case.get("file")) == (GROUP, "main.tf")

    assert run("plan.json", "--format", "markdown", "--name", "acme/net", "--output", "out/comment.md") == (2, "")
    [comment] = comments_of(folder / "out" / "comment.md")
    assert comment.startswith("<!-- compliance-tf resources: acme%2Fnet// -->\n## ⛔ 1 violation: `acme/net`\n")
    assert "main.tf:2" in comment


def test_the_real_plan_of_a_stack_is_judged_in_every_form() -> None:
    for form in ("terminal", "markdown", "json", "sarif", "junit"):
        code, output = run(str(PLANS / "stack.json"), "--format", form)
        assert code == 2
        assert "not-a-secret-1" not in output
        assert "s3cr3t-value-of-it" not in output


def test_the_schema_in_the_reference_is_the_schema() -> None:
    written = json.loads((REPOSITORY / "docs" / "reference" / "check-plan.schema.json").read_text())
    assert written == schema("check-plan")


@pytest.mark.parametrize("form", Form)
def test_no_text_of_a_plan_does_anything_in_any_format(folder: Path, form: Form) -> None:
    texts = [text for text in (*CONTROLS.values(), *COMMANDS, *FORMULAS) if "\ud800" not in text]  # no plan has those
    after = [{"name": text, "description": text, "ingress": [{**OPEN, "description": text}]} for text in texts]
    resources = [change(f"{GROUP}[{json.dumps(text)}]", one) for text, one in zip(texts, after, strict=True)]
    for text, one in zip(texts, resources, strict=True):
        one["address"] = f"{GROUP}[{text}]"
    (folder / "plan.json").write_text(json.dumps(plan_json(resources, [configured(GROUP)])))
    code, text = run("plan.json", "--name", "a ##[error]", "--format", form.value)
    assert code == 2
    assert what_acts(text) == []
