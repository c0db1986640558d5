"""The pipeline of GitLab CI: its commands run for real, but in the short form without Terraform.

Its plan and its apply are those of the workflow of GitHub, by roles with the same policies and other trust.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from compliance_tf.cli.exit_codes import ExitCode
from tests.deploy.workflows.answering import Answers, install_with_plan
from tests.deploy.workflows.cloud import GITLAB
from tests.deploy.workflows.conftest import APP, create_workspace, prepared
from tests.deploy.workflows.gitlab_ci import Finished, Runner
from tests.runtime.review.fake_forges import FakeForge, running
from tests.unit.review.builders import delete, of_type, plan_json
from tests.unit.review.sample_reviews import FINGERPRINT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from compliance_tf.local import LocalAws
    from tests.deploy.workflows.answering import Program

RELAXED = "policies:\n  rule-removed:\n    verdict: clean\n    reason: I would like to merge.\n"


@pytest.fixture(scope="module")
def gitlab() -> Iterator[FakeForge]:
    with running(FakeForge("gitlab", project="7", number=1)) as gitlab:
        yield gitlab


@pytest.fixture(scope="module")
def runner(local_aws: LocalAws, gitlab: FakeForge, tmp_path_factory: pytest.TempPathFactory) -> Runner:
    folder = tmp_path_factory.mktemp("gitlab")
    forge, cloud = prepared(local_aws, GITLAB, folder)
    return Runner(forge, cloud, folder, gitlab.environment)


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Program:
    """The commands, with a plan that removes a rule."""
    plan = plan_json()
    delete(of_type(plan, "aws_config_config_rule")[0])
    return install_with_plan(tmp_path_factory.mktemp("bin"), plan)


@pytest.fixture(scope="module")
def merge_request(runner: Runner, program: Program) -> Finished:
    """A merge request that would have its own review let it pass."""
    head = runner.forge.commit({"main.py": APP.replace("90", "45"), "review.yaml": RELAXED}, "feature")
    pipeline = {
        "CI_PIPELINE_SOURCE": "merge_request_event",
        "CI_COMMIT_SHA": runner.forge.merge("feature", "merged"),
        "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA": head,
        "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
        "CI_MERGE_REQUEST_IID": "1",
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", str(program.folder), prepend=os.pathsep)
        return runner.run("review", "feature", pipeline)


@pytest.fixture(scope="module")
def push(runner: Runner, merge_request: Finished) -> dict[str, str]:
    """The pipeline after it was merged."""
    assert merge_request.passed, merge_request.output
    before = runner.forge.head()
    after = runner.forge.merge("feature", "main")
    return {"CI_PIPELINE_SOURCE": "push", "CI_COMMIT_SHA": after, "CI_COMMIT_BEFORE_SHA": before}


def rules(runner: Runner) -> set[str]:
    return {rule["ConfigRuleName"] for rule in runner.cloud.client("config").describe_config_rules()["ConfigRules"]}


def test_a_merge_request_gets_its_review_by_the_settings_of_the_branch_that_it_is_for(
    merge_request: Finished, program: Program, runner: Runner, gitlab: FakeForge
) -> None:
    assert merge_request.passed, merge_request.output
    (comment,) = (one["body"] for one in gitlab.comments)
    assert "Needs approval" in comment
    assert merge_request.variables["FINGERPRINTS_dev"] in comment
    assert runner.forge.head("feature")[:7] in comment
    assert "Needs approval" in merge_request.output
    # Its role may not lock the state.
    assert "-lock=false plan --workspace dev" in program.calls


@pytest.mark.parametrize(
    ("pipeline", "answers", "closed"),
    [
        ("push", Answers(ExitCode.FOUND), ""),
        ("push", Answers(ExitCode.FINE, is_empty=True), ""),
        ("push", Answers(ExitCode.BLOCKED), "The plan of dev is blocked: see its review."),
        ("push", Answers(ExitCode.ERROR), "The plan of dev is blocked: see its review."),
        ("push", Answers(ExitCode.FINE, may_go_ahead=False), "Recorder: There is none. Turn it on."),
        ("schedule", Answers(ExitCode.FINE, is_empty=True), ""),
        ("schedule", Answers(ExitCode.FOUND), "What is deployed to dev is not what was merged: see the review."),
    ],
)
def test_the_gate_closes_by_the_review_the_account_and_drift(
    runner: Runner, answering: Callable[[Answers], Program], pipeline: str, answers: Answers, closed: str
) -> None:
    program = answering(answers)
    sha = runner.forge.head()
    variables = {"CI_PIPELINE_SOURCE": pipeline, "CI_COMMIT_SHA": sha, "CI_COMMIT_BEFORE_SHA": sha}
    finished = runner.run("review", "main", variables)
    assert finished.passed is not bool(closed), finished.output
    assert closed in finished.output
    assert finished.variables == ({} if closed else {"FINGERPRINTS_dev": FINGERPRINT})
    assert not [call for call in program.calls if call.startswith("comment")]


@pytest.mark.parametrize("code", [ExitCode.FINE, ExitCode.FOUND, ExitCode.BLOCKED])
def test_both_commands_expect_the_plan_that_was_approved_and_nothing_is_applied_where_it_is_refused(
    runner: Runner, answering: Callable[[Answers], Program], push: dict[str, str], code: ExitCode
) -> None:
    program = answering(Answers(code))
    finished = runner.run("apply", "main", push, {"FINGERPRINTS_dev": f"{FINGERPRINT} {'1' * 32}"})
    expected = f"--expect {FINGERPRINT} --expect {'1' * 32}"
    reviewed = f"review --workspace dev --settings base-review.yaml {expected}"
    applied = [] if code is ExitCode.BLOCKED else [f"apply --workspace dev {expected}"]
    assert program.calls == ["plan --workspace dev", reviewed, *applied]
    assert finished.passed is bool(applied)


@pytest.mark.long
def test_what_was_merged_is_reviewed_and_that_plan_is_applied(runner: Runner, push: dict[str, str]) -> None:
    create_workspace(runner.forge, runner.cloud, runner.folder / "first")
    reviewed = runner.run("review", "main", push)
    assert reviewed.passed, reviewed.output
    finished = runner.run("apply", "main", push, reviewed.variables)
    assert finished.passed, finished.output
    assert rules(runner) == {"compliance-dev-trail", "compliance-dev-keys"}
