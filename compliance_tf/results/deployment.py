"""The place of a deployment's results: missing options are taken from the synthesized app in this folder."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from compliance_tf.errors import ResultsError
from compliance_tf.model.naming import NAME_PART
from compliance_tf.model.regions import REGION
from compliance_tf.results.place import ResultsPlace
from compliance_tf.terraform.synthesized import OUTPUT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from compliance_tf.results.reader import ResultsReader
    from compliance_tf.terraform.synthesized import SynthesizedStack

_TABLE: Final = re.compile(r"[A-Za-z0-9_.-]{3,255}")
"""DynamoDB API, CreateTable.TableName."""


def results_place(
    workspace: str,
    *,
    project: str | None = None,
    region: str | None = None,
    table: str | None = None,
    folder: Path | None = None,
) -> ResultsPlace:
    """Determine the place of a workspace's results.

    Parameters
    ----------
    workspace
        The Terraform workspace.
    project, region
        The project and the region; those of the app that is synthesized in the folder unless given.
    table
        The name of the table; ``<project>-<workspace>-results`` unless given.
    folder
        The project's folder, which has ``cdktf.out``; the current one unless given.

    Returns
    -------
    ResultsPlace
        Project, workspace, region and table.

    Raises
    ------
    ResultsError
        When a value is neither given nor synthesized, or is not a valid name.
    """
    _refuse_unlike("--workspace", workspace, re.compile(NAME_PART), "a name such as dev: lower-case letters and digits")
    if project is not None:
        _refuse_unlike("--project", project, re.compile(NAME_PART), "the name that main.py gives ComplianceStack")
    if region is not None:
        _refuse_unlike("--region", region, re.compile(REGION), "a region such as eu-west-1")
    if table is not None:
        _refuse_unlike("--table", table, _TABLE, "a table's name, without a region or an ARN")
    if project is None or region is None:
        stack = _stack(folder or Path(), project, region)
        project, region = stack.project, stack.region
    return ResultsPlace(project, workspace, region, table or f"{project}-{workspace}-results")


def open_results(
    workspace: str,
    *,
    project: str | None = None,
    region: str | None = None,
    table: str | None = None,
    folder: Path | None = None,
) -> ResultsReader:
    """Open the results of a workspace; the parameters are those of :func:`results_place`.

    It sends no request to AWS yet.

    Returns
    -------
    ResultsReader
        A reader of the workspace's table.

    Raises
    ------
    ResultsError
        When the place of the results is unknown.
    """
    from compliance_tf.results.reader import ResultsReader

    return ResultsReader.at_place(results_place(workspace, project=project, region=region, table=table, folder=folder))


def _refuse_unlike(option: str, value: str, form: re.Pattern[str], advice: str) -> None:
    if not form.fullmatch(value):
        raise ResultsError(f"{option} {value!r} cannot be one: give {advice}.")


def _stack(folder: Path, project: str | None, region: str | None) -> SynthesizedStack:
    from compliance_tf.errors import SynthesizedAppError
    from compliance_tf.terraform.synthesized import synthesized_stacks

    try:
        stacks = synthesized_stacks(folder / OUTPUT)
    except SynthesizedAppError as cause:
        raise ResultsError(
            f"It is not known which results are meant: give --project and --region, or run this in a project's folder. "
            f"Here: {cause}"
        ) from cause
    return _only(
        [
            stack
            for stack in stacks
            if stack.project == (project or stack.project) and stack.region == (region or stack.region)
        ],
        stacks,
    )


def _only(matching: Sequence[SynthesizedStack], stacks: Sequence[SynthesizedStack]) -> SynthesizedStack:
    if len(matching) == 1:
        return matching[0]
    known = "; ".join(f"--project {stack.project} --region {stack.region}" for stack in stacks)
    said = "Several stacks of this folder are meant" if matching else "No stack of this folder is meant"
    raise ResultsError(f"{said}: say which with one of: {known}. Another folder's needs both options.")
