"""The waivers of a synthesized app: how long they hold, and whether there is anything for them to waive."""

from __future__ import annotations

import json
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from compliance_tf.errors import ComplianceError
from compliance_tf.naming import WORKSPACE
from compliance_tf.outputs import DEPLOYMENT
from compliance_tf.waivers.expiry import State, days_left, state, subject
from lambda_src.deployment import DEPLOYMENT_FILE, Deployment
from lambda_src.errors import LambdaError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date
    from pathlib import Path

    from lambda_src.results import Result
    from lambda_src.waivers import DeployedWaiver


class WaiverReportError(ComplianceError):
    """There is no synthesized app, or the results of a workspace cannot be read."""


@dataclass(frozen=True)
class SynthesizedStack:
    """What the report needs of a stack.

    Parameters
    ----------
    id
        Its id.
    region
        Where it goes.
    table
        The name of its results table; it holds :data:`~compliance_tf.naming.WORKSPACE` in place of the workspace.
    rule_prefix
        What the names of its rules begin with, likewise.
    deployment
        The functions' manifest.
    """

    id: str
    region: str
    table: str
    rule_prefix: str
    deployment: Deployment

    def violations(self, workspace: str) -> Iterator[Result]:
        """Read the present violations of the rules that have waivers.

        Raises
        ------
        WaiverReportError
            When the table is not there or cannot be read.
        """
        import boto3
        from botocore.exceptions import BotoCoreError, ClientError

        from lambda_src.result_store import ResultStore

        rules = {rule_id for waiver in self.deployment.waivers for rule_id in waiver.rules}
        table = self.table.replace(WORKSPACE, workspace)
        try:
            client = boto3.client("dynamodb", region_name=self.region)
            store = ResultStore(client, table, history_days=1)  # which only writing needs
            for severity in {self.deployment.rules[rule_id].severity for rule_id in rules}:
                yield from store.violations(severity)
        except (BotoCoreError, ClientError) as cause:
            raise WaiverReportError(
                f"The results of workspace '{workspace}' cannot be read from the table {table} in {self.region}: "
                f"{cause}. It must be deployed, and takes credentials with dynamodb:Query on the table's indexes."
            ) from cause


@dataclass(frozen=True)
class WaiverLine:
    """A waiver as it is listed.

    Parameters
    ----------
    stack
        The stack that declares it.
    waiver
        What was declared.
    state
        How long it will hold.
    days_left
        Days until its last one; negative when it has expired.
    used
        Whether a present violation has it; None where that was not asked.
    """

    stack: str
    waiver: DeployedWaiver
    state: State
    days_left: int
    used: bool | None

    def to_json(self) -> dict[str, object]:
        """Give it for JSON."""
        return {
            "stack": self.stack,
            **self.waiver.to_json(),
            "state": self.state.value,
            "daysLeft": self.days_left,
            "used": self.used,
        }

    @property
    def cells(self) -> tuple[str, ...]:
        """Its cells in a table: those of :data:`COLUMNS`."""
        waiver = self.waiver
        said = self.state.value if self.used is not False else f"{self.state.value}, unused"
        only = f", in {', '.join(waiver.workspaces)}" if waiver.workspaces else ""
        return (
            said,
            str(self.days_left),
            waiver.expires.isoformat(),
            waiver.ticket,
            waiver.owner,
            f"{subject(waiver)}{only}",
            str(waiver.target),
            waiver.reason,
        )


COLUMNS = ("State", "Days left", "Expires", "Ticket", "Owner", "For", "Resource", "Reason")


def waiver_lines(stacks: Iterable[SynthesizedStack], today: date, workspace: str | None = None) -> list[WaiverLine]:
    """List the waivers of stacks, those that expire first at the beginning.

    Parameters
    ----------
    today
        The day in UTC that is counted from.
    workspace
        The only workspace whose waivers are listed, with whether they are in use there; None lists all, and asks
        nothing of AWS.

    Raises
    ------
    WaiverReportError
        When the results of the workspace cannot be read.
    """
    lines = [line for stack in stacks for line in _lines(stack, today, workspace)]
    return sorted(lines, key=lambda line: (line.waiver.expires, line.stack, line.cells))


def _lines(stack: SynthesizedStack, today: date, workspace: str | None) -> Iterator[WaiverLine]:
    waivers = [one for one in stack.deployment.waivers if workspace is None or one.is_in(workspace)]
    if not waivers:
        return
    prefix = stack.rule_prefix.replace(WORKSPACE, workspace or "")
    violations = None if workspace is None else list(stack.violations(workspace))
    for waiver in waivers:
        used = None if violations is None else any(_is_used(waiver, one, prefix) for one in violations)
        yield WaiverLine(stack.id, waiver, state(waiver, today), days_left(waiver, today), used)


def _is_used(waiver: DeployedWaiver, violation: Result, prefix: str) -> bool:
    if violation.rule_name.removeprefix(prefix) not in waiver.rules:
        return False
    # What a pattern or a tag is compared with is not in the table; whether it fitted is.
    return violation.waiver == waiver.note or waiver.covers(violation.resource, None)


def synthesized_stacks(output: Path) -> list[SynthesizedStack]:
    """Read the stacks of a synthesized app.

    Parameters
    ----------
    output
        The folder that it was synthesized into, ``cdktf.out``.

    Raises
    ------
    WaiverReportError
        When there is none, or something else than a ComplianceStack is in it.
    """
    try:
        stacks = json.loads((output / "manifest.json").read_text(encoding="utf-8"))["stacks"]
    except OSError as cause:
        raise WaiverReportError(f"There is no synthesized app in {output}: run `make synth` first.") from cause
    return [_stack(stack, output / stacks[stack]["workingDirectory"]) for stack in sorted(stacks)]


def _stack(stack_id: str, folder: Path) -> SynthesizedStack:
    try:
        configuration = json.loads((folder / "cdk.tf.json").read_text(encoding="utf-8"))
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
    except (OSError, KeyError, IndexError, StopIteration, ValueError, zipfile.BadZipFile, LambdaError) as cause:
        raise WaiverReportError(
            f"'{stack_id}' in {folder} is no ComplianceStack of this version ({type(cause).__name__}: {cause}): "
            "synthesize the app again."
        ) from cause


def _first(named: dict[str, Any]) -> dict[str, Any]:
    first: dict[str, Any] = next(iter(named.values()))
    return first
