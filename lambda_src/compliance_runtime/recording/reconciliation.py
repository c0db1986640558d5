"""Reconciliation: the table is compared with AWS Config, and repaired where events were lost.

AWS Config is right. A rule that is not deployed any more has no results: AWS Config sends no event for the deletion of
a rule, so the table's results of it are closed here.

It takes as many invocations as it needs. The remaining work of an invocation that runs out of time or is killed is in
the table, and the next invocation continues it: AWS Lambda's own retry, which has the same request id, the hourly one,
or the next that starts from the beginning.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, TypeGuard

from botocore.exceptions import BotoCoreError, ClientError

from compliance_runtime.errors import NotWrittenError, ReconciliationError, ReplacedError
from compliance_runtime.logs import REPAIRED
from compliance_runtime.recording.counts import Counts
from compliance_runtime.recording.progress import Progress
from compliance_runtime.recording.rule_comparison import CHECKPOINT_SECONDS, RuleComparison, RuleRemoval
from compliance_runtime.recording.rule_directory import RuleEntry

if TYPE_CHECKING:
    from collections.abc import Mapping

    from compliance_runtime.deployment import DeployedRule
    from compliance_runtime.recording.progress import Listing, ProgressStore
    from compliance_runtime.recording.rule_comparison import ComparisonContext
    from compliance_runtime.recording.rule_directory import RuleDirectory

LONGEST_INVOCATION = timedelta(minutes=15)
"""Lambda's maximum timeout: an invocation without a sign of life for longer was killed."""

SETTLED = timedelta(minutes=30)
"""The time between a change of the deployment and its reconciliation: before, AWS Config is still evaluating."""


@dataclass(frozen=True)
class Reconciliation:
    """The reconciliation of all rules with AWS Config.

    Parameters
    ----------
    sides
        The two sides of the comparison.
    rules
        The deployed rules by their full name.
    directory
        The rules in the table.
    progress
        The store of the progress.
    invocation
        The id of the request, which is the same when AWS Lambda retries.
    """

    sides: ComparisonContext
    rules: Mapping[str, DeployedRule]
    directory: RuleDirectory
    progress: ProgressStore
    invocation: str

    def begin(self) -> Counts:
        """Compare all rules, the remaining ones of an earlier run first.

        Returns
        -------
        Counts
            The counts of this invocation: of all rules, or of some where its time was up.

        Raises
        ------
        ReconciliationError
            At the end, when some rules failed; the message names them. Also when waivers could not be looked up: those
            violations have their verdict, and keep their waiver. And when the rules could not be written: the results
            are, and those of removed rules are closed later.
        """
        before = self.progress.read()
        try:
            return self._retry(before) if self._is_retry(before) else self._begin(before, force=True)
        except ReplacedError:
            return self._replaced()

    def resume(self) -> Counts:
        """Continue with the remaining rules, or with all rules some time after a deployment, or do nothing.

        Returns
        -------
        Counts
            The counts of this invocation; all 0 where there was nothing to do.

        Raises
        ------
        ReconciliationError
            As :meth:`begin` does.
        """
        before = self.progress.read()
        try:
            if self._is_retry(before):
                return self._retry(before)
            if before and before.running and not _is_silent(before):
                return self._replaced()
            if before and before.left:
                return self._go_on(self._taken_over(before))
            if self._is_settled() and not (before and before.deployment == self._deployment):
                return self._begin(before, force=False)
        except ReplacedError:
            return self._replaced()
        self.sides.log.info("Nothing is left to compare")
        return Counts()

    def _replaced(self) -> Counts:
        self.sides.log.info("Another invocation compares")
        return Counts()

    @property
    def _deployment(self) -> str:
        return self.directory.digest(self._entries.values())

    @property
    def _entries(self) -> dict[str, RuleEntry]:
        return {name: RuleEntry.of(name, rule) for name, rule in self.rules.items()}

    def _is_settled(self) -> bool:
        since = self.directory.since(self._entries.values())
        if since is None:
            self.directory.write_once(self._entries.values())
        return since is not None and datetime.now(UTC) - since >= SETTLED

    def _is_retry(self, before: Progress | None) -> TypeGuard[Progress]:
        return before is not None and before.invocation == self.invocation

    def _retry(self, before: Progress) -> Counts:
        """Continue as the same request: with the remaining rules, and once more with failed ones."""
        return self._go_on(self._taken_over(replace(before, left=(*before.left, *before.failed), failed=())))

    def _taken_over(self, before: Progress) -> Progress:
        self._count_kill(before)
        return self.progress.take(replace(before, invocation=self.invocation, running=True), before, force=False)

    def _count_kill(self, before: Progress) -> None:
        """Count a kill, which the killed invocation cannot."""
        if before.running and (self._is_retry(before) or _is_silent(before)):
            killed = ReconciliationError(
                f"Invocation {before.invocation} was killed while it compared; {len(before.left)} rules were left."
            )
            self.sides.log.failure("Not all compared", killed)

    def _begin(self, before: Progress | None, *, force: bool) -> Counts:
        problems: list[str] = []
        removed: list[str] = []
        compared = ""
        if before:
            self._count_kill(before)
            compared = before.deployment
        try:
            if self._is_settled():
                compared = self._deployment
            removed = self._update_directory()
        except (ClientError, BotoCoreError, NotWrittenError) as cause:
            problems.append(f"The table does not have the rules of this deployment: {cause}")
        names = sorted({*self.rules, *removed})
        # Remaining rules come first, so that every rule gets its turn.
        first = [name for name in before.left if name in names] if before else []
        left = (*first, *(name for name in names if name not in set(first)))
        listing = before.listing if before and before.listing and left[:1] == (before.listing.rule_name,) else None
        progress = Progress(
            run=before.run if before and listing else self.invocation,
            invocation=self.invocation,
            running=True,
            saved_at=datetime.now(UTC),
            deployment=compared,
            left=left,
            listing=listing,
        )
        return self._go_on(self.progress.take(progress, before, force=force), problems)

    def _update_directory(self) -> list[str]:
        """Write the deployed rules that the table lacks, and list the removed ones."""
        deployed = self._entries
        known = self.directory.read()
        changed = [entry for name, entry in deployed.items() if known.get(name) != entry]
        self.directory.write(changed, deployed.values())
        return sorted(known.keys() - deployed.keys())

    def _go_on(self, progress: Progress, problems: list[str] | None = None) -> Counts:
        run = _Run(self, progress)
        run.compare()
        counts, failed = run.counts + Counts(left=len(run.progress.left)), run.progress.failed
        self.sides.log.counted("Reconciled", REPAIRED, counts.repaired, notCompared=len(failed), **vars(counts))
        problems = problems or []
        if failed:
            problems.append(f"{len(failed)} rules were not wholly compared: {', '.join(sorted(failed))}.")
        if counts.unsure:
            problems.append(f"The waivers of {counts.unsure} violations could not be looked up: see the log.")
        if counts.unknown:
            problems.append(f"{counts.unknown} results have a compliance that is not known: see the log.")
        if problems:
            raise ReconciliationError(" ".join(problems))
        return counts


