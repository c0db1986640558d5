"""The verification: deploys, creates samples, waits, runs probes, and cleans up in any case."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from compliance_tf.errors import CommandError, ComplianceError, InterruptedCommandError
from compliance_tf.lifecycle.commands import Project
from compliance_tf.results.place import ResultsPlace
from compliance_tf.terraform.programs import Programs
from compliance_tf.verify import probes
from compliance_tf.verify.app import PROJECT, write_app
from compliance_tf.verify.outcome import Outcome, Verdict
from compliance_tf.verify.report import Measured, Report
from compliance_tf.verify.samples import BAD, BUCKET, GOOD, KINDS, Kind, MissingPrerequisiteError, Place, Sample
from compliance_tf.verify.trial import Trial

if TYPE_CHECKING:
    from collections.abc import Callable
    from signal import Signals

    from compliance_tf.lifecycle.person import Person
    from compliance_tf.terraform.machine import Machine
    from compliance_tf.verify.recorder import Recorder
    from compliance_tf.verify.trial import Seen

QUALITIES: Final = (GOOD, BAD)

_AWS_ERRORS: Final = (BotoCoreError, ClientError, ComplianceError)


@dataclass
class Verification:
    """A verification of one account and region.

    Parameters
    ----------
    machine
        What Terraform runs on.
    person
        The person who started it; Terraform's plans were approved with the initial confirmation.
    place
        The account and region of the samples.
    recorder
        The account's recorder.
    timeout_seconds
        Seconds to wait for each result of AWS; more than 0.
    poll_seconds
        Seconds between attempts; more than 0.
    permissions_boundary
        The ARN of the roles' permissions boundary, if the account requires one.
    """

    machine: Machine
    person: Person
    place: Place
    recorder: Recorder
    timeout_seconds: float
    poll_seconds: float = 5.0
    permissions_boundary: str | None = None
    _outcomes: dict[str, Outcome] = field(default_factory=dict, init=False)
    _skipped: list[str] = field(default_factory=list, init=False)
    _made: list[Kind] = field(default_factory=list, init=False)

    def run(self) -> Report:
        """Verify, clean up, and report; a failure or a signal is part of the report.

        Returns
        -------
        Report
            What was observed, what failed, and what could not be removed.

        Raises
        ------
        InterruptedCommandError
            When a second signal interrupts the cleaning up.
        """
        began = datetime.now(UTC)
        trial = self._trial()
        failure: str | None = None
        interrupted_by: Signals | None = None
        folder = Path(tempfile.mkdtemp(prefix="compliance-tf-verify-"))
        programs = Programs({}, say=self.person.say, show=self.person.say)
        with programs.interruptible():
            try:
                self._verify(trial, folder)
            except InterruptedCommandError as cause:
                interrupted_by = cause.signal
                failure = f"Interrupted by {cause.signal.name}."
                self.person.say(f"{failure} Cleaning up; interrupt again to end that, too.")
            except _AWS_ERRORS as cause:
                failure = str(cause)
                self.person.say(f"It ends early: {cause}")
            left = self._clean_up(folder)
        return Report(
            account=self.place.account,
            region=self.place.region,
            workspace=self.place.workspace,
            began=began,
            ended=datetime.now(UTC),
            outcomes=self._outcomes,
            measured=[_measured(trial, sample) for sample in trial.samples],
            skipped=self._skipped,
            failure=failure,
            left=left,
            interrupted_by=interrupted_by,
        )

    def clean_up(self) -> list[str]:
        """Remove the leftovers of a killed verification; return what could not be removed."""
        folder = Path(tempfile.mkdtemp(prefix="compliance-tf-verify-"))
        with Programs({}, say=self.person.say, show=self.person.say).interruptible():
            self._write_app(folder, self.kinds(), by_cloud_control=True)
            # The new folder's state is empty, so all existing resources are outside of it.
            failed = self._try(lambda: self._project(folder).recover(removes=True), "the deployment")
            return [*failed, *self._clean_up(folder)]

    def kinds(self) -> list[Kind]:
        """List the kinds that the recorder will record within minutes, and note why others are left out."""
        against = {kind: self.recorder.reason_against(kind.type, self.place.region) for kind in KINDS}
        self._skipped = [f"{kind.type}: {reason}" for kind, reason in against.items() if reason and not kind.periodic]
        return [kind for kind, reason in against.items() if kind.periodic or not reason]

    def _verify(self, trial: Trial, folder: Path) -> None:
        by_cloud_control = self._ask("recorder_by_cloud_control", trial)
        made = self._make_samples(trial)
        self._write_app(folder, made, by_cloud_control=by_cloud_control.verdict is Verdict.HOLDS)
        self.person.say(f"Deploying {len(made)} rules as {PROJECT}-{self.place.workspace} ...")
        self._project(folder).deploy()
        trial.wait(f"The verdicts of {len(trial.samples)} samples", trial.look_for_verdicts)
        for name in probes.PROBES:
            if name not in self._outcomes:
                self._ask(name, trial)
        bad_bucket = next((one for one in trial.samples if one.kind is BUCKET and one.quality == BAD), None)
        if bad_bucket:
            BUCKET.fix(self.place, BAD)
            self._note(probes.NEWER_WINS, probes.ask(lambda one: probes.newer_verdict_wins(one, bad_bucket), trial))
        self._remove_samples()
        self._note(probes.REMOVAL_CLOSES, probes.ask(probes.removal_closes_results, trial))

    def _make_samples(self, trial: Trial) -> list[Kind]:
        kinds = self.kinds()
        # Leftovers of an earlier one have the same names.
        for kind in kinds:
            for quality in QUALITIES:
                kind.remove(self.place, quality)
        for kind in kinds:
            self.person.say(f"Making a good and a bad {kind.type} ...")
            try:
                trial.samples += [kind.make(self.place, quality) for quality in QUALITIES]
                self._made.append(kind)
            except MissingPrerequisiteError as cause:
                self._skipped.append(f"{kind.type}: {cause}")
        return self._made

    def _ask(self, name: str, trial: Trial) -> Outcome:
        outcome = probes.ask(probes.PROBES[name], trial)
        self._note(name, outcome)
        return outcome

    def _note(self, name: str, outcome: Outcome) -> None:
        self._outcomes[name] = outcome
        self.person.say(f"{name}: {outcome.verdict.value}. {outcome.seen}")

    def _remove_samples(self) -> list[str]:
        """Remove the samples, and return what could not be removed."""
        return [
            failed
            for kind in KINDS
            for quality in QUALITIES
            for failed in self._try(
                lambda kind=kind, quality=quality: kind.remove(self.place, quality),  # type: ignore[misc]
                f"{kind.type} {kind.name(self.place, quality)}",
            )
        ]

    def _clean_up(self, folder: Path) -> list[str]:
        self.person.say("Removing the samples and the deployment ...")
        left: list[str] = []
        try:
            left += self._remove_samples()
            left += self._destroy(folder)
        except InterruptedCommandError as cause:
            left.append(f"Possibly everything, because cleaning up was interrupted: {cause}")
        if not left:
            shutil.rmtree(folder)
            return []
        again = f"compliance-tf verify --clean-up -w {self.place.workspace} --region {self.place.region}"
        return [*left, f"Remove it with: {again}. The state of the deployment is in {folder}."]

    def _destroy(self, folder: Path) -> list[str]:
        if not (folder / "main.py").exists():
            return []
        project = self._project(folder)
        if not self._try(project.destroy, "the deployment"):
            return []
        # Resources that a killed Terraform created are in no state.
        self._try(lambda: project.recover(removes=True), "the deployment")
        return self._try(project.destroy, "the deployment")

    def _try(self, remove: Callable[[], Any], what: str) -> list[str]:
        try:
            remove()
        except InterruptedCommandError:
            raise
        except _AWS_ERRORS as cause:
            return [f"{what}: {cause}"]
        return []

    def _write_app(self, folder: Path, kinds: list[Kind], *, by_cloud_control: bool) -> None:
        write_app(
            folder,
            kinds,
            region=self.place.region,
            workspace=self.place.workspace,
            recorder=self.recorder.name,
            by_cloud_control=by_cloud_control,
            permissions_boundary=self.permissions_boundary,
        )

    def _project(self, folder: Path) -> Project:
        # Terraform's output is not shown: a failure is in the error.
        person = replace(self.person, show=lambda _: None, approves=True)
        return Project(replace(self.machine, working_folder=folder), folder, self.place.workspace, person)

    def _trial(self) -> Trial:
        name = f"{PROJECT}-{self.place.workspace}-results"
        results = ResultsPlace(PROJECT, self.place.workspace, self.place.region, name)
        return Trial(self.place, results, self.recorder, self.timeout_seconds, self.poll_seconds, self.person.say)


def log_groups(place: Place) -> int:
    """Count the log groups of the region, all of which the rule of log groups evaluates.

    Returns
    -------
    int
        Their number, 0 for none.

    Raises
    ------
    CommandError
        When they cannot be listed.
    """
    try:
        pages = place.client("logs").get_paginator("describe_log_groups").paginate()
        return sum(len(page["logGroups"]) for page in pages)
    except (BotoCoreError, ClientError) as cause:
        raise CommandError(f"The log groups, on which the cost depends, cannot be counted: {cause}.") from cause


def _measured(trial: Trial, sample: Sample) -> Measured:
    def pair(seen: Seen | None) -> tuple[str, float] | None:
        return (seen.compliance.value, seen.seconds) if seen else None

    by_config, in_table = trial.by_config.get(sample), trial.in_table.get(sample)
    return Measured(str(sample), sample.expected.value, pair(by_config), pair(in_table))
