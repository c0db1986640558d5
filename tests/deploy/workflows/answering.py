"""A ``compliance-tf`` with prepared answers, or with a prepared plan, for what a job makes of each.

What it answers is tested elsewhere: a real plan and its review take 15 seconds of CPU, of which none is the job's own.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from compliance_tf.preflight.account import Caller
from compliance_tf.preflight.findings import Finding, Verdict
from compliance_tf.preflight.report import Report
from compliance_tf.review.rendering.json_form import as_json
from tests.unit.review.sample_reviews import no_changes

if TYPE_CHECKING:
    from pathlib import Path

    from compliance_tf.cli.exit_codes import ExitCode
    from tests.unit.review.builders import PlanJson

_PROGRAM = """#!/bin/sh
echo "$@" >>"{folder}/calls"
case "$*" in
  preflight*) cat "{folder}/preflight.json" ;;
  review*--output*)
    mkdir reviews
    echo "a review" | tee reviews/dev.txt >reviews/dev.md
    cp "{folder}/reviews.json" reviews/dev.json
    exit {code} ;;
  review*) exit {code} ;;
esac
"""


_PROGRAM_WITH_A_PLAN = """#!/bin/sh
echo "$TF_CLI_ARGS_plan $@" >>"{folder}/calls"
case "$1" in
  plan) ;;
  review) exec {program} "$@" "{folder}/plan.json" ;;
  *) exec {program} "$@" ;;
esac
"""


@dataclass(frozen=True)
class Answers:
    """The answers of the commands.

    Parameters
    ----------
    code
        The exit code of a review.
    is_empty
        Whether the plan has no changes.
    may_go_ahead
        Whether the account is ready.
    """

    code: ExitCode
    is_empty: bool = False
    may_go_ahead: bool = True

    def install(self, folder: Path) -> Program:
        """Write the program into a folder for the PATH."""
        finding = Finding("eu-west-1", "Recorder", Verdict.FAIL, "There is none.", "Turn it on.")
        report = Report(Caller("111122223333", "arn"), ("dev",), () if self.may_go_ahead else (finding,))
        (folder / "preflight.json").write_text(report.to_json())
        (folder / "reviews.json").write_text(as_json([replace(no_changes(), is_empty=self.is_empty)], None))
        return Program.write(folder, _PROGRAM.format(folder=folder, code=int(self.code)))


def install_with_plan(folder: Path, plan: PlanJson) -> Program:
    """Write the real program, but with a plan that Terraform has shown already, into a folder for the PATH."""
    (folder / "plan.json").write_text(json.dumps(plan))
    return Program.write(folder, _PROGRAM_WITH_A_PLAN.format(folder=folder, program=shutil.which("compliance-tf")))


@dataclass(frozen=True)
class Program:
    """The installed program."""

    folder: Path

    @classmethod
    def write(cls, folder: Path, text: str) -> Program:
        """Write it."""
        (folder / "calls").touch()
        program = folder / "compliance-tf"
        program.write_text(text)
        program.chmod(0o755)
        return cls(folder)

    @property
    def calls(self) -> list[str]:
        """The arguments of each call."""
        return (self.folder / "calls").read_text().splitlines()
