"""The events that AWS Config sends to the functions of rules.

AWS Config Developer Guide: Example Events for AWS Config Rules.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from compliance_tf.local.api.clock import iso
from compliance_tf.local.config.config_rule import MessageType

if TYPE_CHECKING:
    from datetime import datetime

    from compliance_tf.local.config.config_rule import ConfigRule
    from compliance_tf.local.config.configuration_item import ConfigurationItem
    from compliance_tf.local.config.history import Change

LARGEST_ITEM = 256 * 1024
"""In bytes: the notification of a larger item has only a summary."""


def change_notification(item: ConfigurationItem, change: Change | None, moment: datetime) -> dict[str, Any]:
    """Build the notification of an item.

    Parameters
    ----------
    change
        None when nothing changed, and the item is evaluated again.

    Returns
    -------
    dict[str, Any]
        The invoking event; one with a summary of the item where it would be too large.
    """
    notification = {
        "configurationItemDiff": _difference(change) if change else None,
        "configurationItem": item.event_form(),
        "notificationCreationTime": iso(moment),
        "messageType": MessageType.CHANGE.value,
        "recordVersion": "1.3",
    }
    if len(json.dumps(notification).encode()) <= LARGEST_ITEM:
        return notification
    return {
        "configurationItemSummary": item.summary_form() | {"changeType": _change_type(change)},
        "s3DeliverySummary": {"s3BucketLocation": None, "errorCode": "NoSuchBucket", "errorMessage": None},
        "notificationCreationTime": iso(moment),
        "messageType": MessageType.OVERSIZED_CHANGE.value,
        "recordVersion": "1.0",
    }


def scheduled_notification(account: str, moment: datetime) -> dict[str, Any]:
    """Build the notification of a schedule."""
    return {
        "awsAccountId": account,
        "notificationCreationTime": iso(moment),
        "messageType": MessageType.SCHEDULED.value,
        "recordVersion": "1.0",
    }


def function_event(
    rule: ConfigRule, account: str, notification: dict[str, Any], *, token: str, left_scope: bool
) -> dict[str, Any]:
    """Build the event that a rule's function is invoked with."""
    return {
        "version": "1.0",
        "invokingEvent": json.dumps(notification),
        "ruleParameters": rule.parameters,
        "resultToken": token,
        "eventLeftScope": left_scope,
        "executionRoleArn": (
            f"arn:aws:iam::{account}:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"
        ),
        "configRuleArn": rule.arn,
        "configRuleName": rule.name,
        "configRuleId": rule.rule_id,
        "accountId": account,
        "evaluationMode": "DETECTIVE",
    }


def _change_type(change: Change | None) -> str:
    if change and change.item.is_deleted:
        return "DELETE"
    return "CREATE" if change and change.before is None else "UPDATE"


def _difference(change: Change) -> dict[str, Any]:
    """Build the difference of two items, by whole values where AWS Config goes into their members."""
    before = _values(change.before)
    after = _values(change.item)
    return {
        "changedProperties": {
            name: {
                "previousValue": before.get(name),
                "updatedValue": after.get(name),
                "changeType": _value_change(name in before, name in after),
            }
            for name in sorted(before.keys() | after.keys())
            if before.get(name) != after.get(name)
        },
        "changeType": _change_type(change),
    }


def _value_change(before: bool, after: bool) -> str:  # noqa: FBT001 -- two flags of the same kind
    if before and after:
        return "UPDATE"
    return "CREATE" if after else "DELETE"


def _values(item: ConfigurationItem | None) -> dict[str, Any]:
    if item is None or item.is_deleted:
        return {}
    supplementary = item.resource.supplementary.items()
    return {"Configuration": item.resource.configuration} | {
        f"SupplementaryConfiguration.{name}": value for name, value in supplementary
    }
