"""A command works in the workspace that was asked for, and applies no plan that it has not looked at."""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from compliance_tf.errors import (
    CommandError,
    ComplianceError,
    RefusedPlanError,
    SettingError,
    SynthesizedAppError,
)
from compliance_tf.lifecycle.leftovers import Account, Leftover
from compliance_tf.review.plan.plan import Identity
from tests.unit.lifecycle.builders import FakeProject, configuration, plan_of, state_of_caller
from tests.unit.review.builders import ACCOUNT, DEPLOYMENT, caller, function, output, resource_change

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

ADDRESS = "aws_config_configuration_recorder.r"


def recorder(action: str) -> dict[str, Any]:
    """A plan that does something to the account's recorder."""
    plan = plan_of()
    change = resource_change("aws_config_configuration_recorder", "r", {"name": "default"}, actions=[action])
    if action == "delete":
        change["change"]["after"] = None
    plan["resource_changes"].append(change)
    return plan


def test_terraform_always_gets_the_workspace_and_never_selects_one(fake: FakeProject) -> None:
    fake.project().deploy()
    assert fake.asked("plan", "show", "apply") == [
        ("compliance", command, "dev") for command in ("plan", "show", "apply")
    ]
    assert {workspace for _, _, workspace in fake.asked("init", "workspace")} == {""}


def test_each_workspace_has_a_folder_of_its_own(fake: FakeProject) -> None:
    fake.workspaces("dev", "prod")
    fake.project("dev").plan()
    fake.plans("compliance", plan_of(workspace="prod"))
    fake.project("prod").plan()
    planned = {
        workspace: json.loads(fake.saved_plan(workspace=workspace).read_text())["output_changes"]["deployment"]
        for workspace in ("dev", "prod")
    }
    assert {name: change["after"]["workspace"] for name, change in planned.items()} == {"dev": "dev", "prod": "prod"}


@pytest.mark.parametrize("said", [{"workspace": "prod"}, {"region": "us-east-1"}])
def test_a_plan_of_another_deployment_is_not_applied(fake: FakeProject, said: dict[str, str]) -> None:
    fake.plans("compliance", plan_of(**said))
    ((what, value),) = said.items()
    with pytest.raises(RefusedPlanError, match=f"It is of the {what} '{value}', not '"):
        fake.project().deploy()
    assert fake.asked("apply") == []


def test_a_folder_without_an_app_stays_as_it_is(fake: FakeProject) -> None:
    project = fake.project()
    empty = fake.path / "elsewhere"
    empty.mkdir()
    elsewhere = replace(project, folder=empty, machine=replace(project.machine, working_folder=empty))
    for command in (elsewhere.plan, elsewhere.destroy, lambda: elsewhere.recover(removes=False)):
        with pytest.raises(SynthesizedAppError, match="run this in a project's folder"):
            command()
    assert list(empty.iterdir()) == []


def test_a_state_of_another_workspace_is_not_destroyed(fake: FakeProject) -> None:
    plan = plan_of(workspace="prod")
    plan["output_changes"]["deployment"]["after"] = None
    fake.plans("compliance", plan, "destruction")
    with pytest.raises(RefusedPlanError, match="of the workspace 'prod', not 'dev'"):
        fake.project().destroy()
    assert fake.asked("apply") == []


@pytest.mark.parametrize("action", ["create", "update", "delete", "no-op"])
def test_a_plan_with_the_recorder_is_applied_by_no_command(fake: FakeProject, action: str) -> None:
    fake.plans("compliance", recorder(action))
    fake.plans("compliance", recorder(action), "destruction")
    for command in (fake.project().deploy, fake.project().destroy):
        with pytest.raises(RefusedPlanError, match=f"recorder: {ADDRESS}"):
            command()
    fake.project().plan()
    with pytest.raises(RefusedPlanError, match=f"recorder: {ADDRESS}"):
        fake.project().apply([fingerprint(fake)])
    assert fake.asked("apply") == []


def fingerprint(fake: FakeProject) -> str:
    from compliance_tf.review.plan.plan_json import plan_of_json

    return plan_of_json(fake.saved_plan().read_bytes(), "it").fingerprint


def test_one_plan_that_may_not_be_applied_stops_all(tmp_path: Path) -> None:
    fake = FakeProject.create(tmp_path, america="us-east-1", europe="eu-west-1")
    fake.plans("europe", recorder("create"))
    with pytest.raises(RefusedPlanError, match="The plan of europe must not be applied"):
        fake.project().deploy()
    assert fake.asked("apply") == []


