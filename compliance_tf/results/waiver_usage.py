"""The waivers of a synthesized app: their expiry, and whether they are used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from compliance_tf.model.naming import WORKSPACE
from compliance_tf.waivers.expiry import State, days_left, state, subject

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from compliance_runtime.recording.results import Result
    from compliance_runtime.waivers.waiver import DeployedWaiver
    from compliance_tf.terraform.synthesized import SynthesizedStack


@dataclass(frozen=True)
class WaiverLine:
    """A waiver in the list.

    Parameters
    ----------
    stack
        The stack of the waiver.
    waiver
        The waiver.
    state
        Its state.
    days_left
        Days until its last one; negative after its expiry.
    used
        Whether a present violation has it; None where that is unknown.
    """

    stack: str
    waiver: DeployedWaiver
    state: State
    days_left: int
    used: bool | None

    def to_json(self) -> dict[str, object]:
        """Return it for JSON."""
        return {
            "stack": self.stack,
            **self.waiver.to_json(),
            "state": self.state.value,
            "daysLeft": self.days_left,
            "used": self.used,
        }

    @property
    def cells(self) -> tuple[str, ...]:
        """Its cells of :data:`COLUMNS`."""
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
        The current date in UTC.
    workspace
        The only workspace whose waivers are listed, with their use in it; None lists all, without requests to AWS.

    Returns
    -------
    list[WaiverLine]
        One for each waiver, those of a day by stack.

    Raises
    ------
    ResultsError
        When the results of the workspace cannot be read.
    """
    lines = [line for stack in stacks for line in _lines(stack, today, workspace)]
    return sorted(lines, key=lambda line: (line.waiver.expires, line.stack, line.cells))


def _lines(stack: SynthesizedStack, today: date, workspace: str | None) -> Iterator[WaiverLine]:
    waivers = [one for one in stack.deployment.waivers if workspace is None or one.is_in(workspace)]
    if not waivers:
        return
    waivers_by_rule = stack.deployment.waivers_by_rule(stack.rule_prefix.replace(WORKSPACE, workspace or ""))
    violations = None if workspace is None else list(_violations(stack, workspace))
    for waiver in waivers:
        used = None if violations is None else any(_is_used(waiver, one, waivers_by_rule) for one in violations)
        yield WaiverLine(stack.id, waiver, state(waiver, today), days_left(waiver, today), used)


def _violations(stack: SynthesizedStack, workspace: str) -> Iterator[Result]:
    """Read the present violations of the waivers' severities."""
    from compliance_tf.results.place import ResultsPlace
    from compliance_tf.results.reader import ResultsReader

    table = stack.table.replace(WORKSPACE, workspace)
    reader = ResultsReader.at_place(ResultsPlace(stack.project, workspace, stack.region, table))
    rules = {rule_id for waiver in stack.deployment.waivers for rule_id in waiver.rules}
    severities = {stack.deployment.rules_by_id[rule_id].severity for rule_id in rules}
    return (row.result for row in reader.violations(severities))


def _is_used(
    waiver: DeployedWaiver, violation: Result, waivers_by_rule: Mapping[str, Sequence[DeployedWaiver]]
) -> bool:
    if waiver not in waivers_by_rule.get(violation.rule_name, ()):
        return False
    # ARNs and tags are not in the table; the matched waivers are.
    return violation.waiver == waiver.note or waiver.covers(violation.resource, None)
