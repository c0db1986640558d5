"""Notifications: a digest of new violations, published to an existing SNS topic or event bus."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from compliance_runtime.check import Severity
from compliance_runtime.deployment import NOBODY, NOTIFICATIONS, Recipient
from compliance_tf.constructs.iam_statement import Statement, policy_document
from compliance_tf.constructs.schedule import Schedule
from compliance_tf.errors import SettingError
from compliance_tf.model.checked_types import checked
from compliance_tf.model.regions import partition
from compliance_tf.model.setting_values import EVENT_BUS, TOPIC, as_tuple, check_arn
from compliance_tf.model.workspace_values import expression, to_terraform

if TYPE_CHECKING:
    from compliance_tf.constructs.blocks import Blocks
    from compliance_tf.constructs.event_rules import EventRules
    from compliance_tf.constructs.functions import ComplianceFunctions
    from compliance_tf.model.naming import Naming
    from compliance_tf.model.workspace_values import ByWorkspace

_EXAMPLES = (
    "that of a standard SNS topic, arn:aws:sns:eu-west-1:111122223333:security, or of an event bus, "
    "arn:aws:events:eu-west-1:111122223333:event-bus/security"
)
_PUBLISH = {"sns": "sns:Publish", "events": "events:PutEvents"}


@checked
@dataclass(frozen=True)
class Notifications:
    """The target of notifications, and the violations that they include.

    A violation is new when the resource had no result of the rule, or another one. Violations that are waived, that
    existed before, or that were fixed before the notification are not published.

    Parameters
    ----------
    target
        The ARN of a standard SNS topic or an EventBridge event bus. It exists already; if it is in another account, its
        policy has to allow the role of the function ``record`` to publish.
    severities
        The severities to publish: at least one.
    every
        The interval of notifications: violations that are new by then are published in one digest.

    Raises
    ------
    SettingError
        When the target is not such an ARN, or no severity is given.

    Examples
    --------
    >>> notifications = Notifications(
    ...     "arn:aws:sns:eu-west-1:111122223333:security", severities=[Severity.CRITICAL], every=Schedule.hours(1)
    ... )
    >>> stack = ComplianceStack(app, "notified", project="told", region="eu-west-1", notifications=notifications)
    """

    target: str
    severities: Collection[Severity] = (Severity.CRITICAL, Severity.HIGH)
    every: Schedule = field(default_factory=lambda: Schedule.minutes(5))

    def __post_init__(self) -> None:
        check_arn("Notifications: target", self.target, {"sns": TOPIC, "events": EVENT_BUS}, example=_EXAMPLES)
        as_tuple("Notifications: severities", self.severities)
        if not self.severities:
            raise SettingError("Notifications(severities=()) would publish nothing: give at least one severity.")

    @property
    def action(self) -> str:
        """The action that publishes to the target."""
        return _PUBLISH[self.target.split(":")[2]]

    def check_partition(self, region: str) -> None:
        """Refuse a target in another partition: nothing in AWS crosses partitions.

        Raises
        ------
        SettingError
            When it is in another partition.
        """
        _, given, _, target_region, *_ = self.target.split(":")
        own = partition(region)
        if (given, partition(target_region)) != (own, own):
            raise SettingError(
                f"Notifications(target={self.target!r}) cannot be reached from {region}, which is in the partition "
                f"{own}: give a topic or an event bus in a region of that partition."
            )


def deliver(
    blocks: Blocks,
    *,
    naming: Naming,
    functions: ComplianceFunctions,
    event_rules: EventRules,
    recipients: ByWorkspace[Notifications | None],
) -> None:
    """Add the permission and the schedule with which the function ``record`` publishes new violations.

    Parameters
    ----------
    blocks
        The stack's blocks.
    functions
        The functions.
    event_rules
        The EventBridge rules of the deployment.
    recipients
        The notifications by workspace; none for None.

    Raises
    ------
    SettingError
        When a target is in another partition than the stack.
    """
    present = [one for one in (recipients.default, *recipients.values.values()) if one]
    for recipient in present:
        recipient.check_partition(naming.region)
    record = functions.record
    record.resource.body["environment"]["variables"][NOTIFICATIONS] = to_terraform(recipients.map(_variable))
    for number, (target, action) in enumerate(sorted({(one.target, one.action) for one in present})):
        publishes = recipients.map(partial(_publishes_to, target))
        blocks.resource(
            "aws_iam_role_policy",
            "notifications",
            f"policy-{number}",
            name="notifications",
            role=record.role_name,
            policy=policy_document(Statement((action,), (target,)).to_policy()),
            count=f"${{{expression(publishes)} ? 1 : 0}}" if publishes.differs else None,
        )
    event_rules.notify(recipients.map(lambda one: one.every if one else None))


def _publishes_to(target: str, recipient: Notifications | None) -> bool:
    return recipient is not None and recipient.target == target


def _variable(recipient: Notifications | None) -> str:
    return Recipient(recipient.target, frozenset(recipient.severities)).to_variable() if recipient else NOBODY
