"""What AWS has of a deployment and no state knows is named, taken into the state, or removed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from compliance_tf.errors import CommandError, ComplianceError, RefusedPlanError
from compliance_tf.lifecycle.leftovers import Account, Leftover
from tests.unit.lifecycle.builders import plan_of, state_of_caller
from tests.unit.review.builders import ACCOUNT, function, permission, resource_change, role_policy

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.lifecycle.builders import FakeProject

FUNCTION = Leftover("aws_lambda_function", "acme-dev-record")
OLD_RULE = Leftover("aws_config_config_rule", "acme-dev-old")


class FakeAccount:
    """An account that has what a test gives it, until that is removed or imported."""

    def __init__(self, *left: Leftover) -> None:
        self.left = [*left]
        self.parts: set[str] = set()

    def remove(self, leftover: Leftover) -> None:
        self.left.remove(leftover)

    def get_policy(self, **_: str) -> dict[str, str]:
        known = "config" if "aws_lambda_permission" in self.parts else "other"
        return {"Policy": json.dumps({"Statement": [{"Sid": known}]})}

    def get_role_policy(self, **_: str) -> dict[str, str]:
        if "aws_iam_role_policy" in self.parts:
            return {"PolicyName": "record"}
        raise ClientError({"Error": {"Code": "NoSuchEntity", "Message": "no"}}, "GetRolePolicy")


@pytest.fixture
def left(monkeypatch: pytest.MonkeyPatch) -> FakeAccount:
    """An account in which a killed command left a function."""
    fake = FakeAccount(FUNCTION)
    monkeypatch.setattr(Account, "find", lambda _: [*fake.left])
    monkeypatch.setattr(Account, "remove", lambda _, leftover: fake.remove(leftover))
    monkeypatch.setattr(Account, "client", lambda *_: fake)
    monkeypatch.setattr("compliance_tf.lifecycle.recovery._SETTLING_SECONDS", (0,))
    return fake


def tainted() -> dict[str, Any]:
    """A plan that replaces what was being made when a command was interrupted."""
    change = resource_change("aws_lambda_function", "record", function("record"), actions=["delete", "create"])
    return {**plan_of(), "resource_changes": [{**change, "action_reason": "replace_because_tainted"}]}


def creating(*, action: str = "create") -> dict[str, Any]:
    """A plan that makes what was left, a part of it, and what was never made."""
    changes = [
        resource_change("aws_lambda_function", "record", function("record"), before=None, actions=[action]),
        resource_change("aws_lambda_permission", "record", permission("record"), before=None, actions=["create"]),
        resource_change("aws_iam_role_policy", "record", role_policy("record"), before=None, actions=["create"]),
    ]
    return {**plan_of(), "resource_changes": changes}


def test_the_end_of_a_destruction_names_what_is_left(fake: FakeProject, left: FakeAccount) -> None:
    del left
    fake.plans("compliance", plan_of(resource_changes=[]), "destruction")
    with pytest.raises(CommandError, match=r"acme-dev-record\. Where .* else `compliance-tf recover -w dev --remove`"):
        fake.project().destroy()


def test_what_is_left_and_its_parts_are_imported_and_nothing_else(fake: FakeProject, left: FakeAccount) -> None:
    left.parts = {"aws_lambda_permission"}
    fake.plans("compliance", creating())
    fake.plans("compliance", plan_of(), "recovery")
    with pytest.raises(CommandError, match="AWS still has"):
        fake.project().recover(removes=False)  # the state of this Terraform never has anything
    assert json.loads((fake.path / "imports").read_text()) == {
        "import": [
            {"to": "aws_lambda_function.record", "id": "acme-dev-record"},
            {"to": "aws_lambda_permission.record", "id": "acme-dev-record/config"},
        ]
    }
    assert fake.asked("apply") == [("compliance", "apply", "dev")]
    assert "  function acme-dev-record" in fake.shown
    assert not [*fake.path.rglob("recover.tf.json")]


def test_an_import_that_would_replace_something_is_refused(fake: FakeProject, left: FakeAccount) -> None:
    del left
    fake.plans("compliance", creating())
    replacing = resource_change("aws_lambda_function", "record", function("record"), actions=["delete", "create"])
    fake.plans("compliance", {**plan_of(), "resource_changes": [replacing]}, "recovery")
    with pytest.raises(RefusedPlanError, match=r"destroy or replace aws_lambda_function\.record"):
        fake.project().recover(removes=False)
    assert fake.asked("apply") == []
    assert not [*fake.path.rglob("recover.tf.json")]


def test_what_the_state_has_is_not_left(fake: FakeProject, left: FakeAccount) -> None:
    del left
    instance = {"attributes": {"function_name": FUNCTION.name, "id": FUNCTION.name}}
    kept = {"mode": "managed", "type": FUNCTION.type, "name": "record", "instances": [instance]}
    fake.has_state(resources=[kept])
    fake.project().recover(removes=False)
    assert fake.said == ["All resources of acme in dev, eu-west-1 are in its state."]


def test_what_the_configuration_does_not_have_can_only_be_removed(fake: FakeProject, left: FakeAccount) -> None:
    left.left = [OLD_RULE]
    with pytest.raises(CommandError, match="Config rule acme-dev-old"):
        fake.project().recover(removes=False)
    assert any("can only be removed, with --remove: Config rule acme-dev-old" in sentence for sentence in fake.said)
    fake.project().recover(removes=True)
    assert left.left == []


def test_nothing_is_removed_without_an_approval(
    fake: FakeProject, left: FakeAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    with pytest.raises(ComplianceError, match="There is no terminal on which to approve"):
        fake.project(approves=False).recover(removes=True)
    assert left.left == [FUNCTION]


def test_nothing_is_removed_with_the_credentials_of_another_account(
    fake: FakeProject, left: FakeAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake.has_state(resources=[state_of_caller(ACCOUNT)])
    monkeypatch.setattr("compliance_tf.lifecycle.session.require_aws", lambda *_: "444455556666")
    with pytest.raises(RefusedPlanError, match=r"are of the account 444455556666, and .* is in 111122223333: take"):
        fake.project().recover(removes=True)
    assert left.left == [FUNCTION]


def test_what_is_left_in_a_cell_is_shown_without_a_question(fake: FakeProject, left: FakeAccount) -> None:
    fake.project(approves=False).show_leftovers()
    assert fake.shown[-1] == "  function acme-dev-record"
    assert left.left == [FUNCTION]


def test_where_nothing_is_left_it_is_said(fake: FakeProject, left: FakeAccount) -> None:
    left.left = []
    fake.project().recover(removes=False)
    assert fake.said == ["All resources of acme in dev, eu-west-1 are in its state."]


def test_a_part_that_the_state_does_not_know_is_imported_where_it_knows_the_whole(
    fake: FakeProject, left: FakeAccount
) -> None:
    left.left, left.parts = [], {"aws_lambda_permission"}
    kept = resource_change("aws_lambda_function", "record", function("record"), actions=["no-op"])
    plan = creating()
    plan["resource_changes"][0] = kept
    fake.plans("compliance", plan)
    fake.plans("compliance", plan_of(), "recovery")
    fake.project().recover(removes=False)
    assert json.loads((fake.path / "imports").read_text()) == {
        "import": [{"to": "aws_lambda_permission.record", "id": "acme-dev-record/config"}]
    }
    assert fake.asked("apply") == [("compliance", "apply", "dev")]


def test_parts_of_what_somebody_else_has_under_such_a_name_are_not_imported(
    fake: FakeProject, left: FakeAccount
) -> None:
    left.left, left.parts = [], {"aws_lambda_permission", "aws_iam_role_policy"}
    fake.plans("compliance", creating())
    fake.project().recover(removes=False)
    assert fake.asked("apply") == []
    assert not (fake.path / "imports").exists()


def test_nothing_is_created_beside_the_imports_under_a_name_that_is_taken(
    fake: FakeProject, left: FakeAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    del left
    fake.plans("compliance", creating())
    role = resource_change("aws_iam_role", "record", {"name": "acme-dev-record"}, before=None, actions=["create"])
    fake.plans("compliance", {**plan_of(), "resource_changes": [role]}, "recovery")
    monkeypatch.setattr(Account, "taken", lambda _, planned: {one: {"project": "other"} for one in planned})
    with pytest.raises(RefusedPlanError, match="others have"):
        fake.project().recover(removes=False)
    assert fake.asked("apply") == []


def test_what_was_being_made_when_a_command_was_interrupted_is_kept(fake: FakeProject, left: FakeAccount) -> None:
    left.left = []
    fake.plans("compliance", tainted())
    fake.project().recover(removes=False)
    assert fake.asked("untaint", "apply") == [("compliance", "untaint", "dev")]
    assert "  aws_lambda_function.record" in fake.shown


def errored_state(fake: FakeProject) -> Path:
    """A state that Terraform could not keep."""
    file = fake.saved_plan().with_name("errored.tfstate")
    file.parent.mkdir(parents=True)
    file.write_text("{}")
    return file


def test_a_state_that_could_not_be_saved_is_saved_and_used_by_nothing_before(
    fake: FakeProject, left: FakeAccount
) -> None:
    left.left = []
    file = errored_state(fake)
    for command in (fake.project().plan, fake.project().deploy, fake.project().destroy):
        with pytest.raises(CommandError, match="`compliance-tf recover -w dev` saves it"):
            command()
    assert fake.asked("plan") == []
    fake.project().recover(removes=False)
    assert fake.asked("state") == [("compliance", "state", "dev")]
    assert not file.exists()
    fake.project().plan()


@pytest.mark.parametrize(
    "refusal",
    [
        "cannot import state with serial 5 over newer state\nwith serial 6",
        'cannot import state with lineage "a" over unrelated\nstate with lineage "b"',
        "cannot overwrite existing state with serial 6 with a different state that has the same serial",
    ],
)
def test_a_state_that_is_older_than_the_one_that_is_saved_is_set_aside(
    fake: FakeProject, left: FakeAccount, refusal: str
) -> None:
    left.left = []
    file = errored_state(fake)
    fake.fails("state", f"Failed to write state: {refusal}")
    fake.project().recover(removes=False)
    assert file.with_name("errored.tfstate.outdated").read_text() == "{}"
    assert not file.exists()


def test_a_state_that_cannot_be_saved_this_time_either_stays(fake: FakeProject, left: FakeAccount) -> None:
    del left
    file = errored_state(fake)
    fake.fails("state", "Failed to write state: AccessDenied")
    with pytest.raises(CommandError, match="AccessDenied"):
        fake.project().recover(removes=False)
    assert file.exists()
    assert fake.asked("plan", "apply") == []