def test_what_the_state_has_of_somebody_else_is_not_destroyed(fake: FakeProject) -> None:
    plan = plan_of()
    plan["resource_changes"] = [
        resource_change("aws_config_config_rule", "r", None, before={"name": "acme-prod-trail"}, actions=["delete"])
    ]
    fake.plans("compliance", plan, "destruction")
    with pytest.raises(RefusedPlanError, match=r"aws_config_config_rule\.r \(acme-prod-trail\)"):
        fake.project().destroy()
    assert fake.asked("apply") == []


@pytest.mark.parametrize("action", ["delete", "update"])
def test_what_the_state_has_of_somebody_else_is_not_touched_by_a_deployment(fake: FakeProject, action: str) -> None:
    plan = plan_of()
    before, after = {"name": "acme-prod-trail"}, None if action == "delete" else {"name": "acme-dev-trail"}
    plan["resource_changes"] = [resource_change("aws_config_config_rule", "r", after, before=before, actions=[action])]
    fake.plans("compliance", plan)
    with pytest.raises(RefusedPlanError, match=r"The state has aws_config_config_rule\.r \(acme-prod-trail\)"):
        fake.project().deploy()
    assert fake.asked("apply") == []


@pytest.mark.parametrize("said", [{"project": "other"}, {"region": "us-east-1"}, {"workspace": "prod"}])
def test_a_state_of_another_deployment_is_neither_deployed_to_nor_destroyed(
    fake: FakeProject, said: dict[str, str]
) -> None:
    plan = plan_of()
    plan["output_changes"]["deployment"] = output(DEPLOYMENT, before={**DEPLOYMENT, **said})
    for kind, command in (("plan", fake.project().deploy), ("destruction", fake.project().destroy)):
        fake.plans("compliance", plan, kind)
        with pytest.raises(RefusedPlanError, match=f"The state is that of the {next(iter(said))} "):
            command()
    assert fake.asked("apply") == []


@pytest.mark.parametrize("is_there", [True, False])
def test_nothing_is_done_with_the_credentials_of_another_account(fake: FakeProject, *, is_there: bool) -> None:
    plan = plan_of()
    plan["prior_state"]["values"]["root_module"]["resources"] = [caller("444455556666")]
    if not is_there:
        # What Terraform does not find there it takes for removed.
        plan["resource_drift"], plan["resource_changes"] = plan["resource_changes"], []
        for change in plan["resource_drift"]:
            change["change"] |= {"actions": ["delete"], "after": None, "after_sensitive": False}
    fake.has_state(resources=[state_of_caller(ACCOUNT)])
    refreshed = deepcopy(plan)
    # As Terraform does: a plan that destroys begins with the outputs that the other account would have.
    refreshed["output_changes"]["deployment"]["before"]["account"] = "444455556666"
    for kind, command in (("plan", fake.project().deploy), ("destruction", fake.project().destroy)):
        fake.plans("compliance", refreshed if kind == "destruction" else plan, kind)
        with pytest.raises(RefusedPlanError, match=r"are of the account 444455556666, and .* is in 111122223333: take"):
            command()
    assert fake.asked("apply") == []


def test_after_an_interrupted_destruction_nothing_is_done_with_the_credentials_of_another_account(
    fake: FakeProject,
) -> None:
    plan = plan_of()
    plan["prior_state"]["values"]["root_module"]["resources"] = [caller("444455556666")]
    plan["output_changes"]["deployment"] = output(DEPLOYMENT, before=None)  # it has removed the outputs from the state
    fake.has_state(resources=[state_of_caller(ACCOUNT)])
    fake.plans("compliance", plan)
    with pytest.raises(RefusedPlanError, match=rf"are of the account 444455556666, and .* is in {ACCOUNT}: take"):
        fake.project().deploy()
    assert fake.asked("apply") == []


def test_a_protected_table_stops_the_destruction(fake: FakeProject) -> None:
    plan = plan_of()
    for change in plan["resource_changes"]:
        change["change"] |= {"actions": ["delete"], "after": None, "after_sensitive": False}
    fake.plans("compliance", plan, "destruction")
    with pytest.raises(RefusedPlanError, match="'dev' is protected, and with it the table acme-dev-results"):
        fake.project().destroy()
    assert fake.asked("apply") == []


def test_a_workspace_that_the_app_does_not_allow_is_never_made(fake: FakeProject) -> None:
    fake.refuse("The workspace 'staging' is not one of those.")
    for command in (fake.project("staging").plan, fake.project("staging").deploy):
        with pytest.raises(RefusedPlanError, match="The workspace 'staging' is not one of those"):
            command()
    assert fake.asked("plan", "apply") == []


