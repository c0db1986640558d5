"""The results table in memory: it keeps DynamoDB's rules as far as the results rely on them."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

from compliance_runtime.recording.daily_counts import DailyCounts
from compliance_runtime.recording.results import Result
from compliance_runtime.recording.table_schema import INDEXES, SEVERITY_KEY, Index, severity_partitions
from tests.unit.compliance_runtime.builders import client

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compliance_runtime.check import Severity

TABLE = "acme-dev-results"
PAGE = 2
WAIVER = ("waiver_ticket", "waiver_owner", "waiver_reason", "waiver_resource", "waiver_expires")
OTHER_WAIVER = " OR ".join(("attribute_not_exists(waiver_expires)", *(f"{name} <> :{name}" for name in WAIVER)))

OR_CLOSED = " OR (compliance = :closed AND result_time < :listed)"


def is_news(other_waiver: str) -> str:
    """The condition of a write."""
    return (
        "attribute_not_exists(pk) OR result_time < :time OR "
        f"(result_time = :time AND (severity <> :severity OR {other_waiver}))"
    )


class FakeResultsTable:
    """Stands in for DynamoDB's client. `items` are by their key, in plain texts, numbers and sets."""

    def __init__(self) -> None:
        self.exceptions = _exceptions()
        self.items: dict[tuple[str, str], dict[str, Any]] = {}
        self.cancelled: list[str] = []
        """The reasons for which the next transactions are cancelled, one each."""
        self.refuses = 0

    @property
    def present(self) -> list[dict[str, Any]]:
        return self._found("RESOURCE#", "RULE#")

    @property
    def history(self) -> list[dict[str, Any]]:
        return self._found("RESOURCE#", "HISTORY#")

    @property
    def rules(self) -> list[str]:
        return sorted(item["rule"] for item in self._found("RULES", "RULE#"))

    @property
    def announced(self) -> list[tuple[str, str]]:
        """The resource and rule that each item of the outbox points to."""
        present = [self.items[item["present_pk"], item["present_sk"]] for item in self._found("OUTBOX#")]
        return sorted((item["resource_id"], item["rule"]) for item in present)

    def violations(self, severity: Severity) -> list[Result]:
        """What the index by severity holds of one."""
        partitions = severity_partitions(severity)
        return [Result.from_item(typed(item)) for item in self.present if item.get(SEVERITY_KEY) in partitions]

    @property
    def counts(self) -> list[DailyCounts]:
        return [DailyCounts.from_item(typed(item)) for item in self._found("DAY#")]

    def _found(self, partition: str, sort: str = "") -> list[dict[str, Any]]:
        return [item for (pk, sk), item in self.items.items() if pk.startswith(partition) and sk.startswith(sort)]

    def transact_write_items(self, *, TransactItems: list[dict[str, Any]]) -> None:  # noqa: N803 boto3's name
        puts = [entry["Put"] for entry in TransactItems]
        reasons = ["None" if self._allowed(put) else "ConditionalCheckFailed" for put in puts]
        if self.cancelled:
            reasons[0] = self.cancelled.pop(0)
        if set(reasons) != {"None"}:
            answer: Any = {
                "Error": {"Code": "TransactionCanceledException", "Message": "cancelled"},
                "CancellationReasons": [{"Code": reason} for reason in reasons],
            }
            raise self.exceptions.TransactionCanceledException(answer, "TransactWriteItems")
        for put in puts:
            item = _plain(put["Item"])
            self.items[item["pk"], item["sk"]] = item

    def put_item(
        self,
        *,
        TableName: str,  # noqa: N803 boto3's names
        Item: dict[str, Any],  # noqa: N803
        ConditionExpression: str | None = None,  # noqa: N803
        ExpressionAttributeValues: dict[str, Any] | None = None,  # noqa: N803
    ) -> None:
        assert TableName == TABLE
        item = _plain(Item)
        known = self.items.get((item["pk"], item["sk"]))
        values = _plain(ExpressionAttributeValues or {})
        if ConditionExpression == "attribute_not_exists(pk)":
            allowed = known is None
        else:
            assert ConditionExpression in {None, *(f"{name[1:]} = {name}" for name in values)}
            allowed = all(known is not None and known[name[1:]] == value for name, value in values.items())
        if not allowed:
            answer: Any = {"Error": {"Code": "ConditionalCheckFailedException", "Message": "The condition failed"}}
            raise self.exceptions.ConditionalCheckFailedException(answer, "PutItem")
        self.items[item["pk"], item["sk"]] = item

    def get_item(self, *, TableName: str, Key: dict[str, Any], ConsistentRead: bool = False) -> dict[str, Any]:  # noqa: N803
        assert ConsistentRead
        assert TableName == TABLE
        found = self.items.get(_key(Key))
        return {"Item": typed(found)} if found else {}

    def batch_write_item(self, *, RequestItems: dict[str, Any]) -> dict[str, Any]:  # noqa: N803
        """Take all but the last request; all of them when it is the only one."""
        requests = self._batch(RequestItems, 25)
        if self.refuses:
            self.refuses -= 1
            return {"UnprocessedItems": {TABLE: requests}}
        taken = requests[:-1] or requests
        for request in taken:
            if "PutRequest" in request:
                self.put_item(TableName=TABLE, Item=request["PutRequest"]["Item"])
            else:
                self.items.pop(_key(request["DeleteRequest"]["Key"]), None)
        left = requests[len(taken) :]
        return {"UnprocessedItems": {TABLE: left} if left else {}}

    def batch_get_item(self, *, RequestItems: dict[str, Any]) -> dict[str, Any]:  # noqa: N803
        """Return all but the last item; the last one when it is asked for alone."""
        request = RequestItems[TABLE]
        keys = self._batch({TABLE: request["Keys"]}, 100)
        assert request["ConsistentRead"]
        if self.refuses:
            self.refuses -= 1
            return {"Responses": {}, "UnprocessedKeys": {TABLE: request}}
        given = keys[:-1] or keys
        found = [typed(self.items[_key(key)]) for key in given if _key(key) in self.items]
        left = keys[len(given) :]
        return {"Responses": {TABLE: found}, "UnprocessedKeys": {TABLE: {"Keys": left}} if left else {}}

    @staticmethod
    def _batch(requests: dict[str, Any], most: int) -> list[Any]:
        (members,) = requests.values()
        keys = [json.dumps(member, sort_keys=True, default=repr) for member in members]
        assert 1 <= len(members) <= most
        assert len(set(keys)) == len(keys), "DynamoDB refuses a batch with the same key twice"
        return list(members)

    def get_paginator(self, operation: str) -> FakeResultsTable:
        assert operation == "query"
        return self

    def paginate(
        self,
        *,
        TableName: str,  # noqa: N803
        KeyConditionExpression: str,  # noqa: N803
        ExpressionAttributeValues: dict[str, Any],  # noqa: N803
        IndexName: str | None = None,  # noqa: N803
        ConsistentRead: bool = False,  # noqa: N803
        ProjectionExpression: str | None = None,  # noqa: N803
    ) -> Iterator[dict[str, Any]]:
        assert TableName == TABLE
        assert not (IndexName and ConsistentRead), "DynamoDB has no consistent read of an index"
        index = next((index for index in INDEXES if index.name == IndexName), Index("", "pk", "sk"))
        values = _plain(ExpressionAttributeValues)
        condition = f"{index.partition_key} = :partition"
        if ":prefix" in values:
            condition += f" AND begins_with({index.sort_key}, :prefix)"
        assert KeyConditionExpression == condition
        found = [
            item
            for item in self.items.values()
            if item.get(index.partition_key) == values[":partition"]
            and item[index.sort_key].startswith(values.get(":prefix", ""))
        ]
        found.sort(key=lambda item: item[index.sort_key])
        for start in range(0, len(found) or 1, PAGE):
            yield {"Items": [typed(_projected(item, ProjectionExpression)) for item in found[start : start + PAGE]]}

    def _allowed(self, put: dict[str, Any]) -> bool:
        assert put["TableName"] == TABLE
        if "ConditionExpression" not in put:
            return True
        item, values = _plain(put["Item"]), _plain(put["ExpressionAttributeValues"])
        known = self.items.get((item["pk"], item["sk"]))
        condition = put["ConditionExpression"].removesuffix(OR_CLOSED)
        assert (condition != put["ConditionExpression"]) == (":listed" in values)
        if ":listed" in values and known is not None and known["compliance"] == values[":closed"] == "NOT_APPLICABLE":
            return bool(known["result_time"] < max(values[":listed"], values[":time"]))
        if condition == is_news("attribute_exists(waiver_expires)"):
            other_waiver = known is not None and "waiver_expires" in known
        else:
            assert condition == is_news(OTHER_WAIVER)
            other_waiver = known is not None and any(known.get(name) != values[f":{name}"] for name in WAIVER)
        return (
            known is None
            or known["result_time"] < values[":time"]
            or (known["result_time"] == values[":time"] and (known["severity"] != values[":severity"] or other_waiver))
        )


def _projected(item: dict[str, Any], expression: str | None) -> dict[str, Any]:
    return {name: item[name] for name in expression.split(", ") if name in item} if expression else item


@cache
def _exceptions() -> Any:
    return client("dynamodb").exceptions


def _key(key: dict[str, Any]) -> tuple[str, str]:
    plain = _plain(key)
    return plain["pk"], plain["sk"]


def _plain(item: dict[str, Any]) -> dict[str, Any]:
    """Take texts as they are, and numbers and sets by their own types."""
    readers = {"S": str, "N": int, "SS": frozenset, "B": bytes}
    return {name: readers[kind](value) for name, typed in item.items() for kind, value in typed.items()}


def typed(item: dict[str, Any]) -> dict[str, Any]:
    kinds = {str: ("S", str), int: ("N", str), frozenset: ("SS", sorted), bytes: ("B", bytes)}
    return {name: {kinds[type(value)][0]: kinds[type(value)][1](value)} for name, value in item.items()}
