"""Only the plans that were reviewed are applied, and either all of them or none."""

from __future__ import annotations

import hashlib
import zlib
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from compliance_tf.cli.main import app
from compliance_tf.errors import CommandError, ComplianceError, RefusedPlanError, ReviewError
from compliance_tf.review.plan.plan_json import plan_of_json
from compliance_tf.review.plan.shown_plan import ShownPlan
from tests.unit.lifecycle.builders import FakeProject, plan_of
from tests.unit.review.builders import ACCOUNT, caller

if TYPE_CHECKING:
    from pathlib import Path

OTHER = "0" * 32
SAVED_PLAN = b"PK\x03\x04"
"""The beginning of what Terraform saves, which it alone can show."""

STACKS = ("america", "europe")


@pytest.fixture
def fake(tmp_path: Path) -> FakeProject:
    """A project whose two stacks were planned."""
    fake = FakeProject.create(tmp_path, america="us-east-1", europe="eu-west-1")
    fake.project().plan()
    return fake


def fingerprints(fake: FakeProject) -> dict[str, str]:
    return {stack: plan_of_json(fake.saved_plan(stack).read_bytes(), stack).fingerprint for stack in STACKS}


def test_the_plans_that_were_reviewed_are_applied_as_they_were_saved(fake: FakeProject) -> None:
    fake.project().apply([*fingerprints(fake).values()])
    assert fake.asked("apply") == [(stack, "apply", "dev") for stack in STACKS]
    assert len(fake.asked("plan")) == len(STACKS)


def test_a_plan_is_applied_once(fake: FakeProject) -> None:
    expected = [*fingerprints(fake).values()]
    fake.project().apply(expected)
    with pytest.raises(CommandError, match="run `compliance-tf plan -w dev` first"):
        fake.project().apply(expected)


def test_one_plan_that_was_not_reviewed_stops_all(fake: FakeProject) -> None:
    own = fingerprints(fake)
    with pytest.raises(ComplianceError, match=f"europe.* has the fingerprint {own['europe']}, which is not expected"):
        fake.project().apply([own["america"]])
    assert fake.asked("apply") == []


def test_a_reviewed_plan_that_is_not_there_stops_all(fake: FakeProject) -> None:
    with pytest.raises(ComplianceError, match=f"No plan has the expected fingerprint {OTHER}"):
        fake.project().apply([*fingerprints(fake).values(), OTHER])
    assert fake.asked("apply") == []


def test_plans_for_another_workspace_are_refused(fake: FakeProject) -> None:
    for stack in STACKS:
        fake.plans(stack, plan_of(workspace="prod"))
    fake.project().plan()
    with pytest.raises(ComplianceError, match="is of the workspace 'prod', not 'dev'"):
        fake.project().apply([*fingerprints(fake).values()])
    assert fake.asked("apply") == []


def test_a_plan_is_not_applied_with_the_credentials_of_another_account(
    fake: FakeProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    for stack, region in (("america", "us-east-1"), ("europe", "eu-west-1")):
        plan = plan_of(region=region)
        plan["prior_state"]["values"]["root_module"]["resources"] = [caller(ACCOUNT)]
        fake.plans(stack, plan)
    fake.project().plan()
    monkeypatch.setattr("compliance_tf.lifecycle.session.require_aws", lambda *_: "444455556666")
    with pytest.raises(RefusedPlanError, match=rf"are of the account 444455556666, and .* is in {ACCOUNT}: take"):
        fake.project().apply([*fingerprints(fake).values()])
    assert fake.asked("apply") == []


def test_a_plan_of_what_was_synthesized_before_is_not_applied(fake: FakeProject) -> None:
    expected = [*fingerprints(fake).values()]
    fake.refuse("Not here.")
    with pytest.raises(RefusedPlanError, match="Not here"):
        fake.project().plan()
    with pytest.raises(CommandError, match="america/plan does not exist: run `compliance-tf plan -w dev` first"):
        fake.project().apply(expected)


def test_a_stack_without_a_plan_is_shown_what_to_do(fake: FakeProject) -> None:
    expected = [*fingerprints(fake).values()]
    fake.saved_plan("europe").unlink()
    with pytest.raises(ComplianceError, match="europe/plan does not exist: run `compliance-tf plan -w dev` first"):
        fake.project().apply(expected)
    assert fake.asked("apply") == []


def test_a_folder_without_plans_is_shown_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    fake = FakeProject.create(tmp_path / "empty")
    with pytest.raises(ComplianceError, match=r"manifest\.json does not exist: run `compliance-tf plan -w dev` first"):
        fake.project().apply([OTHER])


def test_after_a_failure_the_next_plan_is_left(fake: FakeProject) -> None:
    fake.fails("apply", "Error: no")
    with pytest.raises(CommandError, match="`terraform apply` failed for america in dev"):
        fake.project().apply([*fingerprints(fake).values()])
    assert fake.asked("apply") == [("america", "apply", "dev")]
    assert fake.saved_plan("europe").exists()


def shown(fake: FakeProject) -> ShownPlan:
    """What was shown of a plan that cannot be shown any more, as another process gives it."""
    path = fake.saved_plan()
    content = path.read_bytes()
    path.write_bytes(SAVED_PLAN)
    fake.fails("show", "Error: no")
    own = ShownPlan(hashlib.sha256(SAVED_PLAN).digest(), zlib.compress(content))
    return ShownPlan.from_bytes(own.to_bytes())


def test_a_plan_that_was_shown_is_applied_without_showing_it_again(tmp_path: Path) -> None:
    fake = FakeProject.create(tmp_path)
    fake.project().plan()
    given = shown(fake)
    fingerprint = given.plan(fake.saved_plan()).fingerprint
    with pytest.raises(ReviewError, match="cannot show"):
        fake.project().apply([fingerprint])
    with pytest.raises(RefusedPlanError, match="which is not expected"):
        fake.project().apply([OTHER], shown=given)
    assert fake.asked("apply") == []
    fake.project().apply([fingerprint], shown=given)
    assert fake.asked("apply") == [("compliance", "apply", "dev")]


def test_what_was_shown_of_another_plan_or_is_cut_off_applies_nothing(tmp_path: Path) -> None:
    fake = FakeProject.create(tmp_path)
    fake.project().plan()
    given = shown(fake)
    fingerprint = given.plan(fake.saved_plan()).fingerprint
    with pytest.raises(ReviewError, match="is incomplete"):
        fake.project().apply([fingerprint], shown=ShownPlan.from_bytes(given.to_bytes()[:-1]))
    fake.saved_plan().write_bytes(SAVED_PLAN + b"another")
    with pytest.raises(RefusedPlanError, match="has changed since it was reviewed"):
        fake.project().apply([fingerprint], shown=given)
    assert fake.asked("apply") == []


def test_without_a_fingerprint_the_command_does_nothing() -> None:
    result = CliRunner().invoke(app, ["apply", "--workspace", "dev"])
    assert result.exit_code == 1
    assert "--expect" in result.output
