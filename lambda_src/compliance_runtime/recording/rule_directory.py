"""The rules of a deployment in the results table, for readers that have only the table."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from compliance_runtime.check import Severity
from compliance_runtime.recording.batches import write_batches
from compliance_runtime.recording.results import time_text
from compliance_runtime.recording.table_schema import (
    DIGEST_SORT_KEY,
    PARTITION_KEY,
    PRESENT_PREFIX,
    RULES_KEY,
    SORT_KEY,
    TableStore,
    present_sort_key,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

    from compliance_runtime.deployment import DeployedRule
    from compliance_runtime.waivers.waiver import DeployedWaiver


@dataclass(frozen=True)
class RuleEntry:
    """A Config rule of the deployment.

    Parameters
    ----------
    name
        The full name of the Config rule.
    severity
        The severity of a violation.
    packs
        The names of its packs, sorted.
    identifier
        The identifier of a managed rule, such as ``CLOUD_TRAIL_ENABLED``, or the id of a check, such as
        ``required-tags``; None for a Guard policy.
    full_id
        Its id, if that is too long for the rule's name.
    """

    name: str
    severity: Severity
    packs: tuple[str, ...] = ()
    identifier: str | None = None
    full_id: str | None = None

    @property
    def id(self) -> str:
        """The id: the name's end behind project and workspace unless it has a longer one."""
        return self.full_id or self.name.split("-", 2)[-1]

    @classmethod
    def of(cls, name: str, rule: DeployedRule) -> RuleEntry:
        """Build an entry from a rule of the manifest."""
        return cls(name, rule.severity, tuple(sorted(rule.packs)), rule.identifier, rule.full_id)

    def to_item(self) -> dict[str, AttributeValueTypeDef]:
        """Convert to an item."""
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
        if self.full_id:
            item["id"] = {"S": self.full_id}
        return item

    @classmethod
    def from_item(cls, item: Mapping[str, AttributeValueTypeDef]) -> RuleEntry:
        """Parse an item."""
        return cls(
            name=item["rule"]["S"],
            severity=Severity(item["severity"]["S"]),
            packs=tuple(sorted(item["packs"]["SS"])) if "packs" in item else (),
            identifier=item["identifier"]["S"] if "identifier" in item else None,
            full_id=item["id"]["S"] if "id" in item else None,
        )


@dataclass(frozen=True)
class RuleDirectory(TableStore):
    """The rules in the table.

    Parameters
    ----------
    waivers
        The waivers of the deployment by the full name of their rule: a change of them is a new deployment.
    """

    waivers: Mapping[str, tuple[DeployedWaiver, ...]] = field(default_factory=dict)

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
            False, with nothing written, if the table has them already.

        Raises
        ------
        NotWrittenError
            When DynamoDB did not write all of them. Without the digest, which is last, they are written again.
        """
        if self.since(entries):
            return False
        self.write(entries, entries)
        return True

    def since(self, entries: Iterable[RuleEntry]) -> datetime | None:
        """Return the time since which the table has the rules of this deployment; None if it does not."""
        item = self.client.get_item(TableName=self.table, Key=_digest_key(), ConsistentRead=True).get("Item", {})
        if "digest" not in item or item["digest"]["S"] != self.digest(entries):
            return None
        # Rules of earlier versions do not have it: they have been there for long.
        return datetime.fromisoformat(item["since"]["S"]) if "since" in item else datetime.min.replace(tzinfo=UTC)

    def digest(self, entries: Iterable[RuleEntry]) -> str:
        """Return a digest of the rules and waivers that does not depend on their order."""
        rules = sorted(
            [entry.name, entry.severity.value, entry.packs, entry.identifier or "", entry.full_id or ""]
            for entry in entries
        )
        waivers = {name: sorted(json.dumps(one.to_json()) for one in of_rule) for name, of_rule in self.waivers.items()}
        return sha256(json.dumps([rules, waivers], sort_keys=True).encode()).hexdigest()

    def write(self, changed: Iterable[RuleEntry], entries: Collection[RuleEntry]) -> None:
        """Write changed rules, and then the digest of all rules of the deployment.

        Raises
        ------
        NotWrittenError
            When DynamoDB did not write all of them.
        """
        write_batches(self.client, self.table, ({"PutRequest": {"Item": entry.to_item()}} for entry in changed))
        since = self.since(entries) or datetime.now(UTC)
        attributes: dict[str, AttributeValueTypeDef] = {
            "digest": {"S": self.digest(entries)},
            "since": {"S": time_text(since)},
        }
        self.client.put_item(TableName=self.table, Item=_digest_key() | attributes)

    def remove(self, name: str) -> None:
        """Remove a removed rule after its results are closed."""
        key: dict[str, AttributeValueTypeDef] = {
            PARTITION_KEY: {"S": RULES_KEY},
            SORT_KEY: {"S": present_sort_key(name)},
        }
        write_batches(self.client, self.table, [{"DeleteRequest": {"Key": key}}])


def _digest_key() -> dict[str, AttributeValueTypeDef]:
    return {PARTITION_KEY: {"S": RULES_KEY}, SORT_KEY: {"S": DIGEST_SORT_KEY}}
