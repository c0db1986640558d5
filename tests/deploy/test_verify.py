"""``compliance-tf verify`` on a local AWS that has no minute between two StartConfigRulesEvaluation."""

from __future__ import annotations

import json
import signal
import time
from typing import TYPE_CHECKING, Any

import pytest

from compliance_tf.local import Behaviour, LocalAws
from tests.deploy.conftest import REGION, Project, record_everything
from tests.deploy.lifecycle.commands import Running, start

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

COMMAND = ("verify", "--region", REGION, "--auto-approve", "--timeout", "3", "--report", "report")


@pytest.fixture(scope="module")
def aws() -> Iterator[LocalAws]:
    """A local AWS that takes evaluations as often as somebody likes."""
    with LocalAws.start(behaviour=Behaviour(poll_seconds=0.1, start_interval_seconds=0.0)) as running:
        record_everything(running)
        yield running


@pytest.fixture
def project(aws: LocalAws, tmp_path: Path) -> Project:
    """An empty folder: the command needs no app."""
    return Project(tmp_path, {**aws.environment(region=REGION), "TMPDIR": str(tmp_path)})


def samples(aws: LocalAws) -> list[str]:
    """The names of everything in the account that a verification may have made."""
    ec2, iam = aws.client("ec2", region=REGION), aws.client("iam", region=REGION)
    config = aws.client("config", region=REGION)
    named = [
        *(bucket["Name"] for bucket in aws.client("s3", region=REGION).list_buckets()["Buckets"]),
        *(group["GroupName"] for group in ec2.describe_security_groups()["SecurityGroups"]),
        *(queue for queue in aws.client("sqs", region=REGION).list_queues().get("QueueUrls", [])),
        *(policy["PolicyName"] for policy in iam.list_policies(Scope="Local")["Policies"]),
        *(role["RoleName"] for role in iam.list_roles()["Roles"]),
        *(group["logGroupName"] for group in aws.client("logs", region=REGION).describe_log_groups()["logGroups"]),
        *(one["FunctionName"] for one in aws.client("lambda", region=REGION).list_functions()["Functions"]),
        *aws.client("dynamodb", region=REGION).list_tables()["TableNames"],
        *(rule["ConfigRuleName"] for rule in config.describe_config_rules()["ConfigRules"]),
    ]
    return [name for name in named if "ctfverify" in name]


def test_it_reports_what_holds_and_what_does_not_and_leaves_nothing(aws: LocalAws, project: Project) -> None:
    """A deployment, for the command makes one, and what it leaves is seen in an account alone."""
    output = project.run("compliance-tf", *COMMAND, fails=True)

    report: dict[str, Any] = json.loads((project.folder / "report" / "verify-report.json").read_text())
    verdicts = {one["id"]: one["verdict"] for one in report["assumptions"]}
    assert {id_ for id_, verdict in verdicts.items() if verdict == "does not hold"} == {"start-once-a-minute"}, output
    assert {id_ for id_, verdict in verdicts.items() if verdict == "not checked"} == {
        "history-first-page",
        "log-group-ids",
    }
    assert (report["exitCode"], report["failure"], report["left"]) == (2, None, [])
    judged = {one["sample"]: one["byConfig"]["verdict"] == one["inTable"]["verdict"] for one in report["verdicts"]}
    assert len(judged) == 10
    assert all(judged.values())

    markdown = (project.folder / "report" / "verify-report.md").read_text()
    assert "Of two calls at once the first was taken and the second taken." in markdown
    assert "111122223333" not in markdown + json.dumps(report)
    assert "Cleaned up: yes" in markdown

    assert samples(aws) == []
    assert [path.name for path in project.folder.iterdir()] in (["report"], [".cache", "report"], ["report", ".cache"])


def begin_deployment(aws: LocalAws, project: Project) -> Running:
    """Start the command, and wait until it has made samples and a function."""
    running = start(project, *COMMAND)
    while not any(name.endswith("-evaluate") for name in samples(aws)) and running.process.poll() is None:
        time.sleep(0.2)
    return running


@pytest.mark.long
def test_ctrl_c_cleans_up_and_says_so_in_the_report(aws: LocalAws, project: Project) -> None:
    running = begin_deployment(aws, project)
    running.process.send_signal(signal.SIGINT)
    output = running.end()

    assert output.endswith("exit code 130")
    report = json.loads((project.folder / "report" / "verify-report.json").read_text())
    assert (report["failure"], report["exitCode"]) == ("Interrupted by SIGINT.", 130)
    assert (report["left"], samples(aws)) == ([], []), output


@pytest.mark.long
def test_what_a_killed_verification_left_is_removed_on_demand(aws: LocalAws, project: Project) -> None:
    begin_deployment(aws, project).kill_terraform()
    assert samples(aws)
    output = project.run("compliance-tf", "verify", "--region", REGION, "--auto-approve", "--clean-up")
    assert "Nothing is left." in output
    assert samples(aws) == [], output


def test_without_a_terminal_nothing_happens_unless_it_is_approved(aws: LocalAws, project: Project) -> None:
    output = project.run("compliance-tf", "verify", "--region", REGION, fails=True)
    assert "There is no terminal on which to approve the changes" in output
    assert samples(aws) == []
