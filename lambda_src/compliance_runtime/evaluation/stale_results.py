"""Stale results of periodic checks: evaluations of what a check finds, and NOT_APPLICABLE for what it does not.

A rule's results stay until others replace them: results of resources that the check does not find any more have to
be cleared with NOT_APPLICABLE. AWS documents neither the delay of its listings, nor which of two evaluations it
keeps.
So results of this run are never cleared, whatever AWS Config lists, and neither are later ones of another run.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from compliance_runtime.check import Verdict
from compliance_runtime.evaluation.evaluations import Evaluation
from compliance_runtime.evaluation.rule_results import rule_results

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from mypy_boto3_config import ConfigServiceClient

    from compliance_runtime.account import Account
    from compliance_runtime.check import P, PeriodicCheck

_BEFORE = timedelta(seconds=1)


class Evaluated:
    """The set of resources that were evaluated, as 64-bit hashes.

    The chance that two of a million resources have the same hash is one in 36 million; then a stale result may not be
    cleared.
    """

    def __init__(self) -> None:
        self._keys: set[int] = set()

    def note(self, evaluations: Iterable[Evaluation]) -> Iterator[Evaluation]:
        """Pass the evaluations on, and remember their resources."""
        for evaluation in evaluations:
            self._keys.add(hash((evaluation.resource_type, evaluation.resource_id)))
            yield evaluation

    def has(self, resource_type: str, resource_id: str) -> bool:
        """Return whether a resource was among them."""
        return hash((resource_type, resource_id)) in self._keys


def findings(check: PeriodicCheck[P], parameters: P, account: Account) -> Iterator[Evaluation]:
    """Yield the findings of a check as evaluations.

    Yields
    ------
    Evaluation
        Each finding, dated with the time of the schedule.

    Raises
    ------
    Exception
        Any error of the check or boto3: an error is never a verdict.
    """
    for finding in check.evaluate(account, parameters):
        yield Evaluation(finding.resource_type, finding.resource_id, finding.verdict, account.time)


def stale(config: ConfigServiceClient, rule_name: str, scheduled: datetime, seen: Evaluated) -> Iterator[Evaluation]:
    """Clear results from before this schedule that were not found again. Call it after all were put.

    The clearing is dated just before the schedule, so that results of a later run take precedence.

    Parameters
    ----------
    scheduled
        The time of the schedule.
    seen
        The resources of this run.

    Yields
    ------
    Evaluation
        A NOT_APPLICABLE for each of them.

    Raises
    ------
    Exception
        Any error of boto3.
    """
    before = scheduled - _BEFORE
    for result in rule_results(config, rule_name):
        identifier = result["EvaluationResultIdentifier"]
        qualifier = identifier["EvaluationResultQualifier"]
        resource_type, resource_id = qualifier["ResourceType"], qualifier["ResourceId"]
        if identifier["OrderingTimestamp"] < before and not seen.has(resource_type, resource_id):
            verdict = Verdict.not_applicable("The rule does not find the resource any more.")
            yield Evaluation(resource_type, resource_id, verdict, before)
