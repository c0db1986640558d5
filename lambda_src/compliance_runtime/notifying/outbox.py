"""The outbox: new violations that have not been published yet.

An entry is written in the same transaction as the violation that it points to, so no violation is missed. Its
content is read from the present result when the digest is published: by then the violation may be fixed or waived.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from compliance_runtime.check import Compliance
from compliance_runtime.recording.batches import read_batches, write_batches
from compliance_runtime.recording.results import Result, time_text
from compliance_runtime.recording.table_schema import (
    EXPIRES_AT,
    PARTITION_KEY,
    SORT_KEY,
    TableStore,
    outbox_key,
    outbox_partitions,
    outbox_sort_key,
    present_sort_key,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

    from compliance_runtime.deployment import Recipient
    from compliance_runtime.recording.results import Item

KEPT_DAYS = 7
"""Days that entries are kept that could not be published."""


def is_announced(result: Result, before: Compliance | None, recipient: Recipient | None, at: datetime) -> bool:
    """Decide whether a result is published.

    Parameters
    ----------
    before
        The resource's previous compliance; None where there was no result.
    recipient
        The recipient; None for none.
    at
        The current time, with an offset.

    Returns
    -------
    bool
        True for a new violation of a severity that the recipient wants, unless a waiver covers it at the time.
    """
    return (
        recipient is not None
        and result.severity in recipient.severities
        and result.compliance is Compliance.NON_COMPLIANT
        and before is not Compliance.NON_COMPLIANT
        and not result.is_waived(at)
    )


def outbox_item(violation: Result, expires_at: int) -> Item:
    """Build the item that points to a violation.

    Parameters
    ----------
    expires_at
        The expiry time, in seconds since 1970.

    Returns
    -------
    Item
        The item with its keys, the keys of the present result, and its expiry.
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
        """Return the form of DynamoDB."""
        return {PARTITION_KEY: {"S": self.partition}, SORT_KEY: {"S": self.sort}}


@dataclass(frozen=True)
class OutboxEntry:
    """An item of the outbox: its own key, and the key of its violation."""

    key: Key
    present: Key


@dataclass(frozen=True)
class Outbox(TableStore):
    """The outbox in the results table."""

    def entries(self, limit: int) -> list[OutboxEntry]:
        """Read at most ``limit`` entries."""
        return list(islice(self._stored(), limit))

    def violations(self, entries: Iterable[OutboxEntry], at: datetime) -> Iterator[Result]:
        """Read the violations of entries, each once: without those that are fixed, or waived at a time.

        Yields
        ------
        Result
            The present result of each.

        Raises
        ------
        NotWrittenError
            When DynamoDB did not return all of them.
        """
        # Two entries of the same resource and rule have the same present result.
        present = dict.fromkeys(entry.present for entry in entries)
        for item in read_batches(self.client, self.table, (key.to_item() for key in present)):
            result = Result.from_item(item)
            if result.compliance is Compliance.NON_COMPLIANT and not result.is_waived(at):
                yield result

    def remove(self, entries: Iterable[OutboxEntry]) -> None:
        """Remove published entries.

        Raises
        ------
        NotWrittenError
            When DynamoDB did not remove all of them.
        """
        keys = (entry.key.to_item() for entry in entries)
        write_batches(self.client, self.table, ({"DeleteRequest": {"Key": key}} for key in keys))

    def _stored(self) -> Iterator[OutboxEntry]:
        for partition in outbox_partitions():
            pages = self.client.get_paginator("query").paginate(
                TableName=self.table,
                KeyConditionExpression=f"{PARTITION_KEY} = :partition",
                ExpressionAttributeValues={":partition": {"S": partition}},
                # Entries that were removed a moment ago would be published again.
                ConsistentRead=True,
            )
            for page in pages:
                for item in page["Items"]:
                    yield OutboxEntry(
                        key=Key(partition, item[SORT_KEY]["S"]),
                        present=Key(item["present_pk"]["S"], item["present_sk"]["S"]),
                    )
