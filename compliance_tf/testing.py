"""Builders for the tests of checks: events and configuration items in AWS Config's own forms.

    from compliance_tf.testing import event_item, verdict

    def test_a_bucket_of_another_name_violates() -> None:
        assert verdict(CHECK, event_item("AWS::S3::Bucket", "other")).compliance is Compliance.NON_COMPLIANT

The forms are those of https://docs.aws.amazon.com/config/latest/developerguide/evaluate-config_develop-rules_example-events.html
and https://docs.aws.amazon.com/config/latest/APIReference/API_ConfigurationItem.html.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar, cast

from compliance_runtime.account import Account
from compliance_runtime.check import ChangeCheck, LookupCheck
from compliance_runtime.errors import EventError
from compliance_runtime.evaluation.configuration_item import ConfigurationItem, item_from_event, item_from_history
from compliance_runtime.json_object import JsonObject

if TYPE_CHECKING:
    from collections.abc import Mapping

    from compliance_runtime.check import Verdict
    from compliance_runtime.clients import Clients

P = TypeVar("P")

ACCOUNT = "123456789012"
REGION = "eu-central-1"
CAPTURED = "2026-03-01T10:20:30.456Z"
CAPTURED_TIME = datetime.fromisoformat(CAPTURED)

_TEXT_IN_EVENTS = frozenset({"AccessControlList", "Policy"})
"""Supplementary values that are JSON texts even in events, and thus encoded twice in the history."""


def event_item(
    resource_type: str = "AWS::S3::Bucket",
    resource_id: str = "logs",
    *,
    arn: str | None = None,
    configuration: Any = ...,  # noqa: ANN401 any JSON
    supplementary: Mapping[str, Any] | None = None,
    tags: Any = None,  # noqa: ANN401
    status: str = "OK",
    captured: str = CAPTURED,
) -> dict[str, Any]:
    """Build a configuration item as an event has it.

    Parameters
    ----------
    resource_type
        AWS Config's name of the type.
    resource_id
        AWS Config's id of the resource.
    arn
        Its ARN.
    configuration
        The recorded configuration; an object with its name unless given.
    supplementary
        The supplementary configuration, as objects: values that AWS Config encodes as texts are encoded here.
    tags
        The tags, as a map.
    status
        OK, ResourceDiscovered, ResourceNotRecorded, ResourceDeleted or ResourceDeletedNotRecorded.
    captured
        The capture time: ISO 8601 with an offset.

    Returns
    -------
    dict[str, Any]
        The object that stands under ``configurationItem`` in an invoking event.
    """
    return {
        "resourceType": resource_type,
        "resourceId": resource_id,
        "resourceName": resource_id,
        "ARN": arn,
        "awsRegion": REGION,
        "awsAccountId": ACCOUNT,
        "configurationItemCaptureTime": captured,
        "configurationItemStatus": status,
        "configurationStateMd5Hash": "",
        "configurationItemVersion": "1.3",
        "relationships": [],
        "tags": {} if tags is None else tags,
        "configuration": {"name": resource_id} if configuration is ... else configuration,
        "supplementaryConfiguration": {
            name: json.dumps(value) if name in _TEXT_IN_EVENTS and not isinstance(value, str) else value
            for name, value in (supplementary or {}).items()
        },
    }


def history_item(item: Mapping[str, Any]) -> dict[str, Any]:
    """Build the same item as GetResourceConfigHistory returns it."""
    names = {"ARN": "arn", "awsAccountId": "accountId", "configurationItemVersion": "version"}
    history = {names.get(name, name): value for name, value in item.items()}
    history["configurationItemMD5Hash"] = history.pop("configurationStateMd5Hash")
    history["configurationItemCaptureTime"] = datetime.fromisoformat(item["configurationItemCaptureTime"])
    history["configuration"] = json.dumps(item["configuration"])
    history["supplementaryConfiguration"] = {
        name: json.dumps(value) for name, value in item["supplementaryConfiguration"].items()
    }
    return history


def normal_forms(item: Mapping[str, Any]) -> tuple[ConfigurationItem, ConfigurationItem]:
    """Parse an event's item as the function does: from the event, and from the history."""
    return (
        item_from_event(JsonObject.of(item, "configurationItem", EventError)),
        item_from_history(JsonObject.of(history_item(item), "configurationItems[0]", EventError)),
    )


