"""The demo's scenes, played on what is deployed already: the whole demo is in ``tests/deploy/test_demo.py``."""

from __future__ import annotations

import io
from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from rich.console import Console

from compliance_tf.local.demo import Demo
from tests.deploy.demo_scenes import assert_scenes

if TYPE_CHECKING:
    from tests.deploy.shared.deployed import Deployed


@dataclass(frozen=True)
class Played(Demo):
    """The demo without its deployments and its destruction."""

    def _project(self, workspace: str) -> Any:  # noqa: ARG002 (all are deployed)
        return SimpleNamespace(deploy=lambda: None, destroy=lambda: None)


def test_the_scenes_show_results_of_both_workspaces_and_an_untouched_recorder(deployed: Deployed) -> None:
    written = io.StringIO()

    Played(Console(file=written, width=160), deployed.aws.endpoint).play()

    lines = written.getvalue().splitlines()
    assert_scenes(lines)
    assert any(line.startswith("✓ required-tags of prod to find acme-archive NON_COMPLIANT") for line in lines)
