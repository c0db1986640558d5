"""The keys of the results table, described here and nowhere else.

One item per resource and rule holds the present result; one item per change holds the history and expires.

    item     pk                                         sk                            index keys  expires
    present  RESOURCE#<account>#<region>#<type>#<id>    RULE#<rule name>              see below   never
    closed   the same                                   the same                      none        yes
    history  the same                                   HISTORY#<rule name>#<time>    none        yes
    rule     RULES                                      RULE#<rule name>              none        never
    digest   RULES                                      DIRECTORY                     none        never
    counts   DAY#<yyyy-mm-dd>                           RULE#<rule name>              none        yes
    outbox   OUTBOX#<shard>                             <time>#<hash>                 none        yes
    progress RECONCILIATION                             PROGRESS                      none        never
    listed   RECONCILIATION                             LISTED#<number>               none        yes
    waiting  EVALUATIONS                                WAITING                       none        never

A result is closed when the resource was deleted or the rule does not apply to it any more. The item of a removed rule
is deleted when its results are closed; the digest identifies the deployment of the rules' items. The counts are those
of a rule on a day. The outbox has violations that have not been published yet. The progress is that of a
reconciliation, and the listed keys are what it had read of a rule when its time was up. Waiting are the rules whose
evaluation is to be started. The indexes are sparse: an item is in an index only if it has the index's partition key.

    index             partition key                        holds                             sort key
    by_rule           rule_key = <rule name>#<shard>       present results                   status_key
    by_severity       severity_key = <severity>#<shard>    present, NON_COMPLIANT results    status_key
    by_resource_type  type_key = <type>#<shard>            present, NON_COMPLIANT results    status_key

    status_key = <compliance>#<rule name>#<type>#<id>

The shard is a number from 0 to 7 that is derived from the resource, so that no partition of an index becomes hot
when all results of an account are under one rule: an index is queried once per shard. The access patterns and their
Query:

    all results of a resource                   table, pk, sk begins with RULE#
    the history of a resource and rule          table, pk, sk begins with HISTORY#<rule name>#
    all rules of the deployment                 table, pk, sk begins with RULE#
    the counts of all rules on a day            table, pk
    violations to publish                       table, pk, every shard
    all non-compliant                           by_severity, every severity and shard
    non-compliant of a severity                 by_severity, every shard
    non-compliant of a resource type            by_resource_type, every shard
    all results of a rule                       by_rule, every shard
    non-compliant of a rule                     by_rule, every shard, status_key begins with NON_COMPLIANT#
    counts by rule                              the same two with Select=COUNT
    only what is waived, of any of these        the same with the filter waiver_expires >= <today in UTC>
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from compliance_runtime.check import Compliance, Severity
from compliance_runtime.json_object import well_formed

if TYPE_CHECKING:
    from datetime import date

    from mypy_boto3_dynamodb import DynamoDBClient

PARTITION_KEY = "pk"
SORT_KEY = "sk"
EXPIRES_AT = "expires_at"
"""The TTL attribute: seconds since 1970, a number."""

RULE_KEY = "rule_key"
SEVERITY_KEY = "severity_key"
TYPE_KEY = "type_key"
STATUS_KEY = "status_key"

SHARDS = 8

_MAX_PARTITION_KEY_BYTES = 2048
_MAX_SORT_KEY_BYTES = 1024
_MAX_CHARACTER_BYTES = 4
"""In UTF-8: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html"""


@dataclass(frozen=True)
class TableStore:
    """A kind of items in the results table.

    Parameters
    ----------
    client
        DynamoDB's client.
    table
        The name of the table.
    """

    client: DynamoDBClient
    table: str


@dataclass(frozen=True)
class Index:
    """A global secondary index that projects all attributes. Its keys are texts."""

    name: str
    partition_key: str
    sort_key: str


BY_RULE = Index("by_rule", RULE_KEY, STATUS_KEY)
BY_SEVERITY = Index("by_severity", SEVERITY_KEY, STATUS_KEY)
BY_RESOURCE_TYPE = Index("by_resource_type", TYPE_KEY, STATUS_KEY)
INDEXES = (BY_RULE, BY_SEVERITY, BY_RESOURCE_TYPE)


@dataclass(frozen=True)
class Resource:
    """The evaluated resource, as AWS Config identifies it."""

    account: str
    region: str
    type: str
    id: str

    def __post_init__(self) -> None:
        """Replace what the table cannot store, so that a resource is the same one whatever its source."""
        if f"{self.account}{self.region}{self.type}{self.id}".isascii():
            # Nearly every resource, and one question instead of four for each of a large table.
            return
        for name in ("account", "region", "type", "id"):
            object.__setattr__(self, name, well_formed(getattr(self, name)))

    @property
    def key(self) -> str:
        """The partition key of all items of this resource, with a hash at the end where it would be too long.

        An id has 768 characters, and thus up to 3,072 bytes.
        """
        key = f"RESOURCE#{self.account}#{self.region}#{self.type}#{self.id}"
        if len(key) <= _MAX_PARTITION_KEY_BYTES // _MAX_CHARACTER_BYTES:
            return key  # nearly every key
        encoded = key.encode()
        if len(encoded) <= _MAX_PARTITION_KEY_BYTES:
            return key
        end = f"#{sha256(encoded).hexdigest()}"
        return encoded[: _MAX_PARTITION_KEY_BYTES - len(end)].decode(errors="ignore") + end

    @property
    def shard(self) -> int:
        """The shard of its items in the indexes."""
        return zlib.crc32(self.key.encode()) % SHARDS


PRESENT_PREFIX = "RULE#"
"""The prefix of the sort keys of present results, rules and daily counts."""

RULES_KEY = "RULES"
"""The partition key of the deployment's rules."""

