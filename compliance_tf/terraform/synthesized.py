"""A reader of the stacks that were synthesized last."""

from __future__ import annotations

import json
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from compliance_runtime.deployment import DEPLOYMENT_FILE, Deployment
from compliance_tf.errors import ComplianceError, SynthesizedAppError
from compliance_tf.model.output_names import DEPLOYMENT

if TYPE_CHECKING:
    from pathlib import Path

OUTPUT: Final = "cdktf.out"
"""The folder beside the app that it is synthesized into."""

MANIFEST: Final = "manifest.json"
"""The file in it that lists the stacks."""

CONFIGURATION: Final = "cdk.tf.json"
"""The file of a stack's folder with its Terraform JSON."""

READ_BY_TERRAFORM: Final = (".tf", ".tf.json", ".tofu", ".tofu.json", ".tfvars", ".tfvars.json")
"""Suffixes of the files in a stack's folder that Terraform or OpenTofu would read beside that one."""

WORKSPACE_PREFIX: Final = "workspace-"
"""The prefix of the working folders of workspaces in it; no name of a workspace has a hyphen."""


@dataclass(frozen=True)
class SynthesizedStack:
    """A stack of a synthesized app.

    Parameters
    ----------
    id
        Its id.
    region
        Its AWS region.
    table
        The name of its results table, with :data:`~compliance_tf.model.naming.WORKSPACE` in place of the workspace.
    rule_prefix
        The prefix of its rules' names, likewise.
    deployment
        The functions' manifest.
    """

    id: str
    region: str
    table: str
    rule_prefix: str
    deployment: Deployment

    @property
    def project(self) -> str:
        """Its project."""
        return self.rule_prefix.partition("-")[0]


def synthesized_stacks(output: Path) -> list[SynthesizedStack]:
    """Read the stacks of a synthesized app.

    Parameters
    ----------
    output
        The folder ``cdktf.out``. An app is the same for all workspaces, so of those that were synthesized into it, or
        for a command on a workspace, the last one is read.

    Returns
    -------
    list[SynthesizedStack]
        The stacks, sorted by id.

    Raises
    ------
    SynthesizedAppError
        When there is none, or one of its stacks is not a ComplianceStack.
    """
    manifests = [
        path for path in (output / MANIFEST, *output.glob(f"{WORKSPACE_PREFIX}*/{MANIFEST}")) if path.is_file()
    ]
    if not manifests:
        raise SynthesizedAppError(f"There is no synthesized app in {output}: run `python main.py` first.")
    last = max(manifests, key=lambda path: path.stat().st_mtime_ns)
    return [_stack(stack, folder) for stack, folder in stack_folders(last.parent).items()]


def stack_folders(output: Path) -> dict[str, Path]:
    """Read the folders of the stacks that a manifest lists.

    Parameters
    ----------
    output
        The folder with the manifest, which must be there.

    Returns
    -------
    dict[str, Path]
        The folders by the stacks' ids, sorted by these.
    """
    stacks = json.loads((output / MANIFEST).read_text(encoding="utf-8"))["stacks"]
    return {stack: output / stacks[stack]["workingDirectory"] for stack in sorted(stacks)}


def read_configuration(folder: Path) -> dict[str, Any]:
    """Read the Terraform JSON of a stack's folder, as it was synthesized.

    Returns
    -------
    dict[str, Any]
        The outermost object by its blocks: ``resource``, ``data``, ``output`` and others.

    Raises
    ------
    OSError
        When there is none.
    ValueError
        When it is not JSON.
    """
    configuration: dict[str, Any] = json.loads((folder / CONFIGURATION).read_text(encoding="utf-8"))
    return configuration


def _stack(stack_id: str, folder: Path) -> SynthesizedStack:
    try:
        configuration = read_configuration(folder)
        resources = configuration["resource"]
        package = folder / _first(resources["aws_lambda_function"])["filename"]
        with zipfile.ZipFile(package) as archive:
            manifest = archive.read(DEPLOYMENT_FILE).decode()
        return SynthesizedStack(
            id=stack_id,
            region=configuration["provider"]["aws"][0]["region"],
            table=_first(resources["aws_dynamodb_table"])["name"],
            rule_prefix=configuration["output"][DEPLOYMENT]["value"]["rule_name_prefix"],
            deployment=Deployment.from_json(manifest),
        )
    except (OSError, KeyError, IndexError, StopIteration, ValueError, zipfile.BadZipFile, ComplianceError) as cause:
        raise SynthesizedAppError(
            f"'{stack_id}' in {folder} is not a ComplianceStack of this version ({type(cause).__name__}: {cause}): "
            "synthesize the app again."
        ) from cause


def _first(named: dict[str, Any]) -> dict[str, Any]:
    first: dict[str, Any] = next(iter(named.values()))
    return first
