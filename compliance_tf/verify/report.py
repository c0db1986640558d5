"""The report of a verification, in Markdown and JSON, without the account number."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final

from compliance_tf.output.sanitize import json_text, visible
from compliance_tf.verify.assumptions import assumptions
from compliance_tf.verify.outcome import Outcome, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path
    from signal import Signals

    from compliance_tf.verify.assumptions import Assumption

MARKDOWN: Final = "verify-report.md"
JSON: Final = "verify-report.json"

_PACKAGES: Final = ("compliance-tf", "boto3", "botocore", "cdktf-cdktf-provider-aws")
_ORDER: Final = (Verdict.DOES_NOT_HOLD, Verdict.NOT_CHECKED, Verdict.HOLDS)


class ExitCode(IntEnum):
    """Exit codes of the command."""

    ALL_HOLD = 0
    ERROR = 1
    DOES_NOT_HOLD = 2


@dataclass(frozen=True)
class Measured:
    """The verdicts on a sample, with their delays.

    Parameters
    ----------
    sample
        The sample.
    expected
        The expected verdict.
    by_config, in_table
        The verdict and the seconds until it appeared; None where there was none.
    """

    sample: str
    expected: str
    by_config: tuple[str, float] | None
    in_table: tuple[str, float] | None


@dataclass(frozen=True)
class Report:
    """The results of a verification.

    Parameters
    ----------
    account
        The account number, which the report does not show.
    region, workspace
        The region and the workspace.
    began, ended
        Times in UTC.
    outcomes
        The outcomes of the probes, by their names.
    measured
        The verdicts of the samples.
    skipped
        The reasons why some kinds of samples were not created.
    failure
        The error that ended it early; None for none.
    left
        The leftovers and what to do; empty where everything was removed.
    interrupted_by
        The signal that ended it early, if one did.
    """

    account: str
    region: str
    workspace: str
    began: datetime
    ended: datetime
    outcomes: Mapping[str, Outcome]
    measured: Sequence[Measured]
    skipped: Sequence[str]
    failure: str | None
    left: Sequence[str]
    interrupted_by: Signals | None = None

    @property
    def exit_code(self) -> int:
        """The exit code of the command: an error counts more than earlier findings."""
        if self.interrupted_by:
            # As in a shell for a program that was ended by a signal.
            return 128 + self.interrupted_by
        if self.failure or self.left:
            return ExitCode.ERROR
        failed = any(outcome.verdict is Verdict.DOES_NOT_HOLD for outcome in self.outcomes.values())
        return ExitCode.DOES_NOT_HOLD if failed else ExitCode.ALL_HOLD

    def judged(self) -> Iterator[tuple[Assumption, Outcome]]:
        """Yield each assumption that has a probe with its outcome, those that do not hold first."""
        pairs = [
            (
                one,
                self.outcomes.get(
                    one.probe, Outcome.open("The probe did not run, because the verification ended early.")
                ),
            )
            for one in assumptions()
            if one.probe
        ]
        yield from sorted(pairs, key=lambda pair: _ORDER.index(pair[1].verdict))

    def headline(self) -> str:
        """Summarize the outcomes in a sentence."""
        verdicts = [outcome.verdict for _, outcome in self.judged()]
        fail, rest, hold = (verdicts.count(verdict) for verdict in _ORDER)
        return f"Of {len(verdicts)} assumptions {hold} hold, {fail} do not, and {rest} were not checked."

    def to_json(self) -> str:
        """Return the report as JSON."""
        return json_text(self._without_account(self._members()), indent=2) + "\n"

    def to_markdown(self) -> str:
        """Return the report as Markdown."""
        return self._text("\n".join(self._lines())) + "\n"

    def write(self, folder: Path) -> tuple[Path, Path]:
        """Write both files into a folder, over those of an earlier verification; return their paths."""
        folder.mkdir(parents=True, exist_ok=True)
        paths = folder / MARKDOWN, folder / JSON
        for path, text in zip(paths, (self.to_markdown(), self.to_json()), strict=True):
            path.write_text(text, encoding="utf-8")
        return paths

    def _members(self) -> dict[str, Any]:
        return {
            "region": self.region,
            "workspace": self.workspace,
            "began": self.began.isoformat(timespec="seconds"),
            "ended": self.ended.isoformat(timespec="seconds"),
            "versions": _versions(),
            "exitCode": self.exit_code,
            "failure": self.failure,
            "left": list(self.left),
            "skipped": list(self.skipped),
            "assumptions": [
                {
                    "id": one.id,
                    "assumption": one.sentence,
                    "verdict": outcome.verdict.value,
                    "seen": outcome.seen,
                    "consequence": one.consequence,
                }
                for one, outcome in self.judged()
            ],
            "verdicts": [
                {
                    "sample": one.sample,
                    "expected": one.expected,
                    "byConfig": _measured_json(one.by_config),
                    "inTable": _measured_json(one.in_table),
                }
                for one in self.measured
            ],
        }

    def _lines(self) -> Iterator[str]:
        yield "# Verification of compliance_tf on AWS"
        yield ""
        yield self.headline()
        yield ""
        seconds = (self.ended - self.began).total_seconds()
        yield f"- Place: {self.region}, workspace `{self.workspace}`"
        yield f"- Time: {self.began:%Y-%m-%d %H:%M:%S} UTC, {seconds:.0f} s"
        yield f"- Versions: {', '.join(f'{name} {number}' for name, number in _versions().items())}"
        yield f"- Cleaned up: {'no, see below' if self.left else 'yes'}"
        if self.failure:
            yield f"- Ended early: {_cell(self.failure)}"
        if self.left:
            yield from ("", "## What is left", "", *(f"- {_cell(one)}" for one in self.left))
        yield from ("", "## Assumptions", "", "| Assumption | Verdict | Seen |", "|---|---|---|")
        for one, outcome in self.judged():
            yield f"| {_cell(one.sentence)} (`{one.id}`) | {outcome.verdict.value} | {_cell(outcome.seen)} |"
        unasked = sum(one.probe is None for one in assumptions())
        yield f"\n{unasked} more cannot be checked in so short a time: docs/explanation/assumptions.md lists them."
        broken = [one for one, outcome in self.judged() if outcome.verdict is Verdict.DOES_NOT_HOLD]
        if broken:
            yield from ("", "## What follows from those that do not hold", "")
            yield from (f"- `{one.id}`: {_cell(one.consequence)}" for one in broken)
        yield from ("", "## Verdicts", "", "| Sample | Expected | AWS Config | Table |", "|---|---|---|---|")
        for measured in self.measured:
            said = f"{_measured_text(measured.by_config)} | {_measured_text(measured.in_table)}"
            yield f"| {measured.sample} | {measured.expected} | {said} |"
        yield from (f"- {_cell(one)}" for one in ("", *self.skipped) if one)

    def _text(self, text: str) -> str:
        """Remove the account number, because the report is made to be shared."""
        return text.replace(self.account, "<account>")

    def _without_account(self, value: Any) -> Any:  # noqa: ANN401 (JSON)
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, dict):
            return {name: self._without_account(one) for name, one in value.items()}
        return [self._without_account(one) for one in value] if isinstance(value, list) else value


def _versions() -> dict[str, str]:
    return {name: version(name) for name in _PACKAGES}


def _measured_json(measured: tuple[str, float] | None) -> dict[str, Any] | None:
    return {"verdict": measured[0], "seconds": round(measured[1])} if measured else None


def _measured_text(measured: tuple[str, float] | None) -> str:
    return f"{measured[0]} after {measured[1]:.0f} s" if measured else "nothing"


def _cell(text: str) -> str:
    """Escape a text for a cell of a Markdown table."""
    shown = " ".join(visible(line) for line in text.splitlines())
    for character in "\\|<>`":
        shown = shown.replace(character, f"\\{character}")
    return shown
