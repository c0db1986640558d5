"""Somebody is notified of what is in the outbox, with one notification a run.

At least once: what was delivered and could not be removed from the outbox is delivered again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from compliance_runtime.errors import NotificationError
from compliance_runtime.notifying.notification import Notification, Sender, news

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from compliance_runtime.notifying.outbox import Outbox

NOTIFY = "notify"
"""The action that asks for it."""

SOURCE = "compliance_tf"
DETAIL_TYPE = "New non-compliance"

MAX_ENTRIES = 50_000
"""Of one run, so that they fit into the function's memory and time; what is left comes with the next one."""


@dataclass(frozen=True)
class Target:
    """A topic of Amazon SNS or an event bus, by its ARN."""

    arn: str

    @property
    def service(self) -> str:
        """``sns`` or ``events``, as clients call it."""
        return self.arn.split(":")[2]

    @property
    def region(self) -> str:
        """Where it is."""
        return self.arn.split(":")[3]


@dataclass(frozen=True)
class Notifier:
    """Delivers what is new.

    Parameters
    ----------
    outbox
        What is new.
    sender
        Whose it is.
    target
        Where it is delivered to.
    client
        Gives the client of a service in a region.
    """

    outbox: Outbox
    sender: Sender
    target: Target
    client: Callable[[str, str], Any]

    def run(self) -> int:
        """Deliver what is new, if anything is.

        Returns
        -------
        int
            How many violations the notification is about.

        Raises
        ------
        NotificationError
            When the event bus did not take it.
        Exception
            What boto3 raises.
        """
        entries = self.outbox.entries(MAX_ENTRIES)
        notification = Notification(self.sender, news(self.outbox.violations(entries, datetime.now(UTC))))
        if notification.total:
            self._deliver(notification)
        self.outbox.remove(entries)
        return notification.total

    def _deliver(self, notification: Notification) -> None:
        client = self.client(self.target.service, self.target.region)
        if self.target.service == "sns":
            client.publish(TopicArn=self.target.arn, Subject=notification.subject(), Message=notification.text())
            return
        entry = {
            "EventBusName": self.target.arn,
            "Source": SOURCE,
            "DetailType": DETAIL_TYPE,
            "Detail": notification.detail(),
        }
        answer = client.put_events(Entries=[entry])
        if answer["FailedEntryCount"]:
            (result,) = answer["Entries"]
            raise NotificationError(
                f"{self.target.arn} did not take the event: {result.get('ErrorCode')}: {result.get('ErrorMessage')}"
            )
