"""What somebody is to be notified of, kept until it was.

An item stands in the outbox from the same transaction on as the violation that it points to, so nothing that is
recorded is forgotten. What it says is read from the present result when the notification is written: by then the
violation may be gone, or waived.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from compliance_runtime.check import Compliance
from compliance_runtime.recording.batches import read_batches, write_batches
from compliance_runtime.recording.results import Result, time_text
from compliance_runtime.recording.results_table import (
    EXPIRES_AT,
    PARTITION_KEY,
    SORT_KEY,
    outbox_key,
    outbox_partitions,
    outbox_sort_key,
    present_sort_key,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

    from compliance_runtime.deployment import Recipient
    from compliance_runtime.recording.results import Item

KEPT_DAYS = 7
"""Days that what could not be delivered stays."""


def is_announced(result: Result, before: Compliance | None, recipient: Recipient | None, at: datetime) -> bool:
    """Return whether somebody is to be notified of a result.

    Parameters
    ----------
    before
        What the resource's compliance was; None where there was no result.
    recipient
        Who is notified, if anybody.
    at
        The present, which must have an offset.
    """
    return (
        recipient is not None
        and result.severity in recipient.severities
        and result.compliance is Compliance.NON_COMPLIANT
        and before is not Compliance.NON_COMPLIANT
        and not result.is_waived(at)
    )


def outbox_item(violation: Result, expires_at: int) -> Item:
    """Make the item that points to a violation.

    Parameters
    ----------
    expires_at
        When it expires, in seconds since 1970.
    """
    return {
        PARTITION_KEY: {"S": outbox_key(violation.resource)},
        SORT_KEY: {"S": outbox_sort_key(violation.resource, violation.rule_name, time_text(violation.time))},
        "present_pk": {"S": violation.resource.key},
        "present_sk": {"S": present_sort_key(violation.rule_name)},
        EXPIRES_AT: {"N": str(expires_at)},
    }


@dataclass(frozen=True)
class Key:
    """The key of an item of the table."""

    partition: str
    sort: str

    def to_item(self) -> dict[str, AttributeValueTypeDef]:
        """Return it as DynamoDB takes it."""
        return {PARTITION_KEY: {"S": self.partition}, SORT_KEY: {"S": self.sort}}


@dataclass(frozen=True)
class OutboxEntry:
    """An item of the outbox: its own key, and that of the present result that it points to."""

    key: Key
    present: Key


@dataclass(frozen=True)
class Outbox:
    """The outbox in the results table.

    Parameters
    ----------
    client
        DynamoDB's client.
    table
        The name of the table.
    """

    client: DynamoDBClient
    table: str

    def entries(self, most: int) -> list[OutboxEntry]:
        """Read some of what is there."""
        return list(islice(self._letters(), most))

    def violations(self, entries: Iterable[OutboxEntry], at: datetime) -> Iterator[Result]:
        """Read what they point to, each once: without what is no violation any more, or waived at a time.

        Raises
        ------
        NotWrittenError
            When DynamoDB did not give all of it.
        """
        # Of two entries about the same resource and rule, the present result is the same.
        present = dict.fromkeys(entry.present for entry in entries)
        for item in read_batches(self.client, self.table, (key.to_item() for key in present)):
            result = Result.from_item(item)
            if result.compliance is Compliance.NON_COMPLIANT and not result.is_waived(at):
                yield result

    def remove(self, entries: Iterable[OutboxEntry]) -> None:
        """Remove what was delivered.

        Raises
        ------
        NotWrittenError
            When DynamoDB did not take it all.
        """
        keys = (entry.key.to_item() for entry in entries)
        write_batches(self.client, self.table, ({"DeleteRequest": {"Key": key}} for key in keys))

    def _letters(self) -> Iterator[OutboxEntry]:
        for partition in outbox_partitions():
            pages = self.client.get_paginator("query").paginate(
                TableName=self.table,
                KeyConditionExpression=f"{PARTITION_KEY} = :partition",
                ExpressionAttributeValues={":partition": {"S": partition}},
                # What was removed a moment ago would be delivered again.
                ConsistentRead=True,
            )
            for page in pages:
                for item in page["Items"]:
                    yield OutboxEntry(
                        key=Key(partition, item[SORT_KEY]["S"]),
                        present=Key(item["present_pk"]["S"], item["present_sk"]["S"]),
                    )
