"""A results table on local AWS, filled with what the functions write into it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from compliance_runtime.recording.batches import write_batches
from compliance_runtime.recording.table_schema import INDEXES, PARTITION_KEY, SORT_KEY

if TYPE_CHECKING:
    from collections.abc import Iterable

    from compliance_runtime.recording.daily_counts import DailyCounts
    from compliance_runtime.recording.results import Result
    from compliance_runtime.recording.rule_directory import RuleEntry
    from compliance_tf.results.place import ResultsPlace

EXPIRES_AT = 4_000_000_000


@dataclass(frozen=True)
class WrittenTable:
    """A table with the keys of a deployed one."""

    client: Any
    place: ResultsPlace

    @classmethod
    def create(cls, client: Any, place: ResultsPlace) -> WrittenTable:
        keys = {PARTITION_KEY, SORT_KEY} | {key for index in INDEXES for key in (index.partition_key, index.sort_key)}
        client.create_table(
            TableName=place.table,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in sorted(keys)],
            KeySchema=_schema(PARTITION_KEY, SORT_KEY),
            GlobalSecondaryIndexes=[
                {
                    "IndexName": index.name,
                    "KeySchema": _schema(index.partition_key, index.sort_key),
                    "Projection": {"ProjectionType": "ALL"},
                }
                for index in INDEXES
            ],
        )
        return cls(client, place)

    def put(
        self,
        results: Iterable[Result] = (),
        *,
        rules: Iterable[RuleEntry] = (),
        days: Iterable[DailyCounts] = (),
        history: Iterable[Result] = (),
    ) -> None:
        """Write present results, rules, daily counts and changes."""

        def items() -> Iterable[Any]:
            yield from (result.present_item(EXPIRES_AT) for result in results)
            yield from (rule.to_item() for rule in rules)
            yield from (counts.to_item(EXPIRES_AT) for counts in days)
            yield from (change.history_item(EXPIRES_AT) for change in history)

        write_batches(self.client, self.place.table, ({"PutRequest": {"Item": item}} for item in items()))


def _schema(partition_key: str, sort_key: str) -> list[dict[str, str]]:
    return [
        {"AttributeName": partition_key, "KeyType": "HASH"},
        {"AttributeName": sort_key, "KeyType": "RANGE"},
    ]
