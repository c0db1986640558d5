"""The workflow of GitHub Actions: its commands run for real, from a pull request to what is deployed.

These are the longest of all: each runs plan, review and apply as the jobs of a pull request do, and deploys. That a
digest, a token or a file gets from one job to the next is seen in no smaller part.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from compliance_tf.cli.exit_codes import ExitCode
from tests.deploy.workflows.answering import Answers
from tests.deploy.workflows.cloud import GITHUB, Cloud
from tests.deploy.workflows.conftest import APP, create_workspace, prepared
from tests.deploy.workflows.github_actions import FOLDER, PROJECT, Event, Finished, Runner, inputs, load
from tests.runtime.review.fake_forges import FakeForge, running
from tests.unit.review.sample_reviews import FINGERPRINT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from compliance_tf.local import LocalAws
    from tests.deploy.workflows.answering import Program

RELAXED = "policies:\n  permission-increase:\n    verdict: clean\n    reason: I would like to merge.\n"


@pytest.fixture(scope="module")
def github() -> Iterator[FakeForge]:
    with running(FakeForge("github", is_installation=True, project=PROJECT, number=1)) as github:
        yield github


@pytest.fixture(scope="module")
def runner(local_aws: LocalAws, github: FakeForge, tmp_path_factory: pytest.TempPathFactory) -> Runner:
    folder = tmp_path_factory.mktemp("github")
    forge, cloud = prepared(local_aws, GITHUB, folder)
    create_workspace(forge, cloud, folder / "first")
    return Runner(forge, cloud, folder, {"GITHUB_API_URL": github.url})


@pytest.fixture(scope="module")
def pull_request(runner: Runner) -> Finished:
    """A pull request that deploys for the first time, and would have its own review let it pass."""
    head = runner.forge.commit({"main.py": APP.replace("90", "45"), "review.yaml": RELAXED}, "feature")
    merged = runner.forge.merge("feature", "pull/1/merge")
    finished = runner.run("review", Event.pull_request(1, merged, head))
    assert finished is not None
    return finished


@pytest.fixture(scope="module")
def push(runner: Runner, pull_request: Finished) -> Event:
    """The same after it was merged."""
    assert pull_request.failed_step == "", pull_request.output
    before = runner.forge.head()
    return Event.push(before, runner.forge.merge("feature", "main"))


def rules(cloud: Cloud) -> set[str]:
    return {rule["ConfigRuleName"] for rule in cloud.client("config").describe_config_rules()["ConfigRules"]}


def test_a_pull_request_gets_its_review_by_the_settings_of_the_branch_that_it_is_for(
    pull_request: Finished, runner: Runner, github: FakeForge
) -> None:
    assert pull_request.failed_step == "", pull_request.output
    (comment,) = (one["body"] for one in github.comments)
    assert "Needs approval" in comment
    assert pull_request.outputs["fingerprints"] in comment
    assert runner.forge.head("feature")[:7] in comment
    assert comment in pull_request.summary


def test_a_pull_request_deploys_nothing(runner: Runner, pull_request: Finished) -> None:
    event = Event.pull_request(1, runner.forge.head("pull/1/merge"), runner.forge.head("feature"))
    assert runner.run("apply", event, needs={"review": {"outputs": pull_request.outputs}}) is None


@pytest.mark.parametrize("code", [ExitCode.FINE, ExitCode.FOUND, ExitCode.BLOCKED])
def test_both_commands_expect_the_plan_that_was_approved_and_nothing_is_applied_where_it_is_refused(
    runner: Runner, answering: Callable[[Answers], Program], code: ExitCode
) -> None:
    program = answering(Answers(code))
    sha = runner.forge.head()
    approved = {"changes": "true", "fingerprints": f"{FINGERPRINT} {'1' * 32}"}
    finished = runner.run("apply", Event.push(sha, sha), needs={"review": {"outputs": approved}})
    assert finished is not None
    expected = f"--expect {FINGERPRINT} --expect {'1' * 32}"
    reviewed = f"review --workspace dev --settings base/review.yaml {expected}"
    applied = [] if code is ExitCode.BLOCKED else [f"apply --workspace dev {expected}"]
    assert program.calls == ["plan --workspace dev", reviewed, *applied]
    assert finished.failed_step == ("" if applied else "Apply the plan that was approved, and no other")


def test_what_is_merged_has_the_fingerprint_that_was_reviewed_and_is_applied(
    runner: Runner, push: Event, pull_request: Finished
) -> None:
    assert re.fullmatch("[0-9a-f]{32}", pull_request.outputs["fingerprints"])
    finished = runner.run("apply", push, needs={"review": {"outputs": pull_request.outputs}})
    assert finished is not None
    assert finished.failed_step == "", finished.output
    assert rules(runner.cloud) == {"compliance-dev-trail", "compliance-dev-keys"}


BLOCKED = "The plan of dev is blocked: see its review."
DRIFT = "What is deployed to dev is not what was merged: see the review."
NOT_READY = "Recorder: There is none. Turn it on."
GATES = [
    ("push", Answers(ExitCode.FOUND), ""),
    ("push", Answers(ExitCode.FINE, is_empty=True), ""),
    ("push", Answers(ExitCode.BLOCKED), BLOCKED),
    ("push", Answers(ExitCode.ERROR), BLOCKED),
    ("push", Answers(ExitCode.FINE, may_go_ahead=False), NOT_READY),
    ("pull_request", Answers(ExitCode.BLOCKED), BLOCKED),
    ("schedule", Answers(ExitCode.FINE, is_empty=True), ""),
    ("schedule", Answers(ExitCode.FOUND), DRIFT),
]
"""An event, the answers of the commands, and with what the gate closes; empty where it does not."""


@pytest.mark.parametrize(("name", "answers", "closed"), GATES)
def test_the_gate_closes_by_the_review_the_account_and_drift(
    runner: Runner, answering: Callable[[Answers], Program], name: str, answers: Answers, closed: str
) -> None:
    program = answering(answers)
    sha = runner.forge.head()
    event = {
        "push": Event.push(sha, sha),
        "pull_request": Event.pull_request(1, sha, sha),
        "schedule": Event.schedule(sha),
    }[name]
    finished = runner.run("review", event)
    assert finished is not None
    assert finished.failed_step == ("Gate" if closed else ""), finished.output
    assert closed in finished.output
    assert finished.outputs["changes"] == ("false" if answers.is_empty else "true")
    # A blocked pull request has the reasons in its comment, and nothing else is commented on.
    commented = [call for call in program.calls if call.startswith("comment")]
    assert commented == (["comment reviews/dev.md --pull-request 1"] if name == "pull_request" else [])


def test_a_fork_is_refused_before_anything_of_it_is_run(runner: Runner) -> None:
    sha = runner.forge.head()
    finished = runner.run("review", Event.pull_request(3, sha, sha, fork=True))
    assert finished is not None
    assert finished.failed_step == "Refuse forks"
    assert not finished.folder.exists()


def test_every_action_is_known_and_pinned_by_its_commit() -> None:
    text = "".join(path.read_text() for path in sorted(FOLDER.glob("*.yml")))
    used = set(re.findall(r"^ *(?:- )?uses: (.*)", text, re.MULTILINE))  # not those of comments
    local = {line for line in used if line.startswith("./.github/workflows/compliance-workspace.yml")}
    assert {re.fullmatch(r"([\w/-]+)@[0-9a-f]{40} # v\d+\.\d+\.\d+", line)[1] for line in used - local} == {  # type: ignore[index]
        "actions/checkout",
        "actions/setup-python",
        "aws-actions/configure-aws-credentials",
        "hashicorp/setup-terraform",
    }
    assert len(local) == 1
    # A plan holds secrets: the jobs of a deployment keep none.
    assert not any("artifact" in path.read_text() for path in FOLDER.glob("compliance*.yml"))


def test_every_workspace_has_what_the_jobs_ask_for() -> None:
    asked_for = set(load("compliance-workspace.yml")[True]["workflow_call"]["inputs"])  # type: ignore[index]
    for workspace in ("dev", "staging", "prod"):
        assert set(inputs(workspace)) == asked_for
