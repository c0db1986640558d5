"""Commands of one project that run at the same time, and are ended in the middle."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.deploy import account
from tests.deploy.conftest import REGION, Project

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from compliance_tf.local import LocalAws

APP = """
from compliance_tf import ComplianceStack, LocalState, ManagedRule, S3State, Workspaces, synthesize

def build(app):
    stack = ComplianceStack(app, "compliance", project="{project}", region="eu-west-1", state={state},
                            workspaces=Workspaces(allowed=("dev", "test", "prod"), protected=()))
    ManagedRule(stack, "trail", identifier="CLOUD_TRAIL_ENABLED")

synthesize(build)
"""

BUCKET = "acme-state"
LOCAL_STATE = "LocalState()"
S3_STATE = f'S3State(bucket="{BUCKET}", region="{REGION}")'

S3_VARIABLES = {"TF_CLI_ARGS_init": "-backend-config=use_path_style=true"}
"""Local AWS has no name of its own for each bucket."""


def create(folder: Path, variables: dict[str, str], app: str) -> Project:
    """Make a project that is synthesized once: its commands copy that, which takes each of them 3 s of CPU less."""
    project = Project.create(folder, variables, app)
    shutil.copytree(folder / "cdktf.out", folder / "synthesized")
    settings = json.loads((folder / "cdktf.json").read_text())
    (folder / "cdktf.json").write_text(json.dumps({**settings, "app": 'cp -r synthesized "$CDKTF_OUTDIR"'}))
    return project


@dataclass
class Running:
    """A command that runs.

    Parameters
    ----------
    process
        Its process.
    output
        The file that it writes to.
    """

    process: subprocess.Popen[bytes]
    output: Path

    def has_shown(self, text: str) -> bool:
        """Return whether a text has come."""
        return text in self.output.read_text(errors="replace")

    def wait_until_shown(self, text: str) -> None:
        """Wait for a text, or for the end."""
        self.wait_until(lambda: self.has_shown(text))

    def wait_until(self, condition: Callable[[], bool]) -> None:
        """Wait for a condition, or for the end."""
        while not condition() and self.process.poll() is None:
            time.sleep(0.1)

    def end(self) -> str:
        """Wait for its end, and give what it wrote, with its exit code."""
        code = self.process.wait()
        return f"{self.output.read_text(errors='replace')}\nexit code {code}"

    def kill_terraform(self) -> None:
        """Kill the command and what it runs, as a machine does that runs out of memory."""
        children = descendants(self.process.pid)
        for pid in (self.process.pid, *children):
            try:
                subprocess.run(["kill", "-9", str(pid)], check=False, capture_output=True)
            except OSError:
                continue
        self.process.wait()


def descendants(pid: int) -> list[int]:
    """List the processes below one."""
    listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], check=True, capture_output=True, text=True).stdout
    pairs = [tuple(map(int, line.split())) for line in listed.splitlines()]
    found, front = list[int](), {pid}
    while front:
        front = {child for child, parent in pairs if parent in front}
        found += front
    return found


def start(project: Project, *command: str, **variables: str) -> Running:
    """Start a command of the project."""
    output = project.folder.parent / f"output-{time.monotonic_ns()}"
    with output.open("wb") as file:
        process = subprocess.Popen(
            ["compliance-tf", *command],
            cwd=project.folder,
            env={**project.environment, **variables},
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
        )
    return Running(process, output)


def interrupt(running: Running, number: signal.Signals) -> None:
    """End a command by a signal: SIGKILL takes Terraform with it."""
    if number is signal.SIGKILL:
        running.kill_terraform()
    else:
        running.process.send_signal(number)


def deployed(aws: LocalAws, project: str, workspace: str) -> dict[str, int]:
    """Count what the account has of a deployment, by kind."""
    own = account.of(account.describe(aws, REGION), f"{project}-{workspace}-")
    return {kind: len(named) for kind, named in own.items() if kind != "recorder"}


KINDS = {
    "config rule": "aws_config_config_rule",
    "function": "aws_lambda_function",
    "event rule": "aws_cloudwatch_event_rule",
    "table": "aws_dynamodb_table",
    "role": "aws_iam_role",
    "log group": "aws_cloudwatch_log_group",
}
NOTHING = dict.fromkeys(KINDS, 0)


def declared(project: Project) -> dict[str, int]:
    """Count what the app declares, by kind."""
    resources = json.loads(project.configuration())["resource"]
    return {kind: len(resources[type_]) for kind, type_ in KINDS.items()}
