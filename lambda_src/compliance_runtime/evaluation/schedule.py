"""A schedule of AWS Config becomes the evaluations of all that a periodic check finds, and clears what is gone.

A rule's results stay until something is put over them: what was reported once and is not found any more has to be
cleared with NOT_APPLICABLE. AWS documents neither how late it lists what was put, nor which of two evaluations it
keeps.
So what this run found is never cleared, whatever AWS Config lists, and neither is what another run found later.
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


class Seen:
    """The resources of evaluations that passed by.

    It keeps 64 bits of each: two of a million resources that share them are one chance in 36 million, and cost no more
    than that a result is not cleared.
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
    """Return what the check finds, as it finds it.

    Raises
    ------
    Exception
        Whatever the check or boto3 raises: what went wrong is never a verdict.
    """
    for finding in check.evaluate(account, parameters):
        yield Evaluation(finding.resource_type, finding.resource_id, finding.verdict, account.time)


def stale(config: ConfigServiceClient, rule_name: str, scheduled: datetime, seen: Seen) -> Iterator[Evaluation]:
    """Clear what the rule reported before this schedule and did not find any more. Ask when all findings were put.

    The clearing is dated just before the schedule, so that it also loses against what a later run found meanwhile.

    Parameters
    ----------
    scheduled
        The time of the schedule.
    seen
        What this run found.

    Raises
    ------
    Exception
        Whatever boto3 raises.
    """
    before = scheduled - _BEFORE
    for result in rule_results(config, rule_name):
        identifier = result["EvaluationResultIdentifier"]
        qualifier = identifier["EvaluationResultQualifier"]
        resource_type, resource_id = qualifier["ResourceType"], qualifier["ResourceId"]
        if identifier["OrderingTimestamp"] < before and not seen.has(resource_type, resource_id):
            verdict = Verdict.not_applicable("The rule does not find the resource any more.")
            yield Evaluation(resource_type, resource_id, verdict, before)
