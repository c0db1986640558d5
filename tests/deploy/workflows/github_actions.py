"""Runs the jobs of our GitHub workflow here: its own commands for real, and the few actions by what they do."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

from tests.deploy.workflows.expressions import evaluated, filled_in
from tests.deploy.workflows.repository import check_out
from tests.repository import JSII_CACHE, REPOSITORY
from tests.runtime.review.fake_forges import TOKEN

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.deploy.workflows.cloud import Cloud
    from tests.deploy.workflows.repository import Forge

FOLDER = REPOSITORY / "docs" / "workflows" / "github-actions"
PROJECT = "acme/compliance"


@dataclass(frozen=True)
class Finished:
    """A job that ended.

    Parameters
    ----------
    failed_step
        The name of the step that failed; empty where none did.
    output
        What the steps printed.
    summary
        What they wrote for people.
    outputs
        The job's outputs.
    folder
        The checkout in which it ran.
    """

    failed_step: str
    output: str
    summary: str
    outputs: dict[str, str]
    folder: Path


@dataclass
class Event:
    """Something that starts the workflow.

    Parameters
    ----------
    name
        Its name.
    sha
        The commit that it is about.
    more
        The other members of the context ``github``.
    """

    name: str
    sha: str
    more: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def pull_request(cls, number: int, merged: str, head: str, *, fork: bool = False) -> Event:
        details = {"number": number, "head": {"sha": head, "repo": {"fork": fork}}}
        return cls("pull_request", merged, {"base_ref": "main", "event": {"pull_request": details}})

    @classmethod
    def push(cls, before: str, after: str) -> Event:
        return cls("push", after, {"event": {"before": before}})

    @classmethod
    def schedule(cls, sha: str) -> Event:
        return cls("schedule", sha)

    @property
    def subject(self) -> str:
        """What GitHub's token says the job is, unless it has an environment."""
        return f"repo:{PROJECT}:" + ("pull_request" if self.name == "pull_request" else "ref:refs/heads/main")


def load(name: str) -> dict[str, Any]:
    """Read a workflow. YAML 1.1 takes its word ``on`` for a truth value; nothing here asks for it."""
    workflow: dict[str, Any] = yaml.safe_load((FOLDER / name).read_text())
    return workflow


def inputs(workspace: str) -> dict[str, str]:
    """Return the inputs that compliance.yml passes for a workspace."""
    job = load("compliance.yml")["jobs"]["workspace"]
    (entry,) = [entry for entry in job["strategy"]["matrix"]["include"] if entry["workspace"] == workspace]
    return {name: filled_in(value, {"matrix": entry}) for name, value in job["with"].items()}


@dataclass
class Runner:
    """A machine that runs jobs.

    Parameters
    ----------
    forge
        The repository.
    cloud
        The AWS to which it signs in.
    folder
        Where it makes a room for each job.
    variables
        What the service sets for all jobs, such as the address of its API.
    """

    forge: Forge
    cloud: Cloud
    folder: Path
    variables: Mapping[str, str]
    jobs: int = 0

    def run(
        self, job_name: str, event: Event, workspace: str = "dev", needs: Mapping[str, Any] | None = None
    ) -> Finished | None:
        """Run a job of compliance-workspace.yml; None where its condition does not hold."""
        workflow = load("compliance-workspace.yml")
        job = workflow["jobs"][job_name]
        contexts: dict[str, Any] = {
            "github": {"event_name": event.name, "sha": event.sha, "token": TOKEN, **event.more},
            "inputs": inputs(workspace),
            "needs": needs or {},
            "steps": {},
        }
        if not evaluated(job.get("if", "'true'"), contexts):
            return None
        variables = {name: filled_in(str(value), contexts) for name, value in (workflow["env"] | job["env"]).items()}
        contexts["env"] = variables
        environment = filled_in(job.get("environment", ""), contexts)
        subject = f"repo:{PROJECT}:environment:{environment}" if environment else event.subject
        self.jobs += 1
        room = self.folder / f"job-{self.jobs}"
        room.mkdir()
        return _Job(self, job, contexts, subject, room).run()


class _Job:
    def __init__(self, runner: Runner, job: dict[str, Any], contexts: dict[str, Any], subject: str, room: Path) -> None:
        self._runner = runner
        self._job = job
        self._contexts = contexts
        self._subject = subject
        self._room = room
        self._folder = room / "checkout"
        self._files = {name: room / name for name in ("GITHUB_OUTPUT", "GITHUB_PATH", "GITHUB_STEP_SUMMARY")}
        self._variables = {
            **self._runner.cloud.unsigned(),
            **runner.variables,
            **contexts["env"],
            **{name: str(path) for name, path in self._files.items()},
            "GITHUB_REPOSITORY": PROJECT,
        }
        self._output = ""

    def run(self) -> Finished:
        failed = next((step.get("name", "") for step in self._job["steps"] if not self._succeeds(step)), "")
        outputs = {name: filled_in(text, self._contexts) for name, text in self._job.get("outputs", {}).items()}
        summary = self._files["GITHUB_STEP_SUMMARY"]
        return Finished(failed, self._output, summary.read_text() if summary.exists() else "", outputs, self._folder)

    def _succeeds(self, step: dict[str, Any]) -> bool:
        if not evaluated(step.get("if", "'true'"), self._contexts):
            return True
        if "uses" in step:
            options = {name: filled_in(str(value), self._contexts) for name, value in step.get("with", {}).items()}
            self._use(step["uses"].partition("@")[0], options)
            return True
        return self._bash(step)

    def _use(self, action: str, options: dict[str, str]) -> None:
        if action == "actions/checkout" and "path" in options:
            check_out(
                self._runner.forge,
                self._folder / options["path"],
                options["ref"],
                only=options["sparse-checkout"],
            )
        elif action == "actions/checkout":
            check_out(self._runner.forge, self._folder, self._contexts["github"]["sha"])
        elif action == "aws-actions/configure-aws-credentials":
            self._variables |= self._runner.cloud.signed_in(options["role-to-assume"], self._subject)
            assert options["aws-region"] == self._variables["AWS_REGION"]
        else:
            assert action in {"actions/setup-python", "hashicorp/setup-terraform"}, f"not known: {action}"

    def _bash(self, step: dict[str, Any]) -> bool:
        own = {name: filled_in(str(value), self._contexts) for name, value in step.get("env", {}).items()}
        added = self._files["GITHUB_PATH"].read_text().split() if self._files["GITHUB_PATH"].exists() else []
        path = os.pathsep.join([*reversed(added), os.environ["PATH"]])
        completed = subprocess.run(
            # What GitHub runs where no shell is named.
            ["bash", "-e", "-c", filled_in(step["run"], self._contexts)],
            cwd=self._folder if self._folder.exists() else self._room,
            env={**self._variables, **own, "PATH": path, "HOME": str(self._room), **JSII_CACHE},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        self._output += completed.stdout
        if "id" in step:
            written = self._files["GITHUB_OUTPUT"].read_text() if self._files["GITHUB_OUTPUT"].exists() else ""
            outputs = dict(line.split("=", 1) for line in written.splitlines())
            self._contexts["steps"][step["id"]] = {"outputs": outputs}
        return completed.returncode == 0
