"""Any events, in any order and number, and a comparison at any time: then the table is what AWS Config says."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
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
from compliance_runtime.recording.results_table import day_key
from compliance_runtime.recording.rule_comparison import ComparisonContext
from compliance_runtime.recording.rule_directory import RuleDirectory
from compliance_runtime.waivers.waiver_lookup import WaiverLookup
from compliance_tf.testing import ACCOUNT, CAPTURED_TIME, REGION
from tests.examples import few
from tests.unit.compliance_runtime.builders import client, compliance_event

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.runtime.results.table import WrittenTable

RULE = "acme-dev-tags"
RECIPIENT = Recipient(f"arn:aws:sns:{REGION}:{ACCOUNT}:security", frozenset({Severity.HIGH}))


@dataclass
class AwsConfig:
    """What AWS Config says of a rule, and the events by which it tells of changes."""

    results: dict[str, tuple[Compliance, datetime]] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)
    clock: datetime = CAPTURED_TIME

    def judge(self, resource_id: str, compliance: Compliance) -> None:
        """Record a result; one that is the same again makes no event."""
        self.clock += timedelta(seconds=1)
        before, _ = self.results.get(resource_id, (None, None))
        self.results[resource_id] = (compliance, self.clock)
        if before is compliance or (before is None and compliance is Compliance.NOT_APPLICABLE):
            return
        self.events.append(
            compliance_event(
                compliance.value,
                rule_name=RULE,
                resource_id=resource_id,
                recorded=self.clock.isoformat(),
                before=before.value if before else None,
            )
        )

    @property
    def says(self) -> dict[str, Compliance]:
        return {name: one for name, (one, _) in self.results.items() if one is not Compliance.NOT_APPLICABLE}

    def client(self) -> Any:
        """A client that lists the results."""
        made = client("config")
        made.meta.events.register("before-call.config.GetComplianceDetailsByConfigRule", self._answer)
        return made

    def _answer(self, **_: Any) -> tuple[Any, dict[str, Any]]:
        class Ok:
            status_code = 200

        return Ok(), {"EvaluationResults": [self._listed(name) for name in self.says]}

    def _listed(self, name: str) -> dict[str, Any]:
        compliance, recorded = self.results[name]
        qualifier = {"ConfigRuleName": RULE, "ResourceType": "AWS::S3::Bucket", "ResourceId": name}
        return {
            "EvaluationResultIdentifier": {"EvaluationResultQualifier": qualifier},
            "ComplianceType": compliance.value,
            "ResultRecordedTime": recorded,
        }


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
            config=self.config.client(),
            store=self.store,
            recipient=RECIPIENT,
            waivers=WaiverLookup({}, self.config.client),
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

    def violations_to_tell(self) -> set[str]:
        outbox = Outbox(self.table.client, self.table.place.table)
        return {one.resource.id for one in outbox.violations(outbox.entries(1000), datetime.now(UTC))}

    def counts(self) -> list[DailyCounts]:
        answer = self.table.client.query(
            TableName=self.table.place.table,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": day_key(datetime.now(UTC).date())}},
        )
        return [DailyCounts.from_item(item) for item in answer["Items"]]


def last_told(events: list[dict[str, Any]]) -> dict[str, Compliance]:
    """What the last event of each resource says, in whatever order they came."""
    told = sorted(map(compliance_change, events), key=lambda change: change.time)
    last = {change.resource.id: change.compliance for change in told}
    return {name: compliance for name, compliance in last.items() if compliance is not Compliance.NOT_APPLICABLE}


changes = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(Compliance)), max_size=8)


# Each example makes a table, and two comparisons and more of it: half a second of moto.
@few(8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_the_table_is_what_aws_config_says_after_a_comparison(
    new_table: Callable[[], WrittenTable], data: st.DataObject
) -> None:
    config = AwsConfig()
    recorder = Recorder(new_table(), config)
    for comparisons in range(2):
        for name, compliance in data.draw(changes):
            config.judge(name, compliance)
        # Some are lost, some come twice, and after the first comparison some come late.
        told = data.draw(st.lists(st.sampled_from(config.events), max_size=10) if config.events else st.just([]))
        for event in told:
            recorder.deliver(event)
        if not comparisons:
            assert recorder.says() == last_told(told)
        recorder.reconcile()

        found = list(recorder.store.of_rule(RULE))
        assert recorder.says() == config.says
        assert all(one.since <= one.time for one in found)
        (counts,) = recorder.counts()
        tally = Counter(config.says.values())
        assert (counts.compliant, counts.non_compliant) == (
            tally[Compliance.COMPLIANT],
            tally[Compliance.NON_COMPLIANT],
        )
    assert recorder.reconcile() == replace(Counts(), checked=len(config.says))
    # Nothing that is wrong now goes untold, however it became known.
    violations = {name for name, one in config.says.items() if one is Compliance.NON_COMPLIANT}
    assert recorder.violations_to_tell() == violations
