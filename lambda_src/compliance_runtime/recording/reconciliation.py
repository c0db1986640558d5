"""The table is compared with AWS Config, and repaired where events were lost.

AWS Config is right. A rule that is not deployed any more has no results: AWS Config tells of a rule's deletion by no
event, so those that the table has are closed here.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from compliance_runtime.check import Compliance
from compliance_runtime.errors import NotWrittenError, ReconciliationError, WaiverLookupError
from compliance_runtime.evaluation.rule_results import rule_results
from compliance_runtime.logs import REPAIRED
from compliance_runtime.notifying.outbox import is_announced
from compliance_runtime.recording.daily_counts import DailyCounts
from compliance_runtime.recording.results import Result
from compliance_runtime.recording.results_table import Resource
from compliance_runtime.recording.rule_directory import RuleEntry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from mypy_boto3_config import ConfigServiceClient

    from compliance_runtime.check import Severity
    from compliance_runtime.deployment import DeployedRule, Recipient
    from compliance_runtime.lambda_context import Place
    from compliance_runtime.logs import Log
    from compliance_runtime.recording.result_store import ResultStore
    from compliance_runtime.recording.rule_directory import RuleDirectory
    from compliance_runtime.waivers.waiver import WaiverNote
    from compliance_runtime.waivers.waiver_lookup import WaiverLookup

RESERVE = 60.0
"""Seconds that must be left to begin with another rule."""

LOOKUP_RESERVE = 30.0
"""Seconds that must be left to look up another waiver: what was compared has to be written."""


@dataclass(frozen=True)
class Counts:
    """What a comparison came to.

    Parameters
    ----------
    checked
        Results that were compared.
    written
        Those of them that were written: AWS Config, or the deployment, says something else than the table did.
    closed
        Those that were closed: AWS Config has them no more, or the rule is gone.
    repaired
        Those whose compliance was another than the table had, as their event was lost, or is still on its way.
    unsure
        Violations that kept their waiver, as it could not be looked up.
    """

    checked: int = 0
    written: int = 0
    closed: int = 0
    repaired: int = 0
    unsure: int = 0

    def __add__(self, other: Counts) -> Counts:
        """Return the counts of both."""
        return Counts(
            self.checked + other.checked,
            self.written + other.written,
            self.closed + other.closed,
            self.repaired + other.repaired,
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
    directory
        The rules in it.
    recipient
        Who is notified of new violations, if anybody.
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
    directory: RuleDirectory
    recipient: Recipient | None
    waivers: WaiverLookup
    place: Place
    log: Log
    remaining_seconds: Callable[[], float]

    def run(self) -> Counts:
        """Compare all rules, and close the results of those that are not deployed any more.

        A rule that fails does not keep the others from being compared.

        Raises
        ------
        ReconciliationError
            In the end, when some rules failed or there was no time for them; the message names them. Also when
            waivers could not be looked up: those violations have their verdict, and keep the waiver that they had. And
            when the rules could not be written: the results are, and those of rules that are gone are closed later.
        """
        problems: list[str] = []
        gone: list[str] = []
        try:
            gone = self._update_directory()
        except (self.config.exceptions.ClientError, NotWrittenError) as cause:
            problems.append(f"The table does not have the rules of this deployment: {cause}")
        names = [*self.rules, *gone]
        counts = Counts()
        left: list[str] = []
        # In another order every time, so that no rule is always the one for which there is no time.
        for name in random.sample(names, len(names)):
            if self.remaining_seconds() < RESERVE:
                left.append(name)
                continue
            try:
                rule_counts = self._compare(name, self.rules[name]) if name in self.rules else self._close_rule(name)
            except (self.config.exceptions.ClientError, NotWrittenError) as cause:
                self.log.warning("Rule not compared", rule=name, reason=str(cause))
                left.append(name)
                continue
            self.log.info("Rule compared", rule=name, **vars(rule_counts))
            counts += rule_counts
        self.log.counted("Reconciled", REPAIRED, counts.repaired, notCompared=len(left), **vars(counts))
        if left:
            problems.append(f"{len(left)} of {len(names)} rules were not compared: {', '.join(sorted(left))}.")
        if counts.unsure:
            problems.append(f"The waivers of {counts.unsure} violations could not be looked up: see the log.")
        if problems:
            raise ReconciliationError(" ".join(problems))
        return counts

    def _update_directory(self) -> list[str]:
        """Write the rules that the table does not have as they are deployed, and list those that are gone."""
        deployed = {name: RuleEntry.of(name, rule) for name, rule in self.rules.items()}
        known = self.directory.read()
        changed = [entry for name, entry in deployed.items() if known.get(name) != entry]
        self.directory.write(changed, deployed.values())
        return sorted(known.keys() - deployed.keys())

    def _compare(self, name: str, rule: DeployedRule) -> Counts:
        # What is recorded while AWS Config answers is later than this, so closing cannot undo it.
        started = datetime.now(UTC)
        reported = {result.resource: result for result in self._reported(name, rule.severity)}
        known = {result.resource: result for result in self.store.of_rule(name)}
        unsure = self._add_waivers(reported, known)
        counts = Counts(checked=len(reported | known), unsure=unsure)
        for key, new in reported.items():
            counts += self._write(known.get(key), new, started)
        for key, old in known.items():
            if key not in reported:
                closed = self.store.write(_closed(old, started))
                counts += Counts(closed=closed, repaired=closed)
        self.store.write_counts(_daily_counts(name, rule, list(reported.values()), started))
        return counts

    def _write(self, known: Result | None, reported: Result, started: datetime) -> Counts:
        before = known.compliance if known else None
        if known is not None and before is reported.compliance:
            reported = replace(reported, since=known.since)
        # The time alone is no difference: AWS Config records the same result again at every evaluation.
        if known is not None and replace(known, time=reported.time) == reported:
            return Counts()
        announce = is_announced(reported, before, self.recipient, started)
        written = self.store.write(reported, announce=announce, listed=started)
        return Counts(written=written, repaired=written and before is not reported.compliance)

    def _close_rule(self, name: str) -> Counts:
        """Close the results of a rule that is not deployed any more, and then forget the rule."""
        started = datetime.now(UTC)
        known = list(self.store.of_rule(name))
        closed = [self.store.write(_closed(old, started)) for old in known]
        # A result that came meanwhile is closed the next time.
        if all(closed):
            self.directory.remove(name)
        return Counts(checked=len(known), closed=sum(closed))

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
                recorded = entry["ResultRecordedTime"].astimezone(UTC)
                yield Result(
                    resource=Resource(
                        self.place.account, self.place.region, qualifier["ResourceType"], qualifier["ResourceId"]
                    ),
                    rule_name=name,
                    severity=severity,
                    compliance=Compliance(entry["ComplianceType"]),
                    annotation=entry.get("Annotation"),
                    time=recorded,
                    since=recorded,
                )
        except self.config.exceptions.NoSuchConfigRuleException:
            self.log.warning("AWS Config does not know a rule of this deployment", rule=name)


def _closed(result: Result, at: datetime) -> Result:
    return replace(result, compliance=Compliance.NOT_APPLICABLE, annotation=None, time=at, since=at, waiver=None)


def _daily_counts(name: str, rule: DeployedRule, reported: Sequence[Result], at: datetime) -> DailyCounts:
    violations = [result for result in reported if result.compliance is Compliance.NON_COMPLIANT]
    waived = sum(result.is_waived(at) for result in violations)
    return DailyCounts(
        day=at.date(),
        rule_name=name,
        severity=rule.severity,
        packs=tuple(sorted(rule.packs)),
        compliant=len(reported) - len(violations),
        non_compliant=len(violations) - waived,
        waived=waived,
        compared_at=at,
    )