class _Run:
    """The part of one invocation in a reconciliation."""

    def __init__(self, reconciliation: Reconciliation, progress: Progress) -> None:
        self._all = reconciliation
        self._saved = time.monotonic()
        self.progress = progress
        self.counts = Counts()

    def compare(self) -> None:
        """Compare rule by rule until all are done or the time is up, and save the progress.

        Raises
        ------
        ReplacedError
            When another invocation has taken over.
        """
        log = self._all.sides.log
        while self.progress.left and not self._all.sides.is_time_up:
            name, *left = self.progress.left
            rule = self._rule(name)
            try:
                listing = rule.run()
            except (ClientError, BotoCoreError, NotWrittenError) as cause:
                log.warning("Rule not compared", rule=name, reason=str(cause))
                listing, failed = None, True
            else:
                # A rule with waivers that are not sure, or with an unknown compliance type, is compared once more too.
                failed = rule.counts.unsure > 0 or rule.counts.unknown > 0
                if not listing:
                    log.info("Rule compared", rule=name, **vars(rule.counts))
            self.counts += rule.counts
            if listing:
                self.progress = replace(self.progress, listing=listing)
                break
            failures = (*self.progress.failed, name) if failed else self.progress.failed
            self.progress = replace(self.progress, left=tuple(left), failed=failures, listing=None)
            self._checkpoint()
        self.progress = self._all.progress.save(replace(self.progress, running=False))

    def _rule(self, name: str) -> RuleComparison | RuleRemoval:
        rule = self._all.rules.get(name)
        if rule is None:
            return RuleRemoval(self._all.sides, self._all.directory, name)
        return RuleComparison(
            self._all.sides,
            name,
            rule,
            run=self.progress.run,
            listing=self.progress.listing,
            checkpoint=self._checkpoint,
        )

    def _checkpoint(self, listing: Listing | None = None) -> None:
        if time.monotonic() - self._saved < CHECKPOINT_SECONDS:
            return
        self.progress = self._all.progress.save(replace(self.progress, listing=listing or self.progress.listing))
        self._saved = time.monotonic()


def _is_silent(progress: Progress) -> bool:
    return datetime.now(UTC) - progress.saved_at > LONGEST_INVOCATION