DIGEST_SORT_KEY = "DIRECTORY"
"""The sort key of the digest of all rules."""

RECONCILIATION_KEY = "RECONCILIATION"
"""The partition key of a reconciliation's progress."""

PROGRESS_SORT_KEY = "PROGRESS"

WAITING_KEY = "EVALUATIONS"
"""The partition key of the rules whose evaluation is to be started."""

WAITING_SORT_KEY = "WAITING"


def listed_sort_key(number: int) -> str:
    """Build the sort key of a part of the listed keys of a rule."""
    return f"LISTED#{number:04}"


def present_sort_key(rule_name: str) -> str:
    """Build the sort key of a rule's present result; the rule itself and its daily counts have the same one."""
    return f"{PRESENT_PREFIX}{rule_name}"


def day_key(day: date) -> str:
    """Build the partition key of a day's counts."""
    return f"DAY#{day.isoformat()}"


def outbox_key(resource: Resource) -> str:
    """Build the partition key of an outbox entry."""
    return _outbox_key(resource.shard)


def outbox_partitions() -> tuple[str, ...]:
    """List the partition keys of the outbox."""
    return tuple(_outbox_key(shard) for shard in range(SHARDS))


def outbox_sort_key(resource: Resource, rule_name: str, result_time: str) -> str:
    """Build the sort key of an outbox entry; the oldest comes first."""
    # A resource's id may be longer than a sort key.
    return f"{result_time}#{sha256(f'{resource.key}#{rule_name}'.encode()).hexdigest()}"


def history_prefix(rule_name: str) -> str:
    """Build the prefix of the sort keys of a rule's history."""
    return f"HISTORY#{rule_name}#"


def history_sort_key(rule_name: str, result_time: str) -> str:
    """Build the sort key of one change; ``result_time`` is text that sorts like time."""
    return f"{history_prefix(rule_name)}{result_time}"


def status_prefix(compliance: Compliance) -> str:
    """Build the prefix of the status keys of results with this compliance."""
    return f"{compliance.value}#"


def index_keys(resource: Resource, rule_name: str, severity: Severity, compliance: Compliance) -> dict[str, str]:
    """Build the index keys of a present result, by attribute; none for NOT_APPLICABLE, which is closed."""
    if compliance is Compliance.NOT_APPLICABLE:
        return {}
    shard = resource.shard
    keys = {
        RULE_KEY: _sharded(rule_name, shard),
        STATUS_KEY: _status_key(resource, rule_name, compliance),
    }
    if compliance is Compliance.NON_COMPLIANT:
        keys[SEVERITY_KEY] = _sharded(severity.value, shard)
        keys[TYPE_KEY] = _sharded(resource.type, shard)
    return keys


def rule_partitions(rule_name: str) -> tuple[str, ...]:
    """List the partition keys in ``by_rule`` that hold a rule's results."""
    return _partitions(rule_name)


def severity_partitions(severity: Severity) -> tuple[str, ...]:
    """List the partition keys in ``by_severity`` that hold a severity's violations."""
    return _partitions(severity.value)


def resource_type_partitions(resource_type: str) -> tuple[str, ...]:
    """List the partition keys in ``by_resource_type`` that hold a resource type's violations."""
    return _partitions(resource_type)


def _outbox_key(shard: int) -> str:
    return f"OUTBOX#{shard}"


def _partitions(value: str) -> tuple[str, ...]:
    return tuple(_sharded(value, shard) for shard in range(SHARDS))


def _sharded(value: str, shard: int) -> str:
    return f"{value}#{shard}"


def _status_key(resource: Resource, rule_name: str, compliance: Compliance) -> str:
    key = f"{status_prefix(compliance)}{rule_name}#{resource.type}#{resource.id}"
    # Keys of an index need not be unique, so cutting a long one only affects the order among equals.
    return key.encode()[:_MAX_SORT_KEY_BYTES].decode(errors="ignore")
