"""The workflow of GitHub Actions: its commands run for real, from a pull request to what is deployed."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from tests.deploy.workflows.cloud import GITHUB, Cloud
from tests.deploy.workflows.conftest import APP, prepared
from tests.deploy.workflows.github_actions import FOLDER, PROJECT, Event, Finished, Runner, inputs, load
from tests.runtime.review.fake_forges import FakeForge, running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compliance_tf.local import LocalAws

UNSCOPED = """
    stack.add_override(
        "resource.aws_config_config_rule.other",
        {"name": "other", "source": [{"owner": "AWS", "source_identifier": "IAM_ROOT_ACCESS_KEY_CHECK"}]},
    )
"""
RELAXED = "policies:\n  permission-increase:\n    verdict: clean\n    reason: I would like to merge.\n"


@pytest.fixture(scope="module")
def github() -> Iterator[FakeForge]:
    with running(FakeForge("github", is_installation=True, project=PROJECT, number=1)) as github:
        yield github


@pytest.fixture(scope="module")
def runner(local_aws: LocalAws, github: FakeForge, tmp_path_factory: pytest.TempPathFactory) -> Runner:
    folder = tmp_path_factory.mktemp("github")
    forge, cloud = prepared(local_aws, GITHUB, folder)
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
def push(runner: Runner, pull_request: Finished) -> tuple[Event, Finished]:
    """The same after it was merged."""
    assert pull_request.failed_step == "", pull_request.output
    before = runner.forge.head()
    event = Event.push(before, runner.forge.merge("feature", "main"))
    finished = runner.run("review", event)
    assert finished is not None
    assert finished.failed_step == "", finished.output
    return event, finished


@pytest.fixture(scope="module")
def applied(runner: Runner, push: tuple[Event, Finished]) -> Finished:
    finished = runner.run("apply", push[0], needs={"review": {"outputs": push[1].outputs}})
    assert finished is not None
    return finished


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


def test_what_is_merged_has_the_fingerprint_that_was_reviewed(
    push: tuple[Event, Finished], pull_request: Finished
) -> None:
    assert push[1].outputs == pull_request.outputs
    assert re.fullmatch("[0-9a-f]{32}", push[1].outputs["fingerprints"])


def test_another_plan_than_the_approved_one_is_not_applied(runner: Runner, push: tuple[Event, Finished]) -> None:
    event, reviewed = push
    other = {**reviewed.outputs, "fingerprints": "0" * 32}
    finished = runner.run("apply", event, needs={"review": {"outputs": other}})
    assert finished is not None
    assert finished.failed_step == "Apply the plan that was approved, and no other"
    assert reviewed.outputs["fingerprints"] in finished.output
    assert "Apply complete" not in finished.output
    assert rules(runner.cloud) == set()


def test_the_approved_plan_is_applied(runner: Runner, applied: Finished) -> None:
    assert applied.failed_step == "", applied.output
    assert rules(runner.cloud) == {"compliance-dev-trail", "compliance-dev-keys"}


@pytest.mark.usefixtures("applied")
def test_a_change_outside_is_drift(runner: Runner) -> None:
    config = runner.cloud.client("config")
    (rule,) = config.describe_config_rules(ConfigRuleNames=["compliance-dev-keys"])["ConfigRules"]
    config.put_config_rule(ConfigRule={**rule, "InputParameters": json.dumps({"maxAccessKeyAge": "400"})})
    finished = runner.run("review", Event.schedule(runner.forge.head()))
    assert finished is not None
    assert finished.failed_step == "Gate"
    assert "What is deployed to dev is not what was merged" in finished.output


@pytest.mark.usefixtures("applied")
def test_a_pull_request_that_is_blocked_fails_and_says_why_in_the_comment_that_is_there(
    runner: Runner, github: FakeForge
) -> None:
    app = APP.replace("\n\nsynthesize(build)", f"{UNSCOPED}\n\nsynthesize(build)")
    head = runner.forge.commit({"main.py": app}, "blocked")
    merged = runner.forge.merge("blocked", "pull/2/merge")
    finished = runner.run("review", Event.pull_request(1, merged, head))
    assert finished is not None
    assert finished.failed_step == "Gate", finished.output
    (comment,) = (one["body"] for one in github.comments)
    assert "Blocked" in comment


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
