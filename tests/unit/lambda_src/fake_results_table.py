"""The results table in memory: it keeps DynamoDB's rules as far as the results rely on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lambda_src.results_table import INDEXES
from tests.unit.lambda_src.builders import client

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = 2
WAIVER = ("waiver_ticket", "waiver_owner", "waiver_reason", "waiver_resource", "waiver_expires")
OTHER_WAIVER = " OR ".join(("attribute_not_exists(waiver_expires)", *(f"{name} <> :{name}" for name in WAIVER)))


def is_news(other_waiver: str) -> str:
    """The condition of a write."""
    return (
        "attribute_not_exists(pk) OR result_time < :time OR "
        f"(result_time = :time AND (severity <> :severity OR {other_waiver}))"
    )


class FakeResultsTable:
    """Stands in for DynamoDB's client. `items` are by their key, in plain texts and numbers."""

    def __init__(self) -> None:
        real = client("dynamodb")
        self.exceptions = real.exceptions
        self.items: dict[tuple[str, str], dict[str, str]] = {}
        self.conflict = False

    @property
    def present(self) -> list[dict[str, str]]:
        return [item for (_, sort_key), item in self.items.items() if sort_key.startswith("RULE#")]

    @property
    def history(self) -> list[dict[str, str]]:
        return [item for (_, sort_key), item in self.items.items() if sort_key.startswith("HISTORY#")]

    def transact_write_items(self, *, TransactItems: list[dict[str, Any]]) -> None:  # noqa: N803 boto3's name
        puts = [entry["Put"] for entry in TransactItems]
        reasons = ["None" if self._allowed(put) else "ConditionalCheckFailed" for put in puts]
        if self.conflict:
            reasons[0] = "TransactionConflict"
        if set(reasons) != {"None"}:
            answer: Any = {
                "Error": {"Code": "TransactionCanceledException", "Message": "cancelled"},
                "CancellationReasons": [{"Code": reason} for reason in reasons],
            }
            raise self.exceptions.TransactionCanceledException(answer, "TransactWriteItems")
        for put in puts:
            item = _plain(put["Item"])
            self.items[item["pk"], item["sk"]] = item

    def get_paginator(self, operation: str) -> FakeResultsTable:
        assert operation == "query"
        return self

    def paginate(
        self,
        *,
        TableName: str,  # noqa: N803 boto3's names
        IndexName: str,  # noqa: N803
        KeyConditionExpression: str,  # noqa: N803
        ExpressionAttributeValues: dict[str, Any],  # noqa: N803
    ) -> Iterator[dict[str, Any]]:
        assert TableName == "acme-dev-results"
        index = next(index for index in INDEXES if index.name == IndexName)
        assert KeyConditionExpression == f"{index.partition_key} = :partition"
        partition = _plain(ExpressionAttributeValues)[":partition"]
        found = [item for item in self.items.values() if item.get(index.partition_key) == partition]
        found.sort(key=lambda item: item[index.sort_key])
        for start in range(0, len(found) or 1, PAGE):
            yield {"Items": [_typed(item) for item in found[start : start + PAGE]]}

    def _allowed(self, put: dict[str, Any]) -> bool:
        assert put["TableName"] == "acme-dev-results"
        if "ConditionExpression" not in put:
            return True
        item, values = _plain(put["Item"]), _plain(put["ExpressionAttributeValues"])
        known = self.items.get((item["pk"], item["sk"]))
        if put["ConditionExpression"] == is_news("attribute_exists(waiver_expires)"):
            other_waiver = known is not None and "waiver_expires" in known
        else:
            assert put["ConditionExpression"] == is_news(OTHER_WAIVER)
            other_waiver = known is not None and any(known.get(name) != values[f":{name}"] for name in WAIVER)
        return (
            known is None
            or known["result_time"] < values[":time"]
            or (known["result_time"] == values[":time"] and (known["severity"] != values[":severity"] or other_waiver))
        )


def _plain(item: dict[str, dict[str, str]]) -> dict[str, str]:
    return {name: value["N"] if "N" in value else value["S"] for name, value in item.items()}


def _typed(item: dict[str, str]) -> dict[str, dict[str, str]]:
    return {name: {"N" if name == "expires_at" else "S": value} for name, value in item.items()}
