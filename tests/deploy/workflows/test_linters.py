"""The workflows are what their services take, and nothing that linters warn of."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.deploy.conftest import REPOSITORY

WORKFLOWS = REPOSITORY / "docs" / "workflows"
GITHUB = " ".join(f".github/workflows/{name}.yml" for name in ("compliance", "compliance-workspace", "check-plan"))
GITLAB = ".gitlab-ci.yml check-plan.gitlab-ci.yml"


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """The workflows where people copy them to."""
    shutil.copytree(WORKFLOWS / "github-actions", tmp_path / ".github" / "workflows")
    shutil.copy(WORKFLOWS / "gitlab" / "gitlab-ci.yml", tmp_path / ".gitlab-ci.yml")
    shutil.copy(WORKFLOWS / "gitlab" / "check-plan.gitlab-ci.yml", tmp_path / "check-plan.gitlab-ci.yml")
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    return tmp_path


@pytest.mark.parametrize(
    "command",
    [
        "actionlint",
        "zizmor --offline --persona=pedantic --no-progress .",
        f"check-jsonschema --builtin-schema vendor.github-workflows {GITHUB}",
        f"check-jsonschema --builtin-schema vendor.gitlab-ci --data-transform gitlab-ci {GITLAB}",
    ],
    ids=["actionlint", "zizmor", "schema of GitHub", "schema of GitLab"],
)
def test_it_finds_nothing(command: str, copied: Path) -> None:
    program, *arguments = command.split()
    line = [str(Path(sys.prefix, "bin", program)), *arguments]
    completed = subprocess.run(line, cwd=copied, capture_output=True, text=True, check=False)
    assert completed.returncode == 0, completed.stdout + completed.stderr
