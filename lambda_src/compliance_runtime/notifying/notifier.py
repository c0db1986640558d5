"""Publishing of the outbox's violations, as one digest per run.

At least once: entries that were published and could not be removed from the outbox are published again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from compliance_runtime.errors import NotificationError
from compliance_runtime.notifying.notification import Notification, Sender, new_violations

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from compliance_runtime.notifying.outbox import Outbox

NOTIFY = "notify"
"""The action of its event."""

SOURCE = "compliance_tf"
DETAIL_TYPE = "New non-compliance"

MAX_ENTRIES = 50_000
"""Entries of one run, so that they fit into the function's memory and time; the rest follows in the next run."""


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
        """Its region."""
        return self.arn.split(":")[3]


@dataclass(frozen=True)
class Notifier:
    """The publisher of new violations.

    Parameters
    ----------
    outbox
        The outbox.
    sender
        The deployment.
    target
        The target.
    client
        Returns the client of a service in a region.
    """

    outbox: Outbox
    sender: Sender
    target: Target
    client: Callable[[str, str], Any]

    def run(self) -> int:
        """Publish new violations, if there are any.

        Returns
        -------
        int
            The number of violations in the digest.

        Raises
        ------
        NotificationError
            When the event bus did not accept it.
        Exception
            Any error of boto3.
        """
        entries = self.outbox.entries(MAX_ENTRIES)
        notification = Notification(self.sender, new_violations(self.outbox.violations(entries, datetime.now(UTC))))
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
