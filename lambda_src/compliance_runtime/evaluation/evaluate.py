"""Evaluation of one changed resource."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compliance_runtime.account import Account
from compliance_runtime.check import ChangeCheck, LookupCheck, Verdict
from compliance_runtime.errors import EventError, HistoryNotReadyError
from compliance_runtime.evaluation.config_event import OversizedItem
from compliance_runtime.evaluation.evaluations import Evaluation
from compliance_runtime.evaluation.recorded import SECOND, item_until

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from mypy_boto3_config import ConfigServiceClient

    from compliance_runtime.check import Check, P
    from compliance_runtime.clients import Clients
    from compliance_runtime.evaluation.config_event import ConfigRequest
    from compliance_runtime.evaluation.configuration_item import ConfigurationItem


def evaluate_change(
    request: ConfigRequest,
    subject: ConfigurationItem | OversizedItem,
    check: Check[Any],
    parameters: object,
    *,
    config: Callable[[], ConfigServiceClient],
    lookup: Clients,
) -> Evaluation:
    """Evaluate a changed resource.

    Parameters
    ----------
    request
        The request of AWS Config.
    subject
        The resource of the request.
    check
        The check of the rule.
    parameters
        The rule's parameters.
    config
        Returns the client of AWS Config, needed only for an oversized item.
    lookup
        Returns the clients for the lookups of a ``LookupCheck``.

    Returns
    -------
    Evaluation
        The verdict, dated with the capture time of the item that was judged.

    Raises
    ------
    ComplianceError
        When the check is periodic, or the history does not have the item yet.
    Exception
        Any error of the check or boto3: an error is never a verdict.
    """
    verdict = inapplicable(check, subject, left_scope=request.left_scope)
    if verdict is None:
        subject = _from_history(subject, config()) if isinstance(subject, OversizedItem) else subject
        verdict = inapplicable(check, subject, left_scope=request.left_scope)
        verdict = verdict or judge(_of_changes(check, request), subject, parameters, lookup)
    return Evaluation(subject.resource_type, subject.resource_id, verdict, subject.capture_time)


def inapplicable(
    check: Check[Any], subject: ConfigurationItem | OversizedItem, *, left_scope: bool = False
) -> Verdict | None:
    """Find out whether there is anything to evaluate.

    Parameters
    ----------
    check
        The check.
    subject
        The resource.
    left_scope
        Whether it has left the rule's scope.

    Returns
    -------
    Verdict | None
        NOT_APPLICABLE with the reason where there is not; None where the check has to judge.
    """
    if subject.deleted:
        return Verdict.not_applicable("The resource was deleted.")
    if left_scope:
        return Verdict.not_applicable("The resource left the scope of the rule.")
    if check.resource_types and subject.resource_type not in check.resource_types:
        return Verdict.not_applicable(f"The check does not judge {subject.resource_type}.")
    if not subject.recorded:
        return Verdict.not_applicable("The resource is not recorded any more.")
    return None


def judge(check: ChangeCheck[P] | LookupCheck[P], item: ConfigurationItem, parameters: P, lookup: Clients) -> Verdict:
    """Evaluate an item that is not ``inapplicable``.

    Returns
    -------
    Verdict
        The check's own verdict.

    Raises
    ------
    Exception
        Any error of the check or boto3.
    """
    if isinstance(check, ChangeCheck):
        return check.evaluate(item, parameters)
    return check.evaluate(item, parameters, Account(item.account, item.region, item.capture_time, lookup))


def _of_changes(check: Check[Any], request: ConfigRequest) -> ChangeCheck[Any] | LookupCheck[Any]:
    if isinstance(check, ChangeCheck | LookupCheck):
        return check
    raise EventError(
        f"Rule {request.rule_name} was invoked for a change, but check {check.id} is periodic: "
        "give the rule a schedule instead."
    )


def _from_history(summary: OversizedItem, config: ConfigServiceClient) -> ConfigurationItem:
    item = item_until(config, summary.resource_type, summary.resource_id, summary.capture_time)
    if item is None or item.capture_time + SECOND < summary.capture_time:
        raise HistoryNotReadyError(
            f"The history of {summary.resource_type} {summary.resource_id} does not reach to "
            f"{summary.capture_time.isoformat()} yet."
        )
    return item
