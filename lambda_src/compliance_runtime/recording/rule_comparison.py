"""The comparison of one rule's results in the table with those of AWS Config, and their repair.

AWS Config guarantees neither an order of results, nor consistent pages when something changes between two calls: a
result may be listed twice, or be missing. So each page is compared on its own, and a result of the table that is
missing in a complete listing is closed only if it is missing in a second one as well.
https://docs.aws.amazon.com/config/latest/APIReference/API_GetComplianceDetailsByConfigRule.html
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from compliance_runtime.check import Compliance
from compliance_runtime.errors import WaiverLookupError
from compliance_runtime.notifying.outbox import is_announced
from compliance_runtime.recording.counts import Counts
from compliance_runtime.recording.daily_counts import DailyCounts
from compliance_runtime.recording.known_results import KnownResults
from compliance_runtime.recording.progress import Listing
from compliance_runtime.recording.results import Result
from compliance_runtime.recording.table_schema import Resource

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from mypy_boto3_config import ConfigServiceClient
    from mypy_boto3_config.type_defs import (
        EvaluationResultTypeDef,
        GetComplianceDetailsByConfigRuleRequestTypeDef,
    )

    from compliance_runtime.deployment import DeployedRule, Recipient
    from compliance_runtime.lambda_context import Place
    from compliance_runtime.logs import Log
    from compliance_runtime.recording.result_store import ResultStore
    from compliance_runtime.recording.rule_directory import RuleDirectory
    from compliance_runtime.waivers.waiver_lookup import WaiverLookup

PAGE_SIZE = 100
"""Maximum results of one call."""

RESERVE = 60.0
"""Seconds that must be left to begin another page: compared results have to be written."""

CHECKPOINT_SECONDS = 30.0
"""Seconds between checkpoints, which limits the lost work when the function is killed."""


@dataclass(frozen=True)
class ComparisonContext:
    """The two sides of a comparison, with their dependencies.

    Parameters
    ----------
    config
        The client of AWS Config.
    store
        The results table.
    recipient
        The recipient of notifications; None for none.
    waivers
        The lookup of waivers.
    place
        The account and region of the rules.
    log
        The log.
    remaining_seconds
        Returns the seconds until the function is ended.
    """

    config: ConfigServiceClient
    store: ResultStore
    recipient: Recipient | None
    waivers: WaiverLookup
    place: Place
    log: Log
    remaining_seconds: Callable[[], float]

    @property
    def is_time_up(self) -> bool:
        """Return whether it is too late to begin anything."""
        return self.remaining_seconds() < RESERVE


class RuleComparison:
    """The comparison of one rule, which may take several invocations.

    Parameters
    ----------
    name
        The full name of the Config rule.
    rule
        The rule, as it is deployed.
    run
        The comparison of all rules that it is a part of.
    listing
        The progress of an earlier invocation; None for none.
    checkpoint
        Saves the progress of this one.
    """

    def __init__(
        self,
        sides: ComparisonContext,
        name: str,
        rule: DeployedRule,
        *,
        run: str,
        listing: Listing | None,
        checkpoint: Callable[[Listing], None],
    ) -> None:
        self._sides = sides
        self._salt = f"{run}#{name}"
        self._name = name
        self._rule = rule
        # Results that are recorded during the listing are later than this, so closing cannot undo them.
        self._listing = listing or Listing(name, datetime.now(UTC))
        self._checkpoint = checkpoint
        self._tally = replace(self._listing.tally)
        self.counts = Counts()

    def run(self) -> Listing | None:
        """Compare, and add to ``counts``.

        Returns
        -------
        Listing | None
            The progress when the time is up; None when the rule is compared.

        Raises
        ------
        NotWrittenError
            When DynamoDB did not return all results.
        Exception
            Any error of boto3.
        """
        known = KnownResults(self._sides.store.texts_of_rule(self._name), self._salt)
        known.restore(self._listing.keys)
        if not self._list(known):
            return self._now(known)
        if known.unlisted and not self._listing.again:
            # Its pages may have been inconsistent.
            self._listing = replace(self._listing, again=True, token=None)
            if not self._list(known):
                return self._now(known)
        if known.unlisted and not self._close(known):
            return self._now(known)
        self._sides.store.write_counts(self._daily_counts())
        return None

    def _now(self, known: KnownResults) -> Listing:
        return replace(self._listing, tally=replace(self._tally), keys=known.listed_keys())

    def _list(self, known: KnownResults) -> bool:
        """Compare page after page; False when the time is up before the end."""
        saved = time.monotonic()
        for page, following in self._pages():
            if not self._compare(page, known):
                return False
            self._listing = replace(self._listing, token=following)
            if following is None:
                break
            if self._sides.is_time_up:
                return False
            if time.monotonic() - saved > CHECKPOINT_SECONDS:
                self._checkpoint(self._now(known))
                saved = time.monotonic()
        return True

    def _pages(self) -> Iterator[tuple[Sequence[EvaluationResultTypeDef], str | None]]:
        """Read page by page, each with the token of the next: one may be empty without being the last."""
        config, token = self._sides.config, self._listing.token
        resumed = token is not None
        while True:
            asked: GetComplianceDetailsByConfigRuleRequestTypeDef = {
                "ConfigRuleName": self._name,
                "ComplianceTypes": ["COMPLIANT", "NON_COMPLIANT"],
                "Limit": PAGE_SIZE,
            }
            try:
                answer = config.get_compliance_details_by_config_rule(**asked | ({"NextToken": token} if token else {}))
            except config.exceptions.NoSuchConfigRuleException:
                self._sides.log.warning("AWS Config does not know a rule of this deployment", rule=self._name)
                return
            except config.exceptions.InvalidNextTokenException:
                # The validity of a token is not documented. Listed results stay listed.
                if not resumed:
                    raise
                self._sides.log.warning("Listed from the beginning again", rule=self._name)
                token, resumed = None, False
                continue
            resumed = False
            token = answer.get("NextToken") or None
            yield answer["EvaluationResults"], token
            if token is None:
                return

    def _compare(self, page: Sequence[EvaluationResultTypeDef], known: KnownResults) -> bool:
        """Compare and repair; False, with nothing noted, when there is no time for it."""
        # Of a resource that is twice in a page, the last result counts.
        reported = {result.resource: result for entry in page if (result := self._reported(entry))}
        unsure = self._add_waivers(reported)
        if unsure is None:
            return False
        self._keep_unknown(page, known)
        other: list[Result] = []
        checked = 0
        for resource, result in reported.items():
            first, same = known.list(result)
            if first:
                checked += 1
                self._count(result)
            if not same or resource in unsure:
                other.append(result)
        self.counts += Counts(checked=checked)
        if other:
            present = self._sides.store.present(other)
            for result in other:
                before = present.get(result.resource)
                if result.resource in unsure and before:
                    result = replace(result, waiver=before.waiver)  # noqa: PLW2901 it stays what it was
                self.counts += self._write(before, result)
        return True

    def _add_waivers(self, reported: dict[Resource, Result]) -> set[Resource] | None:
        """Add the waivers, and return the resources with unsure waivers; None when there is no time for it."""
        if not self._has_time():
            return None
        notes = self._sides.waivers.notes(list(reported.values()), self._has_time)
        unsure = set()
        for (resource, result), note in zip(reported.items(), notes, strict=True):
            if isinstance(note, WaiverLookupError):
                unsure.add(resource)
                reason = str(note)
            elif note:
                reported[resource] = replace(result, waiver=note)
        if unsure and not self._has_time():
            return None
        if unsure:
            if not self.counts.unsure:
                self._sides.log.warning("Waiver not looked up", rule=self._name, reason=reason)
            self.counts += Counts(unsure=len(unsure))
        return unsure

    def _has_time(self) -> bool:
        return self._sides.remaining_seconds() >= RESERVE / 2

    def _write(self, known: Result | None, reported: Result) -> Counts:
        before = known.compliance if known else None
        if known is not None and before is reported.compliance:
            reported = replace(reported, since=known.since)
        # The time alone is not a difference: AWS Config records the same result again at every evaluation.
        if known is not None and replace(known, time=reported.time) == reported:
            return Counts()
        started = self._listing.started
        announce = is_announced(reported, before, self._sides.recipient, started)
        written = self._sides.store.write(reported, announce=announce, listed=started)
        return Counts(written=written, repaired=written and before is not reported.compliance)

    def _close(self, known: KnownResults) -> bool:
        """Close what both listings lack; False when the time is up before the end."""
        for result in self._sides.store.of_rule(self._name):
            if known.is_listed(result.resource):
                continue
            if self._sides.is_time_up:
                return False
            closed = self._sides.store.write(result.closed(self._listing.started))
            self.counts += Counts(checked=1, closed=closed, repaired=closed)
        return True

    def _keep_unknown(self, page: Sequence[EvaluationResultTypeDef], known: KnownResults) -> None:
        """Keep the results with an unknown compliance type: they are neither written nor closed."""
        unknown = {
            self._resource(entry): entry["ComplianceType"]
            for entry in page
            if Compliance.read(entry["ComplianceType"]) is None
        }
        for resource, word in unknown.items():
            if known.keep(resource):
                if not self.counts.unknown:
                    self._sides.log.warning("Unknown compliance", rule=self._name, compliance=f"{word:.80}")
                self.counts += Counts(checked=1, unknown=1)

    def _resource(self, entry: EvaluationResultTypeDef) -> Resource:
        qualifier = entry["EvaluationResultIdentifier"]["EvaluationResultQualifier"]
        place = self._sides.place
        return Resource(place.account, place.region, qualifier["ResourceType"], qualifier["ResourceId"])

    def _reported(self, entry: EvaluationResultTypeDef) -> Result | None:
        compliance = Compliance.read(entry["ComplianceType"])
        if compliance is None:
            return None
        recorded = entry["ResultRecordedTime"].astimezone(UTC)
        return Result(
            resource=self._resource(entry),
            rule_name=self._name,
            severity=self._rule.severity,
            compliance=compliance,
            annotation=entry.get("Annotation"),
            time=recorded,
            since=recorded,
        )

    def _count(self, result: Result) -> None:
        if result.compliance is not Compliance.NON_COMPLIANT:
            self._tally.compliant += 1
        elif result.is_waived(self._listing.started):
            self._tally.waived += 1
        else:
            self._tally.non_compliant += 1

    def _daily_counts(self) -> DailyCounts:
        at = self._listing.started
        return DailyCounts(
            day=at.date(),
            rule_name=self._name,
            severity=self._rule.severity,
            packs=tuple(sorted(self._rule.packs)),
            **vars(self._tally),
            compared_at=at,
        )


class RuleRemoval:
    """The closing of the results of a removed rule, after which the rule is removed from the directory.

    Parameters
    ----------
    directory
        The rules in the table.
    name
        The full name that the Config rule had.
    """

    def __init__(self, sides: ComparisonContext, directory: RuleDirectory, name: str) -> None:
        self._sides = sides
        self._directory = directory
        self._name = name
        self.counts = Counts()

    def run(self) -> Listing | None:
        """Close, and add to ``counts``.

        Returns
        -------
        Listing | None
            The progress when the time is up; None when it is done.

        Raises
        ------
        NotWrittenError
            When DynamoDB did not execute the removal.
        Exception
            Any error of boto3.
        """
        started = datetime.now(UTC)
        for result in self._sides.store.of_rule(self._name):
            if self._sides.is_time_up:
                return Listing(self._name, started)
            self.counts += Counts(checked=1, closed=self._sides.store.write(result.closed(started)))
        # A result that arrived meanwhile is closed the next time.
        if self.counts.closed == self.counts.checked:
            self._directory.remove(self._name)
        return None
