"""The table is compared with AWS Config, and repaired where events were lost.

AWS Config is right. A rule that is not deployed any more has no results.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from lambda_src.check import Compliance, Severity
from lambda_src.errors import ReconciliationError, WaiverLookupError
from lambda_src.results import Result
from lambda_src.results_table import Resource
from lambda_src.rule_results import rule_results

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from mypy_boto3_config import ConfigServiceClient

    from lambda_src.deployment import DeployedRule
    from lambda_src.lambda_context import Place
    from lambda_src.logs import Log
    from lambda_src.result_store import ResultStore
    from lambda_src.waiver_lookup import WaiverLookup
    from lambda_src.waivers import WaiverNote

RESERVE = 60.0
"""Seconds that must be left to begin with another rule."""

LOOKUP_RESERVE = 30.0
"""Seconds that must be left to look up another waiver: what was compared has to be written."""


@dataclass(frozen=True)
class Counts:
    """Results that were compared, and those of them that were written, closed, or kept an unsure waiver."""

    checked: int = 0
    written: int = 0
    closed: int = 0
    unsure: int = 0

    def __add__(self, other: Counts) -> Counts:
        """Return the counts of both."""
        return Counts(
            self.checked + other.checked,
            self.written + other.written,
            self.closed + other.closed,
            self.unsure + other.unsure,
        )


@dataclass(frozen=True)
class Reconciliation:
    """One comparison of the table with AWS Config.

    Parameters
    ----------
    rules
        The deployed rules by their whole name.
    config
        The client of AWS Config.
    store
        The results table.
    waivers
        Finds the waivers of violations.
    place
        The account and region of the rules.
    log
        Where the counts of each rule go.
    remaining_seconds
        How long the function may still run.
    """

    rules: Mapping[str, DeployedRule]
    config: ConfigServiceClient
    store: ResultStore
    waivers: WaiverLookup
    place: Place
    log: Log
    remaining_seconds: Callable[[], float]

    def run(self) -> Counts:
        """Compare all rules.

        A rule that fails does not keep the others from being compared.

        Raises
        ------
        ReconciliationError
            In the end, when some rules failed or there was no time for them; the message names them. Also when
            waivers could not be looked up: those violations have their verdict, and keep the waiver that they had.
        """
        counts = self._close_removed()
        left: list[str] = []
        # In another order every time, so that no rule is always the one for which there is no time.
        for name in random.sample(list(self.rules), len(self.rules)):
            if self.remaining_seconds() < RESERVE:
                left.append(name)
                continue
            try:
                rule_counts = self._compare(name, self.rules[name].severity)
            except self.config.exceptions.ClientError as cause:
                self.log.warning("Rule not compared", rule=name, reason=str(cause))
                left.append(name)
                continue
            self.log.info("Rule compared", rule=name, **vars(rule_counts))
            counts += rule_counts
        self.log.info("Reconciled", notCompared=len(left), **vars(counts))
        if left:
            raise ReconciliationError(
                f"{len(left)} of {len(self.rules)} rules were not compared: {', '.join(sorted(left))}."
            )
        if counts.unsure:
            raise ReconciliationError(f"The waivers of {counts.unsure} violations could not be looked up: see the log.")
        return counts

    def _compare(self, name: str, severity: Severity) -> Counts:
        # What is recorded while AWS Config answers is later than this, so closing cannot undo it.
        started = datetime.now(UTC)
        reported = {result.resource: result for result in self._reported(name, severity)}
        known = {result.resource: result for result in self.store.of_rule(name)}
        unsure = self._add_waivers(reported, known)
        written = [self.store.write(new) for key, new in reported.items() if _differs(known.get(key), new)]
        closed = [self.store.write(_closed(old, started)) for key, old in known.items() if key not in reported]
        return Counts(checked=len(reported | known), written=sum(written), closed=sum(closed), unsure=unsure)

    def _add_waivers(self, reported: dict[Resource, Result], known: Mapping[Resource, Result]) -> int:
        """Add the waivers to what AWS Config reports of a rule, and count those that are not sure.

        Where one cannot be looked up the violation keeps the one that the table has.
        """
        unsure = 0
        for key, new in reported.items():
            if new.compliance is not Compliance.NON_COMPLIANT:
                continue
            try:
                waiver = self._waiver(new)
            except WaiverLookupError as cause:
                if not unsure:
                    self.log.warning("Waiver not looked up", rule=new.rule_name, reason=str(cause))
                unsure += 1
                waiver = known[key].waiver if key in known else None
            reported[key] = replace(new, waiver=waiver)
        return unsure

    def _waiver(self, violation: Result) -> WaiverNote | None:
        if self.remaining_seconds() < LOOKUP_RESERVE:
            raise WaiverLookupError("There was no time left for it.")
        return self.waivers.note(violation)

    def _reported(self, name: str, severity: Severity) -> Iterator[Result]:
        try:
            for entry in rule_results(self.config, name):
                qualifier = entry["EvaluationResultIdentifier"]["EvaluationResultQualifier"]
                yield Result(
                    resource=Resource(
                        self.place.account, self.place.region, qualifier["ResourceType"], qualifier["ResourceId"]
                    ),
                    rule_name=name,
                    severity=severity,
                    compliance=Compliance(entry["ComplianceType"]),
                    annotation=entry.get("Annotation"),
                    time=entry["ResultRecordedTime"].astimezone(UTC),
                )
        except self.config.exceptions.NoSuchConfigRuleException:
            self.log.warning("AWS Config does not know a rule of this deployment", rule=name)

    def _close_removed(self) -> Counts:
        """Close the violations of rules that are not deployed any more: nothing else would ever touch them."""
        started = datetime.now(UTC)
        removed = [
            result
            for severity in Severity
            for result in self.store.violations(severity)
            if result.rule_name not in self.rules
        ]
        closed = [self.store.write(_closed(result, started)) for result in removed]
        return Counts(checked=len(removed), closed=sum(closed))


def _differs(known: Result | None, reported: Result) -> bool:
    # The time alone is no difference: AWS Config records the same result again at every evaluation.
    return known is None or replace(known, time=reported.time) != reported


def _closed(result: Result, at: datetime) -> Result:
    return replace(result, compliance=Compliance.NOT_APPLICABLE, annotation=None, time=at, waiver=None)
