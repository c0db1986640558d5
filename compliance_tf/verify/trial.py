"""The state of a running verification, and waiting for AWS."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from compliance_runtime.check import Compliance
from compliance_runtime.recording.table_schema import Resource
from compliance_tf.results.reader import ResultsReader
from compliance_tf.verify.app import PROJECT

if TYPE_CHECKING:
    from collections.abc import Callable

    from compliance_tf.results.place import ResultsPlace
    from compliance_tf.verify.recorder import Recorder
    from compliance_tf.verify.samples import Place, Sample

PROGRESS_SECONDS: Final = 30.0
"""Seconds between two lines of progress."""


@dataclass(frozen=True)
class Seen:
    """A verdict that was observed.

    Parameters
    ----------
    compliance
        The verdict.
    id
        The id of the resource in the result.
    seconds
        The seconds until it appeared.
    """

    compliance: Compliance
    id: str
    seconds: float


@dataclass
class Trial:
    """A running verification.

    Parameters
    ----------
    place
        The account and region of the samples.
    results
        The reader of the deployment's results.
    recorder
        The account's recorder.
    timeout_seconds
        Seconds to wait for each result of AWS; more than 0.
    poll_seconds
        Seconds between attempts; more than 0.
    say
        Prints a message about progress.
    samples
        The created samples.
    by_config, in_table
        The last verdicts of AWS Config and the table, by sample.
    """

    place: Place
    results: ResultsPlace
    recorder: Recorder
    timeout_seconds: float
    poll_seconds: float
    say: Callable[[str], None]
    samples: list[Sample] = field(default_factory=list)
    by_config: dict[Sample, Seen] = field(default_factory=dict)
    in_table: dict[Sample, Seen] = field(default_factory=dict)

    @property
    def config(self) -> Any:  # noqa: ANN401 (as the place gives it)
        """The client of AWS Config."""
        return self.place.client("config")

    @property
    def change_samples(self) -> list[Sample]:
        """The samples that AWS Config records and evaluates when they change."""
        return [sample for sample in self.samples if not sample.kind.periodic]

    def rule(self, sample: Sample) -> str:
        """Return the name of the rule that judges a sample."""
        return f"{PROJECT}-{self.place.workspace}-{sample.kind.check}"

    def wait(self, what: str, has_come: Callable[[float], bool]) -> bool:
        """Wait for a condition, and print progress every half minute.

        Parameters
        ----------
        has_come
            Takes the seconds waited so far, and returns whether the condition holds.

        Returns
        -------
        bool
            False after ``timeout_seconds``.
        """
        began, reported = time.monotonic(), 0.0
        while True:
            waited = time.monotonic() - began
            if has_come(waited):
                self.say(f"{what}: there after {waited:.0f} s.")
                return True
            if waited >= self.timeout_seconds:
                self.say(f"{what}: still not there after {waited:.0f} s.")
                return False
            if waited - reported >= PROGRESS_SECONDS:
                reported = waited
                self.say(f"{what}: waiting ({waited:.0f} s of at most {self.timeout_seconds:.0f} s) ...")
            time.sleep(self.poll_seconds)

    def look_for_verdicts(self, waited: float) -> bool:
        """Read the verdicts of the samples that do not have the expected one yet.

        An earlier verdict may be of a sample that was not configured yet.

        Returns
        -------
        bool
            Whether all are the expected ones, in AWS Config and in the table.
        """
        places = ((self.by_config, self.config_verdict), (self.in_table, self.table_verdict))
        for known, ask in places:
            for sample in self.samples:
                if sample in known and known[sample].compliance is sample.expected:
                    continue
                if seen := ask(sample, waited):
                    known[sample] = seen
        return all(
            sample in known and known[sample].compliance is sample.expected
            for known, _ in places
            for sample in self.samples
        )

    def config_verdict(self, sample: Sample, waited: float = 0.0) -> Seen | None:
        """Read AWS Config's verdict on a sample; None where it has none."""
        pages = self.config.get_paginator("get_compliance_details_by_config_rule").paginate(
            ConfigRuleName=self.rule(sample)
        )
        for page in pages:
            for result in page["EvaluationResults"]:
                qualifier = result["EvaluationResultIdentifier"]["EvaluationResultQualifier"]
                if qualifier["ResourceType"] == sample.kind.type and qualifier["ResourceId"] in sample.ids:
                    return Seen(Compliance(result["ComplianceType"]), qualifier["ResourceId"], waited)
        return None

    def table_verdict(self, sample: Sample, waited: float = 0.0) -> Seen | None:
        """Read the table's verdict on a sample; None where it has none."""
        # A new reader, because results must not come from an earlier reader's cache.
        reader = ResultsReader(self.results, self.place.client("dynamodb"))
        for id_ in sample.ids:
            for row in reader.of_resource(Resource(self.place.account, self.place.region, sample.kind.type, id_)):
                if row.result.rule_name == self.rule(sample):
                    return Seen(row.result.compliance, id_, waited)
        return None
