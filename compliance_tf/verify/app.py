"""The app of a verification: a rule for each type of the samples, limited to the samples."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Final

from compliance_tf.terraform.app import SETTINGS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from compliance_tf.verify.samples import Kind

PROJECT: Final = "ctfverify"
"""The project, and the key of the tag of all samples."""

STACK: Final = "verify"

_APP: Final = """\
from compliance_runtime.checks import load_check

from compliance_tf import CheckRule, ComplianceStack, RecorderSource, Scope, Workspaces, synthesize


def build(app):
    stack = ComplianceStack(
        app,
        {stack!r},
        project={project!r},
        region={region!r},
        recorder_name={recorder!r},
        recorder_source=RecorderSource.{source},
        workspaces=Workspaces(allowed=({workspace!r},), protected=()),
        log_retention_days=1,
        history_days=1,
        permissions_boundary={boundary!r},
    )
    for check, periodic in {checks!r}:
        scope = None if periodic else Scope.tag({project!r}, {workspace!r})
        CheckRule(stack, check, check=load_check(check), rule_scope=scope)


synthesize(build)
"""


def write_app(
    folder: Path,
    kinds: Sequence[Kind],
    *,
    region: str,
    workspace: str,
    recorder: str,
    by_cloud_control: bool,
    permissions_boundary: str | None,
) -> None:
    """Write the app into a folder.

    Parameters
    ----------
    kinds
        The kinds of samples whose rules are deployed.
    recorder
        The name of the account's recorder.
    by_cloud_control
        Whether Cloud Control reads the recorder; the AWS Config API otherwise.
    permissions_boundary
        The ARN of the roles' permissions boundary, if the account requires one.
    """
    app = _APP.format(
        stack=STACK,
        project=PROJECT,
        region=region,
        workspace=workspace,
        boundary=permissions_boundary,
        recorder=recorder,
        source="CLOUD_CONTROL" if by_cloud_control else "CONFIG_API",
        checks=[(kind.check, kind.periodic) for kind in kinds],
    )
    (folder / "main.py").write_text(app, encoding="utf-8")
    (folder / SETTINGS).write_text(json.dumps({"language": "python", "app": f'"{sys.executable}" main.py'}))
