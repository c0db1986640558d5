"""Reading and writing results in DynamoDB."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from compliance_runtime.check import Compliance
from compliance_runtime.notifying.outbox import KEPT_DAYS, outbox_item
from compliance_runtime.recording.batches import read_batches
from compliance_runtime.recording.results import COMPARED, WAIVER_EXPIRES, Result, time_text
from compliance_runtime.recording.table_schema import (
    BY_RULE,
    PARTITION_KEY,
    SORT_KEY,
    Index,
    TableStore,
    present_sort_key,
    rule_partitions,
)
from compliance_runtime.recording.throttled_writes import Retries

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from mypy_boto3_dynamodb.type_defs import (
        AttributeValueTypeDef,
        QueryInputPaginateTypeDef,
        TransactWriteItemTypeDef,
    )

    from compliance_runtime.recording.daily_counts import DailyCounts
    from compliance_runtime.recording.table_schema import Resource

_SECONDS_OF_A_DAY = 86_400

CONDITION_FAILED = "ConditionalCheckFailed"
TRANSIENT_REASONS = frozenset({"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"})
"""Reasons of cancelled transactions that may succeed later. No SDK retries a TransactionCanceledException.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
"""


@dataclass(frozen=True)
class ResultStore(TableStore):
    """The results table.

    Parameters
    ----------
    history_days
        Days until a change, or a closed result, expires.
    retries
        The retries of a write that DynamoDB throttles.
    now
        Returns the current time in seconds since 1970.
    """

    history_days: int
    retries: Retries = field(default_factory=Retries)
    now: Callable[[], float] = time.time

    def write(self, result: Result, *, announce: bool = False, listed: datetime | None = None) -> bool:
        """Write the present result and its history, together or not at all.

        Parameters
        ----------
        announce
            Whether an entry is written into the outbox as well.
        listed
            The time of the request to AWS Config, for a result that it lists. It replaces a closed one from before
            that, even if it is older: AWS Config lists results with a delay.

        Returns
        -------
        bool
            False, with nothing changed, if the table has this result or a later one: events arrive twice and out of
            order.

        Raises
        ------
        Exception
            Any error of boto3; a transaction that DynamoDB cancels temporarily is retried first, while there is time.
        """
        expires_at = self._days_from_now(self.history_days)
        items: list[TransactWriteItemTypeDef] = [
            {"Put": {"TableName": self.table, "Item": result.history_item(expires_at)}},
            {
                "Put": {
                    "TableName": self.table,
                    "Item": result.present_item(expires_at),
                    "ConditionExpression": _write_condition(result, listed),
                    "ExpressionAttributeValues": {name: {"S": text} for name, text in _values(result, listed).items()},
                }
            },
        ]
        if announce:
            items.append(
                {"Put": {"TableName": self.table, "Item": outbox_item(result, self._days_from_now(KEPT_DAYS))}}
            )
        return self._transact(items)

    def _transact(self, items: list[TransactWriteItemTypeDef]) -> bool:
        began, attempt = time.monotonic(), 0
        while True:
            try:
                self.client.transact_write_items(TransactItems=items)
            except self.client.exceptions.TransactionCanceledException as cause:
                reasons = {reason.get("Code", "None") for reason in cause.response.get("CancellationReasons", [])}
                # A failed condition is final only if nothing else cancelled the transaction: a concurrent one may still
                # fail.
                if CONDITION_FAILED in reasons and reasons <= {CONDITION_FAILED, "None"}:
                    return False
                if not reasons & TRANSIENT_REASONS or not self.retries.pause(attempt, began):
                    raise
                attempt += 1
            else:
                return True

    def write_counts(self, counts: DailyCounts) -> None:
        """Write the counts of a rule on a day over existing ones.

        Raises
        ------
        Exception
            Any error of boto3.
        """
        self.client.put_item(TableName=self.table, Item=counts.to_item(self._days_from_now(self.history_days)))

    def of_rule(self, rule_name: str) -> Iterator[Result]:
        """Read the present results of a rule, without closed ones, page by page."""
        for partition in rule_partitions(rule_name):
            yield from (Result.from_item(item) for item in self._query(BY_RULE, partition))

    def texts_of_rule(self, rule_name: str) -> Iterator[dict[str, str]]:
        """Read the compared attributes of a rule's present results, without closed ones: texts by attribute."""
        for partition in rule_partitions(rule_name):
            for item in self._query(BY_RULE, partition, COMPARED):
                yield {name: value["S"] for name, value in item.items()}

    def present(self, results: Iterable[Result]) -> dict[Resource, Result]:
        """Read the table's results of some resources and rules, closed ones included, consistently.

        Returns
        -------
        dict[Resource, Result]
            The results by resource; one without a result in the table is left out.

        Raises
        ------
        NotWrittenError
            When DynamoDB did not return all of it.
        """
        keys = {(one.resource.key, present_sort_key(one.rule_name)): None for one in results}
        items = read_batches(
            self.client, self.table, ({PARTITION_KEY: {"S": key}, SORT_KEY: {"S": sort}} for key, sort in keys)
        )
        return {result.resource: result for result in map(Result.from_item, items)}

    def _days_from_now(self, days: int) -> int:
        return int(self.now()) + days * _SECONDS_OF_A_DAY

    def _query(
        self, index: Index, partition: str, attributes: Sequence[str] = ()
    ) -> Iterator[Mapping[str, AttributeValueTypeDef]]:
        asked: QueryInputPaginateTypeDef = {
            "TableName": self.table,
            "IndexName": index.name,
            "KeyConditionExpression": f"{index.partition_key} = :partition",
            "ExpressionAttributeValues": {":partition": {"S": partition}},
        }
        if attributes:
            asked["ProjectionExpression"] = ", ".join(attributes)
        pages = self.client.get_paginator("query").paginate(**asked)
        for page in pages:
            yield from page["Items"]


def _write_condition(result: Result, listed: datetime | None) -> str:
    """Write the condition under which a result replaces the stored one.

    Its second part lets a change of a rule's severity, or of a waiver, apply to existing results.

    Returns
    -------
    str
        A condition expression of DynamoDB.
    """
    if result.waiver is None:
        other_waiver = f"attribute_exists({WAIVER_EXPIRES})"
    else:
        others = (f"{name} <> :{name}" for name in result.waiver_texts)
        other_waiver = " OR ".join((f"attribute_not_exists({WAIVER_EXPIRES})", *others))
    condition = (
        f"attribute_not_exists({PARTITION_KEY}) OR result_time < :time OR "
        f"(result_time = :time AND (severity <> :severity OR {other_waiver}))"
    )
    return f"{condition} OR (compliance = :closed AND result_time < :listed)" if listed else condition


def _values(result: Result, listed: datetime | None) -> dict[str, str]:
    """Return the values in the condition."""
    values = {":time": time_text(result.time), ":severity": result.severity.value}
    values |= {f":{name}": text for name, text in result.waiver_texts.items()}
    return values | ({":closed": Compliance.NOT_APPLICABLE.value, ":listed": time_text(listed)} if listed else {})
