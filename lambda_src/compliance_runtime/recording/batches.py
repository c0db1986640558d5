"""DynamoDB's batches, with retries of unprocessed items.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
"""

from __future__ import annotations

import random
import time
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from compliance_runtime.errors import NotWrittenError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import (
        AttributeValueTypeDef,
        UniversalAttributeValueTypeDef,
        WriteRequestUnionTypeDef,
    )

MAX_WRITES = 25
"""Requests of one BatchWriteItem."""

MAX_READS = 100
"""Keys of one BatchGetItem."""

ATTEMPTS = 8
FIRST_PAUSE_SECONDS = 0.05
"""Seconds before the second attempt; each pause is up to twice the previous one, so all take at most 13 s."""

T = TypeVar("T")


def write_batches(client: DynamoDBClient, table: str, requests: Iterable[WriteRequestUnionTypeDef]) -> None:
    """Put and delete items, 25 a call.

    Raises
    ------
    NotWrittenError
        When DynamoDB did not write all of a batch within some attempts.
    """
    for batch in _chunks(requests, MAX_WRITES):
        left: Sequence[WriteRequestUnionTypeDef] = batch
        for attempt in range(ATTEMPTS):
            _pause(attempt)
            left = client.batch_write_item(RequestItems={table: left})["UnprocessedItems"].get(table, [])
            if not left:
                break
        else:
            raise NotWrittenError(f"DynamoDB did not take {len(left)} items of table {table} in {ATTEMPTS} attempts.")


def read_batches(
    client: DynamoDBClient, table: str, keys: Iterable[Mapping[str, UniversalAttributeValueTypeDef]]
) -> Iterator[Mapping[str, AttributeValueTypeDef]]:
    """Read the existing items of unique keys, 100 a call, consistently.

    Yields
    ------
    Mapping[str, AttributeValueTypeDef]
        Each item, in no order; a key without an item yields none.

    Raises
    ------
    NotWrittenError
        When DynamoDB did not return all of a batch within some attempts.
    """
    for batch in _chunks(keys, MAX_READS):
        left: Sequence[Mapping[str, UniversalAttributeValueTypeDef]] = batch
        for attempt in range(ATTEMPTS):
            _pause(attempt)
            answer = client.batch_get_item(RequestItems={table: {"Keys": left, "ConsistentRead": True}})
            yield from answer["Responses"].get(table, [])
            if table not in answer["UnprocessedKeys"]:
                break
            left = answer["UnprocessedKeys"][table]["Keys"]
        else:
            raise NotWrittenError(f"DynamoDB did not give {len(left)} items of table {table} in {ATTEMPTS} attempts.")


def _pause(attempt: int) -> None:
    if attempt:
        # Jitter, so that several functions do not retry at the same time.
        time.sleep(FIRST_PAUSE_SECONDS * 2**attempt * random.uniform(0.5, 1))  # noqa: S311 no secret


def _chunks(members: Iterable[T], size: int) -> Iterator[list[T]]:
    iterator = iter(members)
    while chunk := list(islice(iterator, size)):
        yield chunk
