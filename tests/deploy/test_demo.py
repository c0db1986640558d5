"""``make demo``'s command plays to its end and leaves nothing behind; its scenes are in ``shared/test_demo.py``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.deploy.conftest import Project
from tests.deploy.demo_scenes import assert_scenes

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.long
def test_the_demo_shows_results_of_both_workspaces_and_an_untouched_recorder(tmp_path: Path) -> None:
    """A deployment, for this is what the README has people run first."""
    project = Project(tmp_path / "checkout", {})
    project.folder.mkdir()
    lines = project.run("compliance-tf", "demo").splitlines()

    assert_scenes(lines)
    assert "Config rules left of dev: 0, of prod: 15" in lines
    assert lines[-1] == "Local AWS is stopped, and everything that the demo created is removed."
    assert not (project.folder / ".cache" / "demo").exists()
    assert not (project.folder / "state").exists()