def verdict(
    check: ChangeCheck[P] | LookupCheck[P],
    item: Mapping[str, Any],
    parameters: P | None = None,
    account: Account | None = None,
) -> Verdict:
    """Evaluate a check on an item in both forms that AWS Config has, and return the verdict.

    Parameters
    ----------
    check
        The check.
    item
        The item as ``event_item`` builds it.
    parameters
        The check's parameters; its defaults unless given.
    account
        The account that a ``LookupCheck`` queries.

    Returns
    -------
    Verdict
        The verdict, which is the same for both forms.

    Raises
    ------
    AssertionError
        When the verdicts on the two forms of the item differ.
    TypeError
        When a ``LookupCheck`` is given no account.
    """
    given = check.parameters() if parameters is None else parameters
    from_event, from_history = (_judged(check, form, given, account) for form in normal_forms(item))
    if from_event != from_history:
        raise AssertionError(f"In an event: {from_event}. In the history: {from_history}.")
    return from_event


def _judged(
    check: ChangeCheck[P] | LookupCheck[P], item: ConfigurationItem, parameters: P, account: Account | None
) -> Verdict:
    if isinstance(check, ChangeCheck):
        return check.evaluate(item, parameters)
    if account is None:
        raise TypeError(f"Check {check.id} looks something up: give verdict() an account to ask.")
    return check.evaluate(item, parameters, account)


def account_with(**clients: object) -> Account:
    """Build the account that a check queries, with these clients by service: ``account_with(iam=stubbed)``.

    botocore's Stubber makes good clients: it validates requests and responses by AWS's model of the API.

    Returns
    -------
    Account
        The account of the built items, at the time of their capture. A check that asks a service without a client
        fails with a ``TypeError``.
    """

    def client(service: str) -> object:
        if service not in clients:
            raise TypeError(f"The check asks {service!r}, and account_with() got no client for it: {sorted(clients)}.")
        return clients[service]

    return Account(ACCOUNT, REGION, CAPTURED_TIME, cast("Clients", client))


def config_event(
    item: Mapping[str, Any] | None = None,
    *,
    rule_name: str = "acme-dev-required-tags",
    parameters: Mapping[str, str] | None = None,
    left_scope: bool = False,
    invoking: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Build AWS Config's event for a changed item, or with another invoking event.

    Parameters
    ----------
    item
        The item as ``event_item`` builds it.
    rule_name
        The full name of the Config rule.
    parameters
        The rule's parameters, as AWS Config keeps them: all values are texts.
    left_scope
        Whether the resource has left the rule's scope.
    invoking
        The invoking event that AWS Config nests in the event; the change of ``item`` unless given.

    Returns
    -------
    dict[str, Any]
        The event of a Lambda invocation, in which AWS Config nests the invoking event and the parameters as JSON texts.
    """
    changed = {
        "configurationItem": event_item() if item is None else item,
        "messageType": "ConfigurationItemChangeNotification",
        "notificationCreationTime": CAPTURED,
    }
    return {
        "version": "1.0",
        "invokingEvent": json.dumps(changed if invoking is None else invoking),
        "ruleParameters": json.dumps(dict(parameters or {})),
        "resultToken": "token-1",
        "eventLeftScope": left_scope,
        "executionRoleArn": f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/config",
        "configRuleName": rule_name,
        "accountId": ACCOUNT,
    }


def oversized_event(
    item: Mapping[str, Any] | None = None,
    *,
    rule_name: str = "acme-dev-required-tags",
    parameters: Mapping[str, str] | None = None,
    left_scope: bool = False,
) -> dict[str, Any]:
    """Build AWS Config's event for an item that is too large: a summary without configuration."""
    left_out = {"tags", "configuration", "supplementaryConfiguration", "relationships"}
    whole = event_item() if item is None else item
    invoking = {
        "configurationItemSummary": {name: value for name, value in whole.items() if name not in left_out},
        "messageType": "OversizedConfigurationItemChangeNotification",
        "notificationCreationTime": CAPTURED,
    }
    return config_event(invoking=invoking, rule_name=rule_name, parameters=parameters, left_scope=left_scope)


def scheduled_event(
    *, rule_name: str = "acme-dev-required-tags", parameters: Mapping[str, str] | None = None, at: str = CAPTURED
) -> dict[str, Any]:
    """Build AWS Config's event for a periodic rule.

    Parameters
    ----------
    at
        The creation time of the notification: ISO 8601 with an offset.

    Returns
    -------
    dict[str, Any]
        The event of a Lambda invocation, with a ``ScheduledNotification`` in it.
    """
    invoking = {"awsAccountId": ACCOUNT, "messageType": "ScheduledNotification", "notificationCreationTime": at}
    return config_event(invoking=invoking, rule_name=rule_name, parameters=parameters)
