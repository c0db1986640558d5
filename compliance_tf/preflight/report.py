"""The report of a preflight, as a table for people and as JSON for programs."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from compliance_tf.output.sanitize import json_text, visible
from compliance_tf.output.terminal import Terminal
from compliance_tf.preflight.findings import Finding, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TextIO

    from compliance_tf.preflight.account import Caller

_STYLES = {
    Verdict.OK: "green",
    Verdict.WARNING: "yellow",
    Verdict.FAIL: "bold red",
    Verdict.UNKNOWN: "magenta",
}
_WIDE = 100_000  # columns, as wide as the longest line


@dataclass(frozen=True)
class Report:
    """All findings.

    Parameters
    ----------
    caller
        The principal of the credentials.
    workspaces
        The workspaces: one, unless stacks have different ones selected.
    findings
        The findings, in their order.
    """

    caller: Caller
    workspaces: tuple[str, ...]
    findings: tuple[Finding, ...]

    @property
    def may_go_ahead(self) -> bool:
        """Return whether nothing blocks the deployment."""
        return not any(finding.blocks for finding in self.findings)

    @property
    def summary(self) -> str:
        """The report in one sentence."""
        counts = [
            f"{sum(finding.verdict is verdict for finding in self.findings)} {verdict.value}" for verdict in Verdict
        ]
        verdict = "may go ahead" if self.may_go_ahead else "should not go ahead"
        return (
            f"The deployment to {', '.join(self.workspaces)} in account {self.caller.account} {verdict}: "
            f"{', '.join(counts)}."
        )

    def to_json(self) -> str:
        """Return the report as JSON."""
        document = {
            "account": self.caller.account,
            "caller": self.caller.arn,
            "workspaces": list(self.workspaces),
            "mayGoAhead": self.may_go_ahead,
            "findings": [
                {
                    "place": finding.place,
                    "subject": finding.subject,
                    "verdict": finding.verdict.value,
                    "blocks": finding.blocks,
                    "figure": finding.figure,
                    "advice": finding.advice,
                }
                for finding in self.findings
            ],
        }
        return json_text(document, indent=2)

    def print(self, stream: TextIO) -> None:
        """Print a table for each place: as wide as the terminal, or as needed where there is none."""
        console = Terminal(file=stream, width=None if stream.isatty() else _WIDE)
        with console.capture() as captured:
            self._print(console)
        stream.writelines(f"{line.rstrip()}\n" for line in captured.get().splitlines())

    def _print(self, console: Terminal) -> None:
        for place, findings in groupby(self.findings, key=lambda finding: finding.place):
            console.print(Text(visible(place), style="bold"))
            console.print(_table(findings))
            console.print()
        console.print(Text(self.summary))


def _table(findings: Iterable[Finding]) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for finding in findings:
        verdict = Text(finding.verdict.value, style=_STYLES[finding.verdict])
        # As Text, because rich reads brackets in a str as markup.
        said = Text(visible(finding.figure))
        if finding.advice:
            said.append(f"\n→ {visible(finding.advice)}", style="dim")
        table.add_row(verdict, Text(visible(finding.subject)), said)
    return table
