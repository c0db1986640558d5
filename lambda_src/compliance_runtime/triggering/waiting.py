"""The rules whose evaluation is waiting to be started: one item of the table, which is written atomically.

AWS Config starts the evaluation of 25 rules a call, one call a minute. The others wait here, so that none is lost when
an invocation ends or is killed, and none is started twice.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from compliance_runtime.errors import NotWrittenError
from compliance_runtime.recording.table_schema import (
    PARTITION_KEY,
    SORT_KEY,
    WAITING_KEY,
    WAITING_SORT_KEY,
    TableStore,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

    from compliance_runtime.recording.throttled_writes import Retries

CALL_SECONDS = 61.0
"""Seconds between two calls: one a minute is allowed, and clocks differ
(https://docs.aws.amazon.com/config/latest/APIReference/API_StartConfigRulesEvaluation.html)."""

LEASE_SECONDS = 60.0
"""Seconds after the next due call before another invocation takes over."""

KEPT_SECONDS = 7 * 60 * 60
"""Seconds that requests are remembered: AWS Lambda retries for six hours."""

MAX_REQUESTS = 500
"""Maximum remembered requests, so that the item stays below DynamoDB's limit of 400 KB."""


@dataclass(frozen=True)
class Waiting:
    """Waiting rules, and the invocation that starts them. Times are seconds since 1970.

    Parameters
    ----------
    rules
        The names of the waiting rules.
    claimed
        The rules of the last call, as long as its outcome is unknown.
    claimed_at
        The time of that call.
    next_call
        The earliest time of the next call.
    refusals
        The number of consecutive refused calls.
    worker
        The invocation that makes the calls; None for none.
    worker_until
        The time until which no other invocation takes over.
    requests
        The requests whose rules were added, with the times.
    version
        The number of writes of the item.
    """

    rules: frozenset[str] = frozenset()
    claimed: frozenset[str] = frozenset()
    claimed_at: float = 0.0
    next_call: float = 0.0
    refusals: int = 0
    worker: str | None = None
    worker_until: float = 0.0
    requests: Mapping[str, float] = field(default_factory=dict)
    version: int = 0

    @property
    def left(self) -> int:
        """The number of rules that were not started, as far as known."""
        return len(self.rules) + len(self.claimed)

    def added(self, names: Collection[str], requests: Collection[str], now: float) -> Waiting:
        """Add the rules of a request, unless they were added before."""
        if not names or self.requests.keys() & set(requests):
            return self
        young = {one: at for one, at in self.requests.items() if now - at < KEPT_SECONDS}
        kept = sorted(young.items(), key=lambda entry: entry[1])[-MAX_REQUESTS:]
        return replace(self, rules=self.rules | set(names), requests=dict(kept) | dict.fromkeys(requests, now))

    def belongs_to_another(self, worker: str, now: float) -> bool:
        """Return whether another invocation makes the calls."""
        return self.worker not in {None, worker} and now < self.worker_until

    def taken(self, worker: str, now: float) -> Waiting:
        """Assign the calls to an invocation, if anything waits and no other one has them."""
        if not self.left or self.belongs_to_another(worker, now):
            return self
        return replace(self, worker=worker, worker_until=max(now, self.next_call) + LEASE_SECONDS)

    def claim(self, names: Collection[str], now: float) -> Waiting:
        """Claim the rules of the next call, which is made right after this was written."""
        next_call = now + CALL_SECONDS
        return replace(
            self,
            rules=self.rules - set(names),
            claimed=frozenset(names),
            claimed_at=now,
            next_call=next_call,
            worker_until=next_call + LEASE_SECONDS,
        )

    def settled(self, back: Collection[str], *, refused: bool = False) -> Waiting:
        """Settle the last call: some rules were started, and these wait again."""
        refusals = self.refusals + 1 if refused else 0
        return replace(self, rules=self.rules | set(back), claimed=frozenset(), refusals=refusals)

    def released(self) -> Waiting:
        """Release the calls."""
        return replace(self, worker=None, worker_until=0.0)

    def to_item(self) -> dict[str, AttributeValueTypeDef]:
        """Convert to an item."""
        state = vars(self) | {"rules": sorted(self.rules), "claimed": sorted(self.claimed)}
        return _key() | {"version": {"N": str(self.version)}, "waiting": {"S": json.dumps(state)}}

    @classmethod
    def from_item(cls, item: Mapping[str, AttributeValueTypeDef]) -> Waiting:
        """Parse an item."""
        state: dict[str, Any] = json.loads(item["waiting"]["S"])
        return cls(**(state | {"rules": frozenset(state["rules"]), "claimed": frozenset(state["claimed"])}))


@dataclass(frozen=True)
class WaitingStore(TableStore):
    """The item in the table.

    Parameters
    ----------
    retries
        The retries after concurrent writes.
    """

    retries: Retries

    def change(self, change: Callable[[Waiting], Waiting]) -> Waiting:
        """Read, change and write the item, with retries after concurrent writes.

        Returns
        -------
        Waiting
            What the table has now.

        Raises
        ------
        NotWrittenError
            When concurrent writes exhausted the retries.
        Exception
            Any error of ``change``, with nothing written.
        """
        began = time.monotonic()
        attempt = 0
        while True:
            before = self.read()
            after = change(before)
            if after == before:
                return before
            after = replace(after, version=before.version + 1)
            condition: dict[str, Any] = {"ConditionExpression": f"attribute_not_exists({PARTITION_KEY})"}
            if before.version:
                condition = {
                    "ConditionExpression": "version = :version",
                    "ExpressionAttributeValues": {":version": {"N": str(before.version)}},
                }
            try:
                self.client.put_item(TableName=self.table, Item=after.to_item(), **condition)
            except self.client.exceptions.ConditionalCheckFailedException as cause:
                if not self.retries.pause(attempt, began):
                    raise NotWrittenError(
                        f"Others wrote the waiting rules of table {self.table} all the time."
                    ) from cause
                attempt += 1
                continue
            return after

    def read(self) -> Waiting:
        """Read the item consistently."""
        item = self.client.get_item(TableName=self.table, Key=_key(), ConsistentRead=True).get("Item")
        return Waiting.from_item(item) if item else Waiting()


def _key() -> dict[str, AttributeValueTypeDef]:
    return {PARTITION_KEY: {"S": WAITING_KEY}, SORT_KEY: {"S": WAITING_SORT_KEY}}
