"""The rules of a deployment as the results table keeps them, for readers that have nothing but the table."""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from compliance_runtime.check import Severity
from compliance_runtime.recording.batches import write_batches
from compliance_runtime.recording.results_table import (
    DIGEST_SORT_KEY,
    PARTITION_KEY,
    PRESENT_PREFIX,
    RULES_KEY,
    SORT_KEY,
    present_sort_key,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

    from compliance_runtime.deployment import DeployedRule


@dataclass(frozen=True)
class RuleEntry:
    """A Config rule of the deployment.

    Parameters
    ----------
    name
        The whole name of the Config rule.
    severity
        How much a violation matters.
    packs
        The names of the packs that it comes from, sorted.
    identifier
        What evaluates it: the identifier of a managed rule, such as ``CLOUD_TRAIL_ENABLED``, or the id of a check, such
        as ``required-tags``; None for a Guard policy.
    """

    name: str
    severity: Severity
    packs: tuple[str, ...] = ()
    identifier: str | None = None

    @classmethod
    def of(cls, name: str, rule: DeployedRule) -> RuleEntry:
        """Take a rule from the manifest."""
        return cls(name, rule.severity, tuple(sorted(rule.packs)), rule.identifier)

    def to_item(self) -> dict[str, AttributeValueTypeDef]:
        """Make its item."""
        item: dict[str, AttributeValueTypeDef] = {
            PARTITION_KEY: {"S": RULES_KEY},
            SORT_KEY: {"S": present_sort_key(self.name)},
            "rule": {"S": self.name},
            "severity": {"S": self.severity.value},
        }
        if self.packs:
            # DynamoDB has no empty sets.
            item["packs"] = {"SS": list(self.packs)}
        if self.identifier:
            item["identifier"] = {"S": self.identifier}
        return item

    @classmethod
    def from_item(cls, item: Mapping[str, AttributeValueTypeDef]) -> RuleEntry:
        """Read its item."""
        return cls(
            name=item["rule"]["S"],
            severity=Severity(item["severity"]["S"]),
            packs=tuple(sorted(item["packs"]["SS"])) if "packs" in item else (),
            identifier=item["identifier"]["S"] if "identifier" in item else None,
        )


@dataclass(frozen=True)
class RuleDirectory:
    """The rules in the table.

    Parameters
    ----------
    client
        DynamoDB's client.
    table
        The name of the table.
    """

    client: DynamoDBClient
    table: str

    def read(self) -> dict[str, RuleEntry]:
        """Read all rules by their name: those of the deployment, and removed ones whose results are not closed yet."""
        pages = self.client.get_paginator("query").paginate(
            TableName=self.table,
            KeyConditionExpression=f"{PARTITION_KEY} = :partition AND begins_with({SORT_KEY}, :prefix)",
            ExpressionAttributeValues={":partition": {"S": RULES_KEY}, ":prefix": {"S": PRESENT_PREFIX}},
        )
        entries = (RuleEntry.from_item(item) for page in pages for item in page["Items"])
        return {entry.name: entry for entry in entries}

    def write_once(self, entries: Collection[RuleEntry]) -> bool:
        """Write all rules, unless the table's digest says that it has them.

        Returns
        -------
        bool
            False, with nothing written, if it has them.

        Raises
        ------
        NotWrittenError
            When DynamoDB did not take them all. Without the digest, which comes last, they are written again.
        """
        item = self.client.get_item(TableName=self.table, Key=_digest_key()).get("Item", {})
        if "digest" in item and item["digest"]["S"] == _digest(entries):
            return False
        self.write(entries, entries)
        return True

    def write(self, changed: Iterable[RuleEntry], entries: Iterable[RuleEntry]) -> None:
        """Write the rules that changed, and then the digest of all rules of the deployment.

        Raises
        ------
        NotWrittenError
            When DynamoDB did not take them all.
        """
        write_batches(self.client, self.table, ({"PutRequest": {"Item": entry.to_item()}} for entry in changed))
        self.client.put_item(TableName=self.table, Item=_digest_key() | {"digest": {"S": _digest(entries)}})

    def remove(self, name: str) -> None:
        """Remove a rule that is not deployed any more, once its results are closed."""
        key: dict[str, AttributeValueTypeDef] = {
            PARTITION_KEY: {"S": RULES_KEY},
            SORT_KEY: {"S": present_sort_key(name)},
        }
        write_batches(self.client, self.table, [{"DeleteRequest": {"Key": key}}])


def _digest_key() -> dict[str, AttributeValueTypeDef]:
    return {PARTITION_KEY: {"S": RULES_KEY}, SORT_KEY: {"S": DIGEST_SORT_KEY}}


def _digest(entries: Iterable[RuleEntry]) -> str:
    rules = sorted([entry.name, entry.severity.value, entry.packs, entry.identifier or ""] for entry in entries)
    return sha256(json.dumps(rules).encode()).hexdigest()
