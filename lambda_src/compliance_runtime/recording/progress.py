"""The progress of a reconciliation, kept in the table, so that the next run continues it."""

from __future__ import annotations

import json
from array import array
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from compliance_runtime.errors import ReplacedError
from compliance_runtime.recording.batches import read_batches, write_batches
from compliance_runtime.recording.counts import Tally
from compliance_runtime.recording.results import time_text
from compliance_runtime.recording.table_schema import (
    EXPIRES_AT,
    PARTITION_KEY,
    PROGRESS_SORT_KEY,
    RECONCILIATION_KEY,
    SORT_KEY,
    TableStore,
    listed_sort_key,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

KEYS_OF_AN_ITEM = 40_000
"""Listed keys in one item, at 8 bytes each: below DynamoDB's limit of 400 KB per item."""

KEPT_SECONDS = 7 * 86_400
"""Seconds that listed keys are kept."""


@dataclass(frozen=True)
class Listing:
    """The progress of listing a rule's results.

    Parameters
    ----------
    rule_name
        The full name of the Config rule.
    started
        The start of the rule's comparison, in UTC.
    token
        The token of AWS Config's next page; None for the first one.
    again
        Whether it is the second listing, which precedes closing.
    tally
        The counts so far.
    keys
        The keys listed so far, as from ``KnownResults.listed_keys``.
    """

    rule_name: str
    started: datetime
    token: str | None = None
    again: bool = False
    tally: Tally = field(default_factory=Tally)
    keys: array[int] = field(default_factory=lambda: array("Q"))


@dataclass(frozen=True)
class Progress:
    """The remaining work of a reconciliation.

    Parameters
    ----------
    run
        The id of the request that began it, which also salts its hashes.
    invocation
        The id of the request that continues it, or did last.
    running
        Whether that invocation has not reported its end yet.
    saved_at
        The time of the last save, in UTC.
    deployment
        The digest of the deployment that is or was reconciled some time after it changed.
    left
        The rules that are not compared yet, in their order.
    failed
        The rules whose comparison failed or is incomplete.
    listing
        The listing of the first rule in ``left``.
    """

    run: str
    invocation: str
    running: bool
    saved_at: datetime
    deployment: str
    left: tuple[str, ...]
    failed: tuple[str, ...] = ()
    listing: Listing | None = None


@dataclass(frozen=True)
class ProgressStore(TableStore):
    """The progress in the results table."""

    def read(self) -> Progress | None:
        """Read the progress of the last reconciliation, consistently.

        Returns
        -------
        Progress | None
            The progress, with the keys of the listing that it is in; None when there was never a reconciliation.

        Raises
        ------
        NotWrittenError
            When DynamoDB did not return all of it.
        """
        item = self.client.get_item(TableName=self.table, Key=_key(PROGRESS_SORT_KEY), ConsistentRead=True).get("Item")
        if item is None:
            return None
        values: dict[str, Any] = json.loads(item["progress"]["S"])
        listing = values["listing"]
        return Progress(
            run=values["run"],
            invocation=item["invocation"]["S"],
            running=values["running"],
            saved_at=datetime.fromisoformat(item["saved_at"]["S"]),
            deployment=values["deployment"],
            left=tuple(values["left"]),
            failed=tuple(values["failed"]),
            listing=self._listing(listing) if listing else None,
        )

    def take(self, progress: Progress, before: Progress | None, *, force: bool) -> Progress:
        """Take over the reconciliation.

        Parameters
        ----------
        before
            The progress that was read.
        force
            Whether to take it from another invocation, which then has to end.

        Returns
        -------
        Progress
            The progress as it was written.

        Raises
        ------
        ReplacedError
            When another invocation has taken it since, without ``force``.
        """
        if force:
            return self._put(progress, None, {})
        if before is None:
            return self._put(progress, f"attribute_not_exists({PARTITION_KEY})", {})
        return self._put(progress, "saved_at = :saved_at", {":saved_at": time_text(before.saved_at)})

    def save(self, progress: Progress) -> Progress:
        """Save the progress.

        Returns
        -------
        Progress
            The progress as it was written.

        Raises
        ------
        ReplacedError
            When another invocation took it over.
        NotWrittenError
            When DynamoDB did not write all of it.
        """
        if progress.listing:
            self._write_keys(progress.listing.keys)
        return self._put(progress, "invocation = :invocation", {":invocation": progress.invocation})

    def _put(self, progress: Progress, condition: str | None, values: Mapping[str, str]) -> Progress:
        saved = replace(progress, saved_at=datetime.now(UTC))
        item = _key(PROGRESS_SORT_KEY) | {
            "invocation": {"S": saved.invocation},
            "saved_at": {"S": time_text(saved.saved_at)},
            "progress": {"S": _text(saved)},
        }
        conditions: dict[str, Any] = {"ConditionExpression": condition} if condition else {}
        if values:
            conditions["ExpressionAttributeValues"] = {name: {"S": value} for name, value in values.items()}
        try:
            self.client.put_item(TableName=self.table, Item=item, **conditions)
        except self.client.exceptions.ConditionalCheckFailedException as cause:
            raise ReplacedError from cause
        return saved

    def _write_keys(self, keys: array[int]) -> None:
        expires_at = {EXPIRES_AT: {"N": str(int(datetime.now(UTC).timestamp()) + KEPT_SECONDS)}}
        for number, start in enumerate(range(0, len(keys), KEYS_OF_AN_ITEM)):
            part = keys[start : start + KEYS_OF_AN_ITEM].tobytes()
            item: dict[str, Any] = {**_key(listed_sort_key(number)), "keys": {"B": part}, **expires_at}
            # One per call: 25 of them would exceed the size limit of a call.
            write_batches(self.client, self.table, [{"PutRequest": {"Item": item}}])

    def _listing(self, values: dict[str, Any]) -> Listing:
        count = values["count"]
        parts: dict[str, bytes] = {}
        sort_keys = [listed_sort_key(number) for number in range(-(-count // KEYS_OF_AN_ITEM))]
        for item in read_batches(self.client, self.table, map(_key, sort_keys)):
            parts[item[SORT_KEY]["S"]] = item["keys"]["B"]
        keys = array("Q")
        for sort_key in sort_keys:
            keys.frombytes(parts.get(sort_key, b""))
        return Listing(
            rule_name=values["rule_name"],
            started=datetime.fromisoformat(values["started"]),
            token=values["token"],
            again=values["again"],
            tally=Tally(**values["tally"]),
            keys=keys[:count],
        )


def _text(progress: Progress) -> str:
    listing = progress.listing
    return json.dumps(
        {
            "run": progress.run,
            "running": progress.running,
            "deployment": progress.deployment,
            "left": progress.left,
            "failed": progress.failed,
            "listing": listing
            and {
                "rule_name": listing.rule_name,
                "started": time_text(listing.started),
                "token": listing.token,
                "again": listing.again,
                "tally": vars(listing.tally),
                "count": len(listing.keys),
            },
        }
    )


def _key(sort_key: str) -> dict[str, AttributeValueTypeDef]:
    return {PARTITION_KEY: {"S": RECONCILIATION_KEY}, SORT_KEY: {"S": sort_key}}