@pytest.mark.parametrize("name", ["", "Dev", "a-b", "../dev", "dev/../../x", "1st"])
def test_a_name_that_no_workspace_can_have_is_refused_before_anything_runs(fake: FakeProject, name: str) -> None:
    with pytest.raises(SettingError, match="cannot be part of a name"):
        fake.project(name).plan()
    assert not (fake.path / "cdktf.out").exists()


def test_destroying_a_workspace_that_is_not_there_makes_none_and_says_so(fake: FakeProject) -> None:
    fake.project("staging").destroy()
    assert fake.asked("plan", "apply") == []
    assert fake.said == ["Nothing to destroy: compliance has no workspace 'staging'. It has: default, dev."]


def test_destroying_nothing_says_so(fake: FakeProject) -> None:
    fake.plans("compliance", plan_of(resource_changes=[]), "destruction")
    fake.project().destroy()
    assert fake.asked("apply") == []
    assert fake.said == ["Nothing to destroy: compliance has nothing in 'dev'."]


@pytest.mark.parametrize("command", ["deploy", "destroy"])
def test_without_an_approval_nothing_runs(fake: FakeProject, command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    with pytest.raises(ComplianceError, match="There is no terminal on which to approve"):
        getattr(fake.project(approves=False), command)()
    assert fake.asked("init") == []


def test_a_plan_without_changes_is_neither_asked_about_nor_applied(fake: FakeProject) -> None:
    plan = plan_of()
    plan["resource_changes"][0]["change"] |= {"actions": ["no-op"]}
    fake.plans("compliance", plan)
    fake.project().deploy()
    assert fake.asked("apply") == []


@pytest.mark.parametrize(("answer", "is_applied"), [("yes", True), ("y", False), ("", False)])
def test_only_yes_is_an_approval(
    fake: FakeProject, answer: str, monkeypatch: pytest.MonkeyPatch, *, is_applied: bool
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda _: answer)
    if is_applied:
        fake.project(approves=False).deploy()
    else:
        with pytest.raises(ComplianceError, match="not approved"):
            fake.project(approves=False).deploy()
    assert bool(fake.asked("apply")) == is_applied


def test_a_failed_plan_leaves_none_behind(fake: FakeProject) -> None:
    fake.project().plan()
    fake.fails("plan", "Error: it cannot be")
    with pytest.raises(CommandError, match="it cannot be"):
        fake.project().plan()
    with pytest.raises(CommandError, match="run `compliance-tf plan -w dev` first"):
        fake.project().apply([])


def test_a_stack_that_is_none_of_ours_is_refused(fake: FakeProject) -> None:
    fake.synthesizes({"other": {"resource": {}}})
    with pytest.raises(SynthesizedAppError, match="'other' is not a ComplianceStack"):
        fake.project().deploy()
    assert fake.asked("init") == []


def test_the_app_runs_by_cdktf_json_where_there_is_one(fake: FakeProject) -> None:
    """As in all other tests, and without one it is main.py."""
    (fake.path / "cdktf.json").unlink()
    with pytest.raises(SynthesizedAppError, match=r"neither cdktf\.json nor main\.py"):
        fake.project().plan()
    app = "import os, shutil\nshutil.copytree('synthesized', os.environ['CDKTF_OUTDIR'], dirs_exist_ok=True)"
    (fake.path / "main.py").write_text(app)
    fake.project().plan()
    assert fake.saved_plan().exists()
    (fake.path / "cdktf.json").write_text("{}")
    with pytest.raises(SynthesizedAppError, match='give it a member "app"'):
        fake.project().plan()


def test_what_the_app_says_of_its_mistakes_is_the_error(fake: FakeProject) -> None:
    fake.runs("echo main.py:7: error: that is no rule. >&2; exit 1")
    with pytest.raises(SynthesizedAppError, match=r"^main\.py:7: that is no rule\.$"):
        fake.project().plan()


def test_cdktfs_advice_to_synthesize_in_spite_of_mistakes_is_not_passed_on(fake: FakeProject) -> None:
    advice = "Either fix the issues above, or set the environment variable CDKTF_CONTINUE_SYNTH_ON_ERROR_ANNOTATIONS"
    fake.runs(f"printf 'error: [s] no such rule.\\n\\n{advice} to ignore them.' >&2; exit 1")
    with pytest.raises(SynthesizedAppError, match=r"^\[s\] no such rule\.$"):
        fake.project().plan()


def test_another_engine_is_taken_from_the_environment(fake: FakeProject) -> None:
    (fake.path / "fake-bin" / "terraform").rename(fake.path / "fake-bin" / "tofu")
    variables = {**fake.machine.variables, "TERRAFORM_BINARY_NAME": "tofu"}
    project = fake.project()
    object.__setattr__(project, "machine", type(fake.machine)(variables, working_folder=fake.path))
    project.deploy()
    assert fake.asked("apply") == [("compliance", "apply", "dev")]


def test_what_terraform_keeps_survives_a_synthesis_and_what_was_synthesized_does_not(fake: FakeProject) -> None:
    fake.project().plan()
    folder = fake.saved_plan().parent
    (folder / "assets").mkdir()
    fake.synthesizes({"compliance": {**configuration(), "locals": {"new": True}}})
    fake.project().plan()
    assert json.loads((folder / "cdk.tf.json").read_text())["locals"]["new"]
    assert (folder / ".terraform").exists()
    assert not (folder / "assets").exists()


def test_nothing_that_stands_in_the_folder_becomes_part_of_the_stack(fake: FakeProject) -> None:
    fake.project().plan()
    folder = fake.saved_plan().parent
    strange = ("evil.tf", "override.tf.json", "recover.tf.json", "x.tofu", "terraform.tfvars", "a.auto.tfvars.json")
    for name in strange:
        (folder / name).symlink_to(fake.path / "lock")
    fake.project().plan()
    assert sorted(path.name for path in folder.glob("[!.]*.t*")) == ["cdk.tf.json"]
    assert (fake.path / "lock").exists()


def test_a_link_in_the_place_of_a_folder_leads_nowhere(fake: FakeProject) -> None:
    elsewhere = fake.path / "elsewhere"
    (elsewhere / "assets").mkdir(parents=True)
    folder = fake.saved_plan().parent
    folder.parent.mkdir(parents=True)
    folder.symlink_to(elsewhere)
    fake.project().plan()
    assert [path.name for path in elsewhere.iterdir()] == ["assets"]
    (folder / "assets").symlink_to(elsewhere)
    fake.project().plan()
    assert elsewhere.exists()


OWN = Identity("acme", "eu-west-1", "dev", "somewhere")
TAKEN = {
    "own": (
        Identity("acme", "eu-west-1", "dev", "").tags,
        "`compliance-tf recover -w dev` imports them into the state",
    ),
    "foreign": ({"project": "other", "workspace": "dev"}, "others have .*project other, workspace dev"),
    "another tool's": ({"project": "acme", "workspace": "dev"}, "others have .*project acme, workspace dev"),
    "untagged": ({}, "others have .*without a project's tag"),
}


@pytest.mark.parametrize(("tags", "message"), TAKEN.values(), ids=TAKEN)
@pytest.mark.parametrize("action", ["create", "replace"])
def test_nothing_is_created_under_a_name_that_is_taken(
    fake: FakeProject, monkeypatch: pytest.MonkeyPatch, tags: dict[str, str], message: str, action: str
) -> None:
    before = None if action == "create" else function("old")
    actions = ["create"] if action == "create" else ["delete", "create"]
    change = resource_change("aws_lambda_function", "record", function("record"), before=before, actions=actions)
    fake.plans("compliance", {**plan_of(), "resource_changes": [change]})
    asked: list[Collection[Leftover]] = []

    def taken(_: Account, planned: Collection[Leftover]) -> dict[Leftover, dict[str, str]]:
        asked.append(planned)
        return dict.fromkeys(planned, tags)

    monkeypatch.setattr(Account, "taken", taken)
    with pytest.raises(RefusedPlanError, match=message):
        fake.project().deploy()
    assert asked == [{Leftover("aws_lambda_function", "acme-dev-record")}]
    assert fake.asked("apply") == []


def test_what_is_replaced_under_its_own_name_is_not_taken(fake: FakeProject, monkeypatch: pytest.MonkeyPatch) -> None:
    change = resource_change("aws_lambda_function", "record", function("record"), actions=["delete", "create"])
    fake.plans("compliance", {**plan_of(), "resource_changes": [change]})
    monkeypatch.setattr(Account, "taken", lambda _, planned: {key: {} for key in planned})
    fake.project().deploy()
    assert fake.asked("apply") == [("compliance", "apply", "dev")]


def test_where_names_may_not_be_looked_up_a_deployment_goes_on_and_says_so(
    fake: FakeProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    def taken(*_: object) -> dict[Leftover, dict[str, str]]:
        raise CommandError("The functions cannot be listed: AccessDenied.")

    change = resource_change("aws_lambda_function", "record", function("record"), before=None, actions=["create"])
    fake.plans("compliance", {**plan_of(), "resource_changes": [change]})
    monkeypatch.setattr(Account, "taken", taken)
    fake.project().deploy()
    assert fake.asked("apply") == [("compliance", "apply", "dev")]
    assert any("without knowing whether the planned names are free" in sentence for sentence in fake.said)
