"""New violations are told to a topic or an event bus that exists: with one notification, however many they are."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from cdktf_cdktf_provider_aws.iam_role_policy import IamRolePolicy
from constructs import Construct

from compliance_runtime.check import Severity
from compliance_runtime.deployment import NOBODY, NOTIFICATIONS, Recipient
from compliance_tf.constructs.iam import Statement
from compliance_tf.constructs.schedule import Schedule
from compliance_tf.errors import SettingError
from compliance_tf.model.regions import partition
from compliance_tf.model.setting_values import EVENT_BUS, TOPIC, as_tuple, check_arn
from compliance_tf.model.workspace_values import expression, to_terraform

if TYPE_CHECKING:
    from collections.abc import Collection

    from compliance_tf.constructs.functions import ComplianceFunctions
    from compliance_tf.constructs.triggers import Triggers
    from compliance_tf.model.naming import Naming
    from compliance_tf.model.workspace_values import ByWorkspace

_EXAMPLES = (
    "that of an SNS topic which is no FIFO topic, arn:aws:sns:eu-west-1:111122223333:security, or of an event bus, "
    "arn:aws:events:eu-west-1:111122223333:event-bus/security"
)
_PUBLISH = {"sns": "sns:Publish", "events": "events:PutEvents"}


@dataclass(frozen=True)
class Notifications:
    """Who is told of new violations, of which, and how often.

    A violation is new when the resource had no result of the rule, or another one. What is waived, what was there
    before, and what was mended before the notification is not told.

    Parameters
    ----------
    target
        The ARN of an SNS topic, but no FIFO one, or of an EventBridge event bus. It exists already, perhaps in another
        account or region, whose policy then has to let the role of the function ``record`` publish.
    severities
        The severities that are told.
    every
        How often the function looks whether something is new: what is new by then comes in one notification.

    Raises
    ------
    SettingError
        When the target is something else, or no severity is given.
    """

    target: str
    severities: Collection[Severity] = (Severity.CRITICAL, Severity.HIGH)
    every: Schedule = field(default_factory=lambda: Schedule.minutes(5))

    def __post_init__(self) -> None:
        check_arn("Notifications: target", self.target, {"sns": TOPIC, "events": EVENT_BUS}, example=_EXAMPLES)
        as_tuple("Notifications: severities", self.severities)
        if not self.severities:
            raise SettingError("Notifications(severities=()) tells nothing: give at least one severity.")

    @property
    def action(self) -> str:
        """What the function has to be allowed to do with the target."""
        return _PUBLISH[self.target.split(":")[2]]

    def check_partition(self, region: str) -> None:
        """Refuse a target in another partition than a region's: nothing in AWS crosses partitions.

        Raises
        ------
        SettingError
            When it is in another one.
        """
        _, given, _, target_region, *_ = self.target.split(":")
        own = partition(region)
        if (given, partition(target_region)) != (own, own):
            raise SettingError(
                f"Notifications(target={self.target!r}) cannot be reached from {region}, which is in the partition "
                f"{own}: give a topic or an event bus in a region of that partition."
            )


class Delivery(Construct):
    """Lets the function ``record`` tell somebody of new violations, and has it do so by schedule.

    Parameters
    ----------
    functions
        The functions.
    triggers
        What sets them going.
    recipients
        Who is told, by workspace; nobody for None.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        naming: Naming,
        functions: ComplianceFunctions,
        triggers: Triggers,
        recipients: ByWorkspace[Notifications | None],
    ) -> None:
        super().__init__(scope, id_)
        present = [one for one in (recipients.default, *recipients.values.values()) if one]
        for recipient in present:
            recipient.check_partition(naming.region)
        record = functions.record
        record.resource.add_override(f"environment.variables.{NOTIFICATIONS}", to_terraform(recipients.map(_variable)))
        for number, (target, action) in enumerate(sorted({(one.target, one.action) for one in present})):
            policy = IamRolePolicy(
                self,
                f"policy-{number}",
                name="notifications",
                role=record.role.name,
                policy=_policy(Statement((action,), (target,))),
            )
            told = recipients.map(partial(_tells, target))
            if told.differs:
                policy.add_override("count", f"${{{expression(told)} ? 1 : 0}}")
        triggers.notify(recipients.map(lambda one: one.every if one else None))


def _tells(target: str, recipient: Notifications | None) -> bool:
    return recipient is not None and recipient.target == target


def _variable(recipient: Notifications | None) -> str:
    return Recipient(recipient.target, frozenset(recipient.severities)).to_variable() if recipient else NOBODY


def _policy(*statements: Statement) -> str:
    document = {"Version": "2012-10-17", "Statement": [statement.to_policy() for statement in statements]}
    return json.dumps(document, sort_keys=True)
