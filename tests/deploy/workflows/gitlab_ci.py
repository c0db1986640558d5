"""Runs the jobs of our GitLab pipeline here, as its runner does: variables, before_script, script."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from tests.deploy.workflows.repository import check_out
from tests.repository import JSII_CACHE, REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.deploy.workflows.cloud import Cloud
    from tests.deploy.workflows.repository import Forge

FILE = REPOSITORY / "docs" / "workflows" / "gitlab" / "gitlab-ci.yml"


@dataclass(frozen=True)
class Finished:
    """A job that ended.

    Parameters
    ----------
    passed
        Whether it succeeded.
    output
        What it printed.
    variables
        What it hands over to the jobs of later stages.
    """

    passed: bool
    output: str
    variables: dict[str, str]


@dataclass
class Runner:
    """A machine that runs jobs.

    Parameters
    ----------
    forge
        The repository.
    cloud
        The AWS to which its jobs sign in.
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
        self, name: str, branch: str, pipeline: Mapping[str, str], handed_over: Mapping[str, str] | None = None
    ) -> Finished:
        """Run a job for the workspace dev.

        Parameters
        ----------
        name
            The job's.
        branch
            The branch that the pipeline is for, as its token says it.
        pipeline
            The pipeline's own variables.
        handed_over
            What jobs of earlier stages have handed over.
        """
        job = _job(name)
        (entry,) = [one for one in job["parallel"]["matrix"] if "dev" in one["WORKSPACE"]]
        self.jobs += 1
        room = self.folder / f"job-{self.jobs}"
        room.mkdir()
        checkout = room / "checkout"
        check_out(self.forge, checkout, pipeline["CI_COMMIT_SHA"])
        token = self.cloud.token(f"project_path:acme/compliance:ref_type:branch:ref:{branch}")
        variables = {
            **self.cloud.unsigned(),
            **self.variables,
            **pipeline,
            "CI_JOB_ID": str(self.jobs),
            **(handed_over or {}),
            "WORKSPACE": "dev",
            "ACCOUNT": entry["ACCOUNT"],
            **dict.fromkeys(job["id_tokens"], token),
            "PATH": os.environ["PATH"],
            "HOME": str(room),
            **JSII_CACHE,
            "TMPDIR": str(room),
        }
        for variable, value in job["variables"].items():
            variables[variable] = value.replace("$CI_JOB_ID", str(self.jobs))
        completed = subprocess.run(
            # The options of GitLab's runner.
            ["bash", "-e", "-o", "pipefail", "-c", "\n".join([*job["before_script"], *job["script"]])],
            cwd=checkout,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        report = job.get("artifacts", {}).get("reports", {}).get("dotenv")
        lines = (checkout / report).read_text().splitlines() if report and (checkout / report).exists() else []
        return Finished(completed.returncode == 0, completed.stdout, dict(line.split("=", 1) for line in lines))


def _job(name: str) -> dict[str, Any]:
    """Read a job, with what it extends: mappings are merged, and all else is replaced."""
    document: dict[str, Any] = yaml.safe_load(FILE.read_text())
    job = document[name]
    base = document[job.pop("extends")]
    return {**base, **job, "variables": {**base["variables"], **job["variables"]}}
