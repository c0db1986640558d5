"""Reading and writing results in DynamoDB."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lambda_src.results import WAIVER_EXPIRES, Result
from lambda_src.results_table import (
    BY_RULE,
    BY_SEVERITY,
    PARTITION_KEY,
    Index,
    rule_partitions,
    severity_partitions,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mypy_boto3_dynamodb import DynamoDBClient

    from lambda_src.check import Severity

_SECONDS_OF_A_DAY = 86_400
_KNOWN_REASONS = frozenset({"None", "ConditionalCheckFailed"})


@dataclass(frozen=True)
class ResultStore:
    """The results table.

    Parameters
    ----------
    client
        DynamoDB's client.
    table
        The name of the table.
    history_days
        Days until a change, or a closed result, expires.
    now
        The present in seconds since 1970.
    """

    client: DynamoDBClient
    table: str
    history_days: int
    now: Callable[[], float] = time.time

    def write(self, result: Result) -> bool:
        """Write the present result and its history, together or not at all.

        Returns
        -------
        bool
            False, with nothing changed, if the table knows this result or a later one: events come twice and out of
            order.

        Raises
        ------
        Exception
            What boto3 raises.
        """
        expires_at = int(self.now()) + self.history_days * _SECONDS_OF_A_DAY
        try:
            self.client.transact_write_items(
                TransactItems=[
                    {"Put": {"TableName": self.table, "Item": result.history_item(expires_at)}},
                    {
                        "Put": {
                            "TableName": self.table,
                            "Item": result.present_item(expires_at),
                            "ConditionExpression": _is_news(result),
                            "ExpressionAttributeValues": {
                                ":time": {"S": result.time_text},
                                ":severity": {"S": result.severity.value},
                                **{f":{name}": {"S": text} for name, text in result.waiver_texts.items()},
                            },
                        }
                    },
                ]
            )
        except self.client.exceptions.TransactionCanceledException as cause:
            reasons = {reason.get("Code", "None") for reason in cause.response.get("CancellationReasons", [])}
            if "ConditionalCheckFailed" in reasons and reasons <= _KNOWN_REASONS:
                return False
            raise
        return True

    def of_rule(self, rule_name: str) -> Iterator[Result]:
        """Read the present results of a rule, without closed ones."""
        for partition in rule_partitions(rule_name):
            yield from self._query(BY_RULE, partition)

    def violations(self, severity: Severity) -> Iterator[Result]:
        """Read the present violations of a severity, whatever their rule."""
        for partition in severity_partitions(severity):
            yield from self._query(BY_SEVERITY, partition)

    def _query(self, index: Index, partition: str) -> Iterator[Result]:
        pages = self.client.get_paginator("query").paginate(
            TableName=self.table,
            IndexName=index.name,
            KeyConditionExpression=f"{index.partition_key} = :partition",
            ExpressionAttributeValues={":partition": {"S": partition}},
        )
        for page in pages:
            yield from (Result.from_item(item) for item in page["Items"])


def _is_news(result: Result) -> str:
    """Write the condition under which a result is written over what is there.

    Its last part lets a deployment that changes a rule's severity, or a waiver, reach the results that are already
    there.
    """
    if result.waiver is None:
        other_waiver = f"attribute_exists({WAIVER_EXPIRES})"
    else:
        others = (f"{name} <> :{name}" for name in result.waiver_texts)
        other_waiver = " OR ".join((f"attribute_not_exists({WAIVER_EXPIRES})", *others))
    return (
        f"attribute_not_exists({PARTITION_KEY}) OR result_time < :time OR "
        f"(result_time = :time AND (severity <> :severity OR {other_waiver}))"
    )
