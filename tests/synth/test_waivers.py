"""Waivers of a stack: in the manifest, in the role of what looks them up, in the plan's output, and on the terminal."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from cdktf import App
from typer.testing import CliRunner

from compliance_tf import ComplianceError, ComplianceStack, ManagedRule, Waiver, Workspaces, waivers_from_file
from compliance_tf.cli.main import app as command_line
from compliance_tf.errors import SynthesizedAppError
from compliance_tf.results.waiver_usage import waiver_lines
from compliance_tf.terraform.synthesized import synthesized_stacks
from compliance_tf.waivers.resolution import resolve_waivers
from tests.repository import DOCS
from tests.synth.conftest import Configuration, Synthesize, resources

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

GRANTED = date(2026, 1, 15)


def waiver(rule: str | None = "tls", *, expires: date = date(2026, 12, 31), **more: Any) -> Waiver:
    resource = {} if {"arn", "tag_key"} & set(more) else {"resource_id": "logs"}
    reasons = {"reason": "Legacy.", "owner": "team-data", "ticket": "SEC-1", "granted": GRANTED}
    return Waiver(rule=rule, **{**reasons, **resource, "expires": expires, **more})


def build(stack: ComplianceStack) -> None:
    ManagedRule(stack, "tls", identifier="S3_BUCKET_SSL_REQUESTS_ONLY", packs=("acme",))
    ManagedRule(stack, "versioning", identifier="S3_BUCKET_VERSIONING_ENABLED", packs=("acme",))


def extra_actions(configuration: Configuration) -> dict[str, list[str]]:
    """What roles may do because of waivers."""
    policies = [one for one in resources(configuration, "aws_iam_role_policy") if one["name"] == "waivers"]
    return {one["role"]: json.loads(one["policy"])["Statement"][0]["Action"] for one in policies}


def test_the_functions_know_the_waivers_with_their_rules(
    synthesize: Synthesize, read_package: Callable[..., str]
) -> None:
    waivers = [waiver(None, pack="acme", tag_key="team", tag_value="data", workspaces=("prod", "dev"))]
    synthesize(build, waivers=waivers)

    assert json.loads(read_package())["waivers"] == [
        {
            "expires": "2026-12-31",
            "granted": "2026-01-15",
            "owner": "team-data",
            "pack": "acme",
            "reason": "Legacy.",
            "rules": ["tls", "versioning"],
            "target": {"tagKey": "team", "tagValue": "data"},
            "ticket": "SEC-1",
            "workspaces": ["dev", "prod"],
        }
    ]


def test_the_order_of_waivers_changes_neither_the_configuration_nor_the_package(
    synthesize: Synthesize, read_package: Callable[..., str]
) -> None:
    waivers = [
        waiver(),
        waiver(resource_id="data"),
        waiver("versioning", arn="arn:aws:s3:::acme-*"),
        waiver(None, pack="acme", tag_key="team"),
    ]

    one, one_manifest = synthesize(build, waivers=waivers), read_package()
    assert synthesize(build, waivers=waivers[::-1]) == one
    assert read_package() == one_manifest


@pytest.mark.parametrize("resource", [{"arn": "arn:aws:s3:::acme-*"}, {"tag_key": "team"}])
def test_only_the_function_that_records_may_read_items_and_only_when_a_waiver_needs_them(
    synthesize: Synthesize, resource: dict[str, Any]
) -> None:
    ((role, actions),) = extra_actions(synthesize(build, waivers=[waiver(**resource)])).items()
    assert "_record_role_" in role
    assert actions == ["config:GetResourceConfigHistory", "config:SelectResourceConfig"]

    assert extra_actions(synthesize(build, waivers=[waiver()])) == {}
    assert extra_actions(synthesize(build)) == {}


def test_the_waiver_of_the_how_to_is_the_same_in_python_and_in_yaml(tmp_path: Path) -> None:
    text = (DOCS / "how-to" / "waivers.md").read_text()
    declared, in_file = (re.search(rf"```{language}\n(.*?)```", text, re.DOTALL) for language in ("python", "yaml"))
    assert declared is not None
    assert in_file is not None
    (tmp_path / "waivers.yaml").write_text(in_file[1])

    app = App(outdir=str(tmp_path))
    names: dict[str, Any] = {"app": app}
    exec(declared[1], names)  # noqa: S102 our own documentation
    app.synth()

    (deployed,) = synthesized_stacks(tmp_path)[0].deployment.waivers
    (written,) = waivers_from_file(tmp_path / "waivers.yaml")
    assert resolve_waivers([written], names["stack"].rules).waivers == (deployed,)


def test_only_a_stack_with_waivers_has_the_output(synthesize: Synthesize) -> None:
    assert "waivers_expiring_soon" in synthesize(build, waivers=[waiver()])["output"]
    assert "waivers_expiring_soon" not in synthesize(build)["output"]


@pytest.mark.parametrize(
    ("waivers", "message"),
    [
        ([waiver("tsl")], r"Waiver 'SEC-1' \(rule='tsl', .*the stack has no rule 'tsl'\. Did you mean tls\?"),
        (
            [waiver(None, pack="acne")],
            r"no rule of the stack belongs to a pack 'acne': its packs are acme\. Did you mean",
        ),
        ([waiver(), waiver(ticket="SEC-2")], r"'SEC-1' .* and Waiver 'SEC-2' .* are for the same rules and resources"),
        ([waiver("tsl"), waiver("versoning")], r"(?s)has no rule 'tsl'.*has no rule 'versoning'"),
    ],
)
def test_waivers_that_do_not_fit_the_rules_are_refused_all_at_once(
    synthesize: Synthesize, waivers: list[Waiver], message: str
) -> None:
    with pytest.raises(RuntimeError, match=message):
        synthesize(build, waivers=waivers)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            {"waivers": [waiver(expires=GRANTED + timedelta(days=366))]},
            "is 366 days .* max_waiver_days allows 365",
        ),
        ({"waivers": [waiver()], "max_waiver_days": 30}, "max_waiver_days allows 30"),
        ({"max_waiver_days": 0}, "max_waiver_days=0 must be at least 1"),
        ({"waivers": [waiver(workspaces=("prdo",))]}, r"SEC-1.* to the workspace 'prdo'\. Did you mean prod\?"),
    ],
)
def test_waivers_that_the_settings_do_not_allow_are_refused(
    synthesize: Synthesize, settings: dict[str, Any], message: str
) -> None:
    with pytest.raises(ComplianceError, match=message):
        synthesize(build, workspaces=Workspaces(allowed=("dev", "prod")), **settings)


# The command counts from the day on which it runs: of these, one is past and one is to come whenever that is.
PAST, FUTURE = date(2026, 2, 1), date(9999, 12, 31)


@pytest.fixture
def app_folder(synthesize: Synthesize, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a synthesized app of two waivers, the first of them expired."""
    waivers = [
        waiver(None, pack="acme", tag_key="team", expires=FUTURE, ticket="SEC-2"),
        waiver(expires=PAST, workspaces=("prod",)),
    ]
    synthesize(build, waivers=waivers, max_waiver_days=(FUTURE - GRANTED).days)
    folder = tmp_path / "app"
    folder.mkdir()
    (folder / "cdktf.out").symlink_to(tmp_path)
    monkeypatch.chdir(folder)
    return folder


