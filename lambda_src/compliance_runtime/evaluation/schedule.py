"""A schedule of AWS Config becomes the evaluations of all that a periodic check finds, and clears what is gone.

A rule's results stay until something is put over them: what was reported once and is not found any more has to be
cleared with NOT_APPLICABLE. What is gone is what AWS Config still lists from an earlier schedule after all findings
of this one were put, so nothing has to be remembered: memory grows with what is gone, not with the account.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from compliance_runtime.check import Verdict
from compliance_runtime.evaluation.evaluations import Evaluation
from compliance_runtime.evaluation.rule_results import rule_results

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from mypy_boto3_config import ConfigServiceClient

    from compliance_runtime.account import Account
    from compliance_runtime.check import P, PeriodicCheck

_BEFORE = timedelta(seconds=1)


def findings(check: PeriodicCheck[P], parameters: P, account: Account) -> Iterator[Evaluation]:
    """Give what the check finds, as it finds it.

    Raises
    ------
    Exception
        Whatever the check or boto3 raises: what went wrong is never a verdict.
    """
    for finding in check.evaluate(account, parameters):
        yield Evaluation(finding.resource_type, finding.resource_id, finding.verdict, account.time)


def gone(config: ConfigServiceClient, rule_name: str, scheduled: datetime) -> Iterator[Evaluation]:
    """Clear what the rule reported before this schedule. Ask for it when all findings were put.

    AWS Config may list what was put a moment ago with its earlier state. That does no harm: the clearing is dated
    just before the schedule, and of two evaluations AWS Config keeps the later one.

    Raises
    ------
    Exception
        Whatever boto3 raises.
    """
    before = scheduled - _BEFORE
    for result in rule_results(config, rule_name):
        identifier = result["EvaluationResultIdentifier"]
        if identifier["OrderingTimestamp"] < before:
            qualifier = identifier["EvaluationResultQualifier"]
            verdict = Verdict.not_applicable("The rule does not find the resource any more.")
            yield Evaluation(qualifier["ResourceType"], qualifier["ResourceId"], verdict, before)
