"""Two commands at once: each acts on the workspace that it was given, and one waits where both have the same."""

from __future__ import annotations

import json
from itertools import product
from typing import TYPE_CHECKING

import pytest

from tests.deploy.conftest import REGION, record_everything
from tests.deploy.lifecycle.commands import (
    APP,
    LOCAL_STATE,
    NOTHING,
    S3_STATE,
    S3_VARIABLES,
    create,
    declared,
    deployed,
    start,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from compliance_tf.local import LocalAws
    from tests.deploy.conftest import Project

pytestmark = pytest.mark.long

UNLOCKED = {"TF_CLI_ARGS_plan": "-lock=false"}
"""What the workflows of pipelines set for plans."""


@pytest.fixture(scope="module")
def project(aws: LocalAws, tmp_path_factory: pytest.TempPathFactory) -> Project:
    record_everything(aws)
    app = APP.format(project="acme", state=LOCAL_STATE)
    return create(tmp_path_factory.mktemp("commands") / "app", aws.environment(region=REGION), app)


def test_one_command_waits_for_another_on_its_workspace_and_touches_no_other(project: Project, aws: LocalAws) -> None:
    for workspace in ("dev", "prod"):
        assert start(project, "deploy", "-w", workspace, "--auto-approve").end().endswith("exit code 0")

    first = start(project, "destroy", "-w", "dev", "--auto-approve", **UNLOCKED)
    second = start(project, "plan", "-w", "prod", **UNLOCKED)
    third = start(project, "plan", "-w", "prod", "--no-wait", **UNLOCKED)
    outputs = [running.end() for running in (first, second, third)]
    assert outputs[0].endswith("exit code 0"), outputs[0]
    assert deployed(aws, "acme", "dev") == NOTHING
    assert deployed(aws, "acme", "prod") == declared(project)
    # One of the two plans came first; the other one waited, or was refused.
    assert any("No changes." in output for output in outputs[1:])
    assert any("works on the workspace 'prod'" in output for output in outputs[1:])
    deployment = json.loads((project.folder / "cdktf.out/workspace-prod/manifest.json").read_text())
    assert set(deployment["stacks"]) == {"compliance"}

    first = start(project, "destroy", "-w", "prod", "--auto-approve")
    first.wait_until_shown("will be destroyed")
    second = start(project, "deploy", "-w", "prod", "--auto-approve")
    assert first.end().endswith("exit code 0")
    output = second.end()
    assert "Waiting for `compliance-tf destroy -w prod`" in output
    assert output.endswith("exit code 0"), output
    assert deployed(aws, "acme", "prod") == declared(project)


@pytest.mark.parametrize("state", ["local", "s3"])
def test_any_two_commands_at_once_leave_each_workspace_as_its_last_command_says(
    state: str, aws: LocalAws, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    tried: dict[str, int] = {}
    record_property("pairs", tried)
    record_everything(aws)
    name = f"pairs{state}"
    variables = aws.environment(region=REGION)
    if state == "s3":
        variables |= S3_VARIABLES
        aws.client("s3", region=REGION).create_bucket(
            Bucket="acme-state", CreateBucketConfiguration={"LocationConstraint": REGION}
        )
    app = APP.format(project=name, state=S3_STATE if state == "s3" else LOCAL_STATE)
    checkouts = [create(tmp_path / folder, variables, app) for folder in ("one", "two")]
    # With state in files, a second checkout is another world.
    pairs = [(checkouts[0], checkouts[0])] if state == "local" else [(checkouts[0], checkouts[0]), tuple(checkouts)]
    whole = declared(checkouts[0])
    # Each case begins with what the last one left, so that what is destroyed was there, and what is planned beside it.
    for (here, there), lock, (one, two), (a, b) in product(
        pairs,
        [{}, UNLOCKED],
        [("deploy", "deploy"), ("destroy", "plan"), ("deploy", "destroy")],
        [("dev", "dev"), ("dev", "test")],
    ):
        where = "in one checkout" if here is there else "in two"
        case = f"{one} -w {a} beside {two} -w {b} {where}, {lock}"
        tried[f"{one} and {two} {where}"] = tried.get(f"{one} and {two} {where}", 0) + 1
        before = deployed(aws, name, b)
        first = start(here, one, "-w", a, *_approved(one), **lock)
        second = start(there, two, "-w", b, *_approved(two), **lock)
        outputs = [first.end(), second.end()]
        # In two checkouts the later one of two on the same workspace may be refused; in one it waits.
        if a != b or here is there:
            assert all(output.endswith("exit code 0") for output in outputs), (case, outputs)
        if a == b:
            ends = {"deploy": [whole], "plan": [NOTHING], "destroy": [whole, NOTHING]}[two]
            assert deployed(aws, name, a) in ends, (case, outputs)
        else:
            for workspace, command in ((a, one), (b, two)):
                end = {"deploy": whole, "plan": before, "destroy": NOTHING}[command]
                assert deployed(aws, name, workspace) == end, (case, outputs)
    for workspace in ("dev", "test"):
        cleaned = start(checkouts[0], "destroy", "-w", workspace, "--auto-approve").end()
        assert cleaned.endswith("exit code 0"), cleaned
        assert deployed(aws, name, workspace) == NOTHING


def _approved(command: str) -> tuple[str, ...]:
    return () if command == "plan" else ("--auto-approve",)
