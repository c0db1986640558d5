"""Queries of the results table: many partitions concurrently, page by page, in order, and in bounded memory."""

from __future__ import annotations

import heapq
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import chain
from threading import Lock
from typing import TYPE_CHECKING, Final, TypeAlias

from compliance_runtime.recording.table_schema import PARTITION_KEY, SHARDS, SORT_KEY, Index
from compliance_tf.results.boto_errors import explained

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from concurrent.futures import Future

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef, QueryInputTypeDef, QueryOutputTypeDef

    from compliance_tf.results.place import ResultsPlace

Item: TypeAlias = "dict[str, AttributeValueTypeDef]"
"""An item in DynamoDB's own form."""

WORKERS: Final = 2 * SHARDS
"""Concurrent requests: those of one group of shards, and of the next."""

PAGE_ITEMS: Final = 150
"""Maximum items of a page. Many concurrent pages of 1 MB would take some hundred MB of memory."""

_GROUPS_AHEAD: Final = 1
"""Groups of partitions that are read ahead of the current one."""


@dataclass(frozen=True)
class Query:
    """A query of one partition.

    Parameters
    ----------
    partition
        The value of the partition key.
    index
        The index; None for the table itself.
    prefix
        The prefix of the sort keys.
    attributes
        The attributes that are wanted beside the sort key; all unless given. DynamoDB charges for whole items.
    """

    partition: str
    index: Index | None = None
    prefix: str = ""
    attributes: tuple[str, ...] = ()

    @property
    def sort_key(self) -> str:
        """The sort key of the items."""
        return self.index.sort_key if self.index else SORT_KEY

    def request(self, table: str) -> QueryInputTypeDef:
        """Build the request for its first page."""
        partition_key = self.index.partition_key if self.index else PARTITION_KEY
        condition = f"{partition_key} = :partition"
        values = {":partition": {"S": self.partition}}
        if self.prefix:
            condition += f" AND begins_with({self.sort_key}, :prefix)"
            values[":prefix"] = {"S": self.prefix}
        request: QueryInputTypeDef = {
            "TableName": table,
            "KeyConditionExpression": condition,
            "ExpressionAttributeValues": values,
            "ReturnConsumedCapacity": "TOTAL",
        }
        if self.index:
            request["IndexName"] = self.index.name
        if self.attributes:
            # Some of the names are reserved words.
            names = {f"#{number}": name for number, name in enumerate((self.sort_key, *self.attributes))}
            request["ExpressionAttributeNames"] = names
            request["ProjectionExpression"] = ",".join(names)
        return request


@dataclass(frozen=True)
class Usage:
    """The usage of reading.

    Parameters
    ----------
    requests
        Requested pages, without retries.
    items
        Received items.
    read_units
        DynamoDB's read request units, by which on-demand capacity is charged.
    """

    requests: int = 0
    items: int = 0
    read_units: float = 0.0

    def __add__(self, other: Usage) -> Usage:
        """Return the sum of both."""
        return Usage(self.requests + other.requests, self.items + other.items, self.read_units + other.read_units)


@dataclass(frozen=True)
class _Page:
    items: Sequence[Item]
    next_key: Item | None


class TableQueries:
    """Queries of one table, from several threads.

    Parameters
    ----------
    client
        DynamoDB's client; its pool of connections should have ``WORKERS``.
    place
        The place of the table.
    on_page
        Called with the usage so far after each page, from any thread, one call at a time.
    """

    def __init__(
        self, client: DynamoDBClient, place: ResultsPlace, on_page: Callable[[Usage], None] | None = None
    ) -> None:
        self._client = client
        self._place = place
        self._lock = Lock()
        self.on_page = on_page
        self.usage = Usage()

    def items(self, queries: Sequence[Query], page_items: int = PAGE_ITEMS) -> Iterator[Item]:
        """Read several partitions.

        Parameters
        ----------
        queries
            The queries, all of the same index.
        page_items
            Items per request: the number of wanted items, if known to be small.

        Returns
        -------
        Iterator[Item]
            Their items, merged in the order of their sort keys.

        Raises
        ------
        ResultsError
            When the table cannot be read.
        """
        return self.items_in_groups([queries], page_items)

    def items_in_groups(self, groups: Iterable[Sequence[Query]], page_items: int = PAGE_ITEMS) -> Iterator[Item]:
        """Read one group of partitions after the other.

        At most one page of each partition is buffered while another is fetched, for this and the next group, so memory
        does not grow with the table. Closing the iterator ends all reading.

        Yields
        ------
        Item
            The items of each group, merged as :meth:`items` does.
        """
        with _pool() as pool:
            ahead: deque[Iterator[Item]] = deque()
            for group in chain(groups, [None] * _GROUPS_AHEAD):
                if group is not None:
                    parts = [_prefetched(pool, self, query, page_items) for query in group]
                    ahead.append(heapq.merge(*parts, key=_by_sort_key(group)))
                if ahead and (group is None or len(ahead) > _GROUPS_AHEAD):
                    yield from ahead.popleft()

    def counts(self, queries: Sequence[Query]) -> list[int]:
        """Count the items of partitions, without transferring them.

        Returns
        -------
        list[int]
            The number of each query, in their order.

        Raises
        ------
        ResultsError
            When the table cannot be read.
        """
        with _pool() as pool:
            return list(pool.map(self._count, queries))

    def page(self, query: Query, page_items: int, start: Item | None) -> _Page:
        """Fetch a page."""
        request = query.request(self._place.table)
        request["Limit"] = page_items
        if start:
            request["ExclusiveStartKey"] = start
        answer = self._ask(request)
        return _Page(answer["Items"], answer.get("LastEvaluatedKey"))

    def _count(self, query: Query) -> int:
        request = replace(query, attributes=()).request(self._place.table)
        request["Select"] = "COUNT"
        counted = 0
        while True:
            answer = self._ask(request)
            counted += answer["Count"]
            if "LastEvaluatedKey" not in answer:
                return counted
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def _ask(self, request: QueryInputTypeDef) -> QueryOutputTypeDef:
        place = self._place
        missing = (
            f"There is no table {place.table} in {place.region}: deploy first with `compliance-tf deploy --workspace "
            f"{place.workspace}`, or give --project, --region or --table."
        )
        with explained(str(place), "dynamodb:Query on the table and its indexes", missing=missing):
            answer = self._client.query(**request)
        with self._lock:
            units = answer.get("ConsumedCapacity", {}).get("CapacityUnits", 0.0)
            used = self.usage
            self.usage = replace(
                used,
                requests=used.requests + 1,
                items=used.items + answer["Count"],
                read_units=used.read_units + units,
            )
            if self.on_page:
                self.on_page(self.usage)
        return answer


def _prefetched(pool: ThreadPoolExecutor, table: TableQueries, query: Query, page_items: int) -> Iterator[Item]:
    """Yield a partition's items; each page is requested while the previous one is consumed."""
    first = pool.submit(table.page, query, page_items, None)

    def items() -> Iterator[Item]:
        page: Future[_Page] | None = first
        while page is not None:
            here = page.result()
            page = pool.submit(table.page, query, page_items, here.next_key) if here.next_key else None
            yield from here.items

    return items()


def _by_sort_key(group: Sequence[Query]) -> Callable[[Item], str]:
    name = group[0].sort_key if group else SORT_KEY
    return lambda item: str(item[name]["S"])


@contextmanager
def _pool() -> Iterator[ThreadPoolExecutor]:
    pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="results")
    try:
        yield pool
    finally:
        # After an early end or Ctrl-C, do not wait for queued pages.
        pool.shutdown(cancel_futures=True)