def test_the_command_lists_waivers_with_those_that_expire_first_at_the_top(app_folder: Path) -> None:
    del app_folder
    result = CliRunner().invoke(command_line, ["waivers"])

    heading, first, second = result.output.splitlines()
    assert heading.split()[:3] == ["State", "Days", "left"]
    assert re.match(r"expired +-\d+ ", first)
    assert all(said in first for said in ("SEC-1", "team-data", "rule tls, in prod", "id logs", "Legacy."))
    assert re.match(r"active +\d+ ", second)
    assert all(said in second for said in ("SEC-2", "pack acme", "tag team"))
    assert result.exit_code == 0


TEAM = {"tagKey": "team", "tagValue": None}


def test_the_command_gives_json(app_folder: Path) -> None:
    del app_folder
    result = CliRunner().invoke(command_line, ["waivers", "--format", "json"])

    expired, active = json.loads(result.output)
    assert (expired["state"], expired["rules"], expired["used"]) == ("expired", ["tls"], None)
    assert (active["state"], active["pack"], active["target"]) == ("active", "acme", TEAM)
    assert expired["daysLeft"] < 0 < active["daysLeft"]


def test_an_expired_waiver_fails_a_strict_run(app_folder: Path) -> None:
    del app_folder
    assert CliRunner().invoke(command_line, ["waivers", "--strict"]).exit_code == 2


def test_days_are_counted_from_the_day_that_is_given_over_all_stacks(app_folder: Path) -> None:
    (stack,) = synthesized_stacks(app_folder / "cdktf.out")
    stacks = [stack, replace(stack, id="other")]

    lines = waiver_lines(stacks, PAST + timedelta(days=10))
    left = (FUTURE - PAST).days - 10
    assert [(line.stack, line.days_left) for line in lines] == [
        ("other", -10),
        ("stack", -10),
        ("other", left),
        ("stack", left),
    ]


def test_an_app_without_waivers_says_so_and_passes_a_strict_run(
    synthesize: Synthesize, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synthesize(build)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cdktf.out").symlink_to(tmp_path)
    result = CliRunner().invoke(command_line, ["waivers", "--strict"])

    assert (result.output.partition(" in ")[0], result.exit_code) == ("There are no waivers", 0)
    assert "as it was synthesized last" in result.output


def test_a_folder_without_a_synthesized_app_is_refused_with_advice(tmp_path: Path) -> None:
    with pytest.raises(SynthesizedAppError, match=r"There is no synthesized app in .*: run `python main.py` first"):
        synthesized_stacks(tmp_path / "cdktf.out")


def test_a_stack_of_another_kind_is_named(app_folder: Path) -> None:
    (app_folder / "cdktf.out" / "stacks" / "stack" / "cdk.tf.json").write_text("{}")

    with pytest.raises(SynthesizedAppError, match=r"'stack' in .* is not a ComplianceStack of this version"):
        synthesized_stacks(app_folder / "cdktf.out")
