"""A request of AWS Config becomes the evaluation of one resource."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from lambda_src.check import Verdict
from lambda_src.checks import load_check
from lambda_src.config_event import ConfigRequest, OversizedItem, Scheduled
from lambda_src.configuration_item import item_from_history
from lambda_src.errors import DeploymentError, EventError, HistoryNotReadyError
from lambda_src.evaluations import Evaluation
from lambda_src.json_object import JsonObject
from lambda_src.parameters import from_rule_parameters

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from mypy_boto3_config import ConfigServiceClient

    from lambda_src.check import Check
    from lambda_src.configuration_item import ConfigurationItem
    from lambda_src.deployment import DeployedRule

_SECOND = timedelta(seconds=1)


def evaluate(
    request: ConfigRequest, rules: Mapping[str, DeployedRule], config: Callable[[], ConfigServiceClient]
) -> Evaluation:
    """Judge what AWS Config asks for.

    What went wrong is never a verdict.

    Parameters
    ----------
    request
        What AWS Config asks for.
    rules
        The deployed rules by the whole name of the Config rule.
    config
        Gives the client, which only an oversized item needs.

    Raises
    ------
    LambdaError
        When the request does not fit the deployment, or the item's history is not there yet.
    Exception
        Whatever the check or boto3 raises.
    """
    check = _check(request.rule_name, rules)
    parameters = from_rule_parameters(check.parameters, request.parameters)
    subject = request.subject
    if isinstance(subject, Scheduled):
        raise EventError(
            f"Rule {request.rule_name} was invoked on a schedule, but check {check.id} judges changes: "
            "take the schedule from the rule."
        )
    verdict = _inapplicable(request, subject, check)
    if verdict is None:
        subject = _from_history(subject, config()) if isinstance(subject, OversizedItem) else subject
        verdict = _inapplicable(request, subject, check) or check.evaluate(subject, parameters)
    return Evaluation(subject.resource_type, subject.resource_id, verdict, subject.capture_time)


def _check(rule_name: str, rules: Mapping[str, DeployedRule]) -> Check[Any]:
    rule = rules.get(rule_name)
    if rule is None or rule.check is None:
        known = ", ".join(sorted(name for name, rule in rules.items() if rule.check))
        raise DeploymentError(f"Rule {rule_name} is not evaluated by this deployment; its rules are {known}.")
    return load_check(rule.check)


def _inapplicable(
    request: ConfigRequest, subject: ConfigurationItem | OversizedItem, check: Check[Any]
) -> Verdict | None:
    """Give the verdict where there is nothing to judge."""
    if subject.deleted:
        return Verdict.not_applicable("The resource was deleted.")
    if request.left_scope:
        return Verdict.not_applicable("The resource left the scope of the rule.")
    if check.resource_types and subject.resource_type not in check.resource_types:
        return Verdict.not_applicable(f"The check does not judge {subject.resource_type}.")
    if not subject.recorded:
        return Verdict.not_applicable("The resource is not recorded any more.")
    return None


def _from_history(summary: OversizedItem, config: ConfigServiceClient) -> ConfigurationItem:
    answer = config.get_resource_config_history(
        resourceType=summary.resource_type,  # type: ignore[arg-type]  # the stubs list the types of today
        resourceId=summary.resource_id,
        # Older versions of boto3 cut the time to whole seconds, which would leave the item itself out.
        laterTime=summary.capture_time.replace(microsecond=0) + _SECOND,
        limit=1,
    )
    items = answer["configurationItems"]
    item = item_from_history(JsonObject.of(items[0], "configurationItems[0]", EventError)) if items else None
    if item is None or item.capture_time + _SECOND < summary.capture_time:
        raise HistoryNotReadyError(
            f"The history of {summary.resource_type} {summary.resource_id} does not reach to "
            f"{summary.capture_time.isoformat()} yet."
        )
    return item
