"""Any events, in any order and number, and a comparison at any time: then the table is what AWS Config says."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from compliance_runtime.check import Compliance, Severity
from compliance_runtime.deployment import DeployedRule, Recipient
from compliance_runtime.lambda_context import Place
from compliance_runtime.logs import Log
from compliance_runtime.notifying.outbox import Outbox, is_announced
from compliance_runtime.recording.compliance_change import compliance_change
from compliance_runtime.recording.counts import Counts
from compliance_runtime.recording.daily_counts import DailyCounts
from compliance_runtime.recording.progress import ProgressStore
from compliance_runtime.recording.reconciliation import Reconciliation
from compliance_runtime.recording.result_store import ResultStore
from compliance_runtime.recording.rule_comparison import ComparisonContext
from compliance_runtime.recording.rule_directory import RuleDirectory
from compliance_runtime.recording.table_schema import day_key
from compliance_runtime.waivers.waiver_lookup import WaiverLookup
from compliance_tf.testing import ACCOUNT, REGION
from tests.aws_config import AwsConfig
from tests.examples import few

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.runtime.results.table import WrittenTable

RULE = "acme-dev-tags"
RECIPIENT = Recipient(f"arn:aws:sns:{REGION}:{ACCOUNT}:security", frozenset({Severity.HIGH}))


def said(config: AwsConfig) -> dict[str, Compliance]:
    """What AWS Config says of each resource that a rule applies to."""
    found = {name: Compliance(verdict) for name, verdict in config.verdicts().items()}
    return {name: one for name, one in found.items() if one is not Compliance.NOT_APPLICABLE}


@dataclass(frozen=True)
class Recorder:
    """What the function does with events and comparisons, on a real table."""

    table: WrittenTable
    config: AwsConfig
    requests: itertools.count[int] = field(default_factory=itertools.count)

    @property
    def store(self) -> ResultStore:
        return ResultStore(self.table.client, self.table.place.table, history_days=10)

    def deliver(self, event: dict[str, Any]) -> None:
        change = compliance_change(event)
        result = change.result(Severity.HIGH)
        self.store.write(result, announce=is_announced(result, change.before, RECIPIENT, datetime.now(UTC)))

    def reconcile(self) -> Counts:
        sides = ComparisonContext(
            config=self.config.client,
            store=self.store,
            recipient=RECIPIENT,
            waivers=WaiverLookup({}, lambda: self.config.client),
            place=Place(ACCOUNT, REGION),
            log=Log("request-1", "acme-dev-record"),
            remaining_seconds=lambda: 900,
        )
        return Reconciliation(
            sides=sides,
            rules={RULE: DeployedRule(None, Severity.HIGH)},
            directory=RuleDirectory(self.table.client, self.table.place.table),
            progress=ProgressStore(self.table.client, self.table.place.table),
            invocation=f"request-{next(self.requests)}",
        ).begin()

    def says(self) -> dict[str, Compliance]:
        return {one.resource.id: one.compliance for one in self.store.of_rule(RULE)}

    def violations_to_publish(self) -> set[str]:
        outbox = Outbox(self.table.client, self.table.place.table)
        return {one.resource.id for one in outbox.violations(outbox.entries(1000), datetime.now(UTC))}

    def counts(self) -> list[DailyCounts]:
        answer = self.table.client.query(
            TableName=self.table.place.table,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": day_key(datetime.now(UTC).date())}},
        )
        return [DailyCounts.from_item(item) for item in answer["Items"]]


def last_published(events: list[dict[str, Any]]) -> dict[str, Compliance]:
    """What the last event of each resource says, in whatever order they came."""
    published = sorted(map(compliance_change, events), key=lambda change: change.time)
    last = {change.resource.id: change.compliance for change in published}
    return {name: compliance for name, compliance in last.items() if compliance is not Compliance.NOT_APPLICABLE}


changes = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(Compliance)), max_size=8)


# Each example makes a table, and two comparisons and more of it: half a second of moto.
@few(8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_the_table_is_what_aws_config_says_after_a_comparison(
    new_table: Callable[[], WrittenTable], data: st.DataObject
) -> None:
    config = AwsConfig(RULE)
    recorder = Recorder(new_table(), config)
    for comparisons in range(2):
        for name, compliance in data.draw(changes):
            config.judge(name, compliance)
        # Some are lost, some come twice, and after the first comparison some come late.
        published = data.draw(st.lists(st.sampled_from(config.events), max_size=10) if config.events else st.just([]))
        for event in published:
            recorder.deliver(event)
        if not comparisons:
            assert recorder.says() == last_published(published)
        recorder.reconcile()

        found = list(recorder.store.of_rule(RULE))
        assert recorder.says() == said(config)
        assert all(one.since <= one.time for one in found)
        (counts,) = recorder.counts()
        tally = Counter(said(config).values())
        assert (counts.compliant, counts.non_compliant) == (
            tally[Compliance.COMPLIANT],
            tally[Compliance.NON_COMPLIANT],
        )
    assert recorder.reconcile() == replace(Counts(), checked=len(said(config)))
    # Nothing that is wrong now goes untold, however it became known.
    violations = {name for name, one in said(config).items() if one is Compliance.NON_COMPLIANT}
    assert recorder.violations_to_publish() == violations
