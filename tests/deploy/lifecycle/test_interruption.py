"""A command that is ended in the middle leaves nothing that the next ones do not put in order."""

from __future__ import annotations

import json
import random
import re
import signal
import time
from typing import TYPE_CHECKING

import pytest

from compliance_tf.local import Behaviour, LocalAws
from tests.deploy.conftest import REGION, Project, record_everything
from tests.deploy.lifecycle.commands import (
    APP,
    BUCKET,
    LOCAL_STATE,
    NOTHING,
    S3_STATE,
    S3_VARIABLES,
    create,
    declared,
    deployed,
    descendants,
    interrupt,
    start,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

APPROVED = ("-w", "dev", "--auto-approve")
POLITE = (signal.SIGINT, signal.SIGTERM)


@pytest.fixture(scope="module")
def aws() -> Iterator[LocalAws]:
    """A local AWS that has a function for a while before Terraform writes it into a state, as AWS does."""
    with LocalAws.start(behaviour=Behaviour(poll_seconds=0.1, function_pending_seconds=5)) as running:
        yield running


def prepared(aws: LocalAws, folder: Path, project: str, state: str) -> Project:
    """Make a project with its state in files or in S3."""
    record_everything(aws)
    variables = aws.environment(region=REGION)
    if state == S3_STATE:
        variables |= S3_VARIABLES
        s3 = aws.client("s3", region=REGION)
        if BUCKET not in {bucket["Name"] for bucket in s3.list_buckets()["Buckets"]}:
            s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    return create(folder, variables, APP.format(project=project, state=state))


def converge(project: Project, command: str) -> str:
    """Run a command again, with what its messages say to do, until it ends well; return all that was written."""
    written = ""
    for _ in range(2):
        output = start(project, command, *APPROVED).end()
        written += output
        if output.endswith("exit code 0"):
            return written
        if "compliance-tf recover -w dev" in output:
            options = re.findall(r"--unlock [0-9a-f-]+|--remove", output)[:1]
            recovered = start(project, "recover", *APPROVED, *" ".join(options).split()).end()
            assert recovered.endswith("exit code 0"), recovered
            written += recovered
        else:
            raise AssertionError(output)
    raise AssertionError(f"{command} does not converge:\n{written}")


def end_in_the_middle(project: Project, command: str, number: signal.Signals, seconds: float) -> str:
    """Start a command, end it after a while, and give what it wrote."""
    running = start(project, command, *(APPROVED[:2] if command == "plan" else APPROVED))
    time.sleep(seconds)
    below = descendants(running.process.pid)
    interrupt(running, number)
    output = running.end()
    if number in POLITE:
        alive = set(descendants(1)) & set(below)
        assert not alive, f"{command} left processes running after {number.name}: {output}"
    return output


def kill_in_an_apply(aws: LocalAws, project: Project, prefix: str) -> None:
    """Kill a deployment to dev that has made a function, before Terraform writes it into the state."""
    functions = aws.client("lambda", region=REGION)

    def has_function() -> bool:
        return any(one["FunctionName"].startswith(prefix) for one in functions.list_functions()["Functions"])

    running = start(project, "deploy", *APPROVED)
    running.wait_until(has_function)
    interrupt(running, signal.SIGKILL)


def test_what_a_kill_in_an_apply_leaves_is_recovered_and_a_command_beside_it_goes_on(
    aws: LocalAws, tmp_path: Path
) -> None:
    """A deployment, for a kill alone shows what Terraform has made and its state does not know."""
    project = prepared(aws, tmp_path / "app", "killed", LOCAL_STATE)
    beside = start(project, "destroy", "-w", "prod", "--auto-approve")
    kill_in_an_apply(aws, project, "killed-dev-")
    output = beside.end()
    assert "Nothing to destroy: compliance has no workspace 'prod'." in output
    assert output.endswith("exit code 0"), output

    recovered = project.run("compliance-tf", "recover", *APPROVED)
    assert re.search(r"Plan: [1-9]\d* to import", recovered), recovered
    # That the rest is then deployed is tested in the long form.
    planned = project.run("compliance-tf", "plan", "-w", "dev")
    (to_add,) = re.findall(r"Plan: (\d+) to add, 0 to change, 0 to destroy\.", planned)
    assert int(to_add) + managed_resources(project) == project.resource_count()


def managed_resources(project: Project) -> int:
    """Count what the state of dev has."""
    (state,) = (project.folder / "state").rglob("dev/terraform.tfstate")
    resources = json.loads(state.read_text())["resources"]
    return sum(len(one["instances"]) for one in resources if one["mode"] == "managed")


@pytest.mark.long
@pytest.mark.parametrize("state", [LOCAL_STATE, S3_STATE], ids=["local", "s3"])
def test_after_a_recovery_nothing_is_left_to_change_and_all_can_be_destroyed(
    aws: LocalAws, tmp_path: Path, state: str
) -> None:
    name = "recovered" if state == LOCAL_STATE else "recovereds3"
    project = prepared(aws, tmp_path / "app", name, state)
    kill_in_an_apply(aws, project, name)
    written = converge(project, "deploy")
    assert "recover -w dev" in written
    assert deployed(aws, name, "dev") == declared(project)
    plan = project.run("compliance-tf", "plan", "-w", "dev")
    assert "No changes." in plan, plan

    running = start(project, "destroy", *APPROVED)
    running.wait_until_shown("Destruction complete")
    interrupt(running, signal.SIGTERM)
    output = running.end()
    assert "Interrupted in the destruction of compliance in dev" in output
    assert output.endswith(f"exit code {128 + signal.SIGTERM}")
    converge(project, "destroy")
    assert deployed(aws, name, "dev") == NOTHING


@pytest.mark.long
def test_a_lock_of_a_state_that_is_not_there_yet_is_released(aws: LocalAws, tmp_path: Path) -> None:
    project = prepared(aws, tmp_path / "app", "locked", S3_STATE)
    lock = {"ID": "b0a2a0b1-9c1c-6a3b-5f0e-1d2c3b4a5968", "Who": "ada@laptop", "Created": "2026-11-26T17:00:00Z"}
    key = f"compliance-tf/dev/locked/{REGION}/terraform.tfstate.tflock"
    aws.client("s3", region=REGION).put_object(Bucket=BUCKET, Key=key, Body=json.dumps(lock).encode())
    output = project.run("compliance-tf", "plan", "-w", "dev", "--no-wait", fails=True)
    assert f"release the lock by `compliance-tf recover -w dev --unlock {lock['ID']}`" in output
    project.run("compliance-tf", "recover", "-w", "dev", "--unlock", lock["ID"])
    assert "will be created" in project.run("compliance-tf", "plan", "-w", "dev")


@pytest.mark.long
def test_what_no_state_knows_is_named_by_the_destruction_and_removed(aws: LocalAws, tmp_path: Path) -> None:
    project = prepared(aws, tmp_path / "app", "left", LOCAL_STATE)
    start(project, "deploy", *APPROVED).end()
    for state in (project.folder / "state").rglob("*.tfstate"):
        state.unlink()
    output = project.run("compliance-tf", "destroy", *APPROVED, fails=True)
    assert "function left-dev-record" in output
    assert "`compliance-tf recover -w dev --remove` removes them" in output
    assert deployed(aws, "left", "dev") == declared(project)
    shown = project.run("compliance-tf", "recover", "-w", "dev", "--remove", fails=True)
    assert "table left-dev-results" in shown
    assert "There is no terminal on which to approve" in shown
    project.run("compliance-tf", "recover", *APPROVED, "--remove")
    assert deployed(aws, "left", "dev") == NOTHING
    assert "All resources of left in dev, eu-west-1 are in its state." in project.run(
        "compliance-tf", "recover", *APPROVED
    )


@pytest.mark.long
@pytest.mark.parametrize("state", [LOCAL_STATE, S3_STATE], ids=["local", "s3"])
def test_kills_at_any_moment_are_put_in_order(
    aws: LocalAws, tmp_path: Path, state: str, record_property: Callable[[str, object], None]
) -> None:
    seed = random.SystemRandom().randrange(10**6)
    kills: dict[str, int] = {}
    record_property("seed", seed)
    record_property("kills", kills)
    drawn = random.Random(seed)  # noqa: S311 (it is to be repeated)
    name = "any" if state == LOCAL_STATE else "anys3"
    project = prepared(aws, tmp_path / "app", name, state)
    begun = time.monotonic()
    converge(project, "deploy")
    usual, all_of_it = time.monotonic() - begun, declared(project)
    is_deployed = True
    for number in range(25):
        command = drawn.choice(["plan", *["destroy" if is_deployed else "deploy"] * 5])
        ended_by = drawn.choice([signal.SIGKILL, *POLITE])
        share = drawn.uniform(0.05, 1)
        last = drawn.choice(["deploy", "destroy"])
        case = f"kill {number}: {ended_by.name} after {share:.0%} of {command}, then {last}"
        kills[f"{command} {ended_by.name}"] = kills.get(f"{command} {ended_by.name}", 0) + 1
        written = end_in_the_middle(project, command, ended_by, share * usual)
        try:
            written += converge(project, last)
        except AssertionError as error:
            raise AssertionError(f"{case}\n{written}") from error
        is_deployed = last == "deploy"
        assert deployed(aws, name, "dev") == (all_of_it if is_deployed else NOTHING), f"{case}\n{written}"
