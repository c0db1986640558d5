from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from botocore.stub import Stubber
from hypothesis import given
from hypothesis import strategies as st

from compliance_runtime.check import Compliance, Severity
from compliance_runtime.recording.compliance_change import compliance_change
from compliance_runtime.recording.result_store import ResultStore
from compliance_runtime.recording.results import Result, time_text
from compliance_runtime.recording.table_schema import (
    BY_RESOURCE_TYPE,
    BY_RULE,
    BY_SEVERITY,
    SHARDS,
    Resource,
    history_prefix,
    index_keys,
    resource_type_partitions,
    rule_partitions,
    severity_partitions,
    status_prefix,
)
from compliance_runtime.recording.throttled_writes import Retries
from compliance_runtime.waivers.waiver import WaiverNote
from compliance_tf.testing import ACCOUNT, CAPTURED_TIME, REGION
from tests.unit.compliance_runtime.builders import client, compliance_event
from tests.unit.compliance_runtime.fake_results_table import FakeResultsTable

RULE = "acme-dev-required-tags"
BUCKET = Resource(ACCOUNT, REGION, "AWS::S3::Bucket", "logs")
NOW = 1_800_000_000
IN_TEN_DAYS = NOW + 10 * 86_400


def result(
    compliance: Compliance = Compliance.NON_COMPLIANT,
    *,
    resource: Resource = BUCKET,
    severity: Severity = Severity.HIGH,
    time: datetime = CAPTURED_TIME,
    annotation: str | None = "Missing: Owner.",
    since: datetime | None = None,
    waiver: WaiverNote | None = None,
) -> Result:
    return Result(resource, RULE, severity, compliance, annotation, time, since or time, waiver)


def store(table: Any) -> ResultStore:
    return ResultStore(table, "acme-dev-results", history_days=10, now=lambda: NOW + 0.5)


def test_a_violation_is_written_with_its_history_in_one_transaction() -> None:
    dynamodb = client("dynamodb")
    attributes = {
        "pk": {"S": f"RESOURCE#{ACCOUNT}#{REGION}#AWS::S3::Bucket#logs"},
        "account": {"S": ACCOUNT},
        "region": {"S": REGION},
        "resource_type": {"S": "AWS::S3::Bucket"},
        "resource_id": {"S": "logs"},
        "rule": {"S": RULE},
        "severity": {"S": "HIGH"},
        "compliance": {"S": "NON_COMPLIANT"},
        "annotation": {"S": "Missing: Owner."},
        "result_time": {"S": "2026-03-01T10:20:30.456000Z"},
        "since": {"S": "2026-02-28T10:20:30.456000Z"},
    }
    shard = BUCKET.shard
    history = {
        "sk": {"S": f"HISTORY#{RULE}#2026-03-01T10:20:30.456000Z"},
        "expires_at": {"N": str(IN_TEN_DAYS)},
    }
    present = {
        "sk": {"S": f"RULE#{RULE}"},
        "rule_key": {"S": f"{RULE}#{shard}"},
        "severity_key": {"S": f"HIGH#{shard}"},
        "type_key": {"S": f"AWS::S3::Bucket#{shard}"},
        "status_key": {"S": f"NON_COMPLIANT#{RULE}#AWS::S3::Bucket#logs"},
    }
    condition = {
        "ConditionExpression": (
            "attribute_not_exists(pk) OR result_time < :time OR "
            "(result_time = :time AND (severity <> :severity OR attribute_exists(waiver_expires)))"
        ),
        "ExpressionAttributeValues": {
            ":time": {"S": "2026-03-01T10:20:30.456000Z"},
            ":severity": {"S": "HIGH"},
        },
    }
    expected = {
        "TransactItems": [
            {"Put": {"TableName": "acme-dev-results", "Item": attributes | history}},
            {"Put": {"TableName": "acme-dev-results", "Item": attributes | present, **condition}},
        ]
    }
    with Stubber(dynamodb) as stub:
        stub.add_response("transact_write_items", {}, expected)
        assert store(dynamodb).write(result(since=CAPTURED_TIME - timedelta(days=1)))
        stub.assert_no_pending_responses()


def test_only_violations_are_found_by_severity_and_type() -> None:
    keys = index_keys(BUCKET, RULE, Severity.HIGH, Compliance.COMPLIANT)

    assert keys.keys() == {"rule_key", "status_key"}


@pytest.mark.parametrize(
    "event", [compliance_event("NOT_APPLICABLE"), compliance_event("INSUFFICIENT_DATA"), compliance_event(None)]
)
def test_a_closed_result_leaves_the_indexes_and_expires(event: dict[str, Any]) -> None:
    table = FakeResultsTable()
    store(table).write(result(time=CAPTURED_TIME - timedelta(hours=1)))

    store(table).write(compliance_change(event).result(Severity.HIGH))

    assert list(store(table).of_rule(RULE)) == []
    assert table.violations(Severity.HIGH) == []
    (present,) = table.present
    assert (present["compliance"], present["expires_at"]) == ("NOT_APPLICABLE", IN_TEN_DAYS)
    assert len(table.history) == 2


def test_a_result_that_comes_back_does_not_expire() -> None:
    table = FakeResultsTable()
    store(table).write(result(Compliance.NOT_APPLICABLE))

    store(table).write(result(time=CAPTURED_TIME + timedelta(seconds=1)))

    (present,) = table.present
    assert "expires_at" not in present
    assert [known.compliance for known in store(table).of_rule(RULE)] == [Compliance.NON_COMPLIANT]


@given(st.data())
def test_events_in_any_order_and_number_leave_the_last_result_and_each_change_once(data: st.DataObject) -> None:
    changes = [
        result(compliance, time=CAPTURED_TIME + timedelta(milliseconds=number), annotation=str(number))
        for number, compliance in enumerate(data.draw(st.lists(st.sampled_from(Compliance), min_size=1)))
    ]
    delivered = data.draw(st.permutations(changes * 2))
    table = FakeResultsTable()

    news = [store(table).write(change) for change in delivered]

    (present,) = table.present
    assert present["annotation"] == changes[-1].annotation
    assert present["compliance"] == changes[-1].compliance.value
    assert sum(news) == len(table.history)
    assert news[delivered.index(changes[-1])]


def test_a_new_severity_of_the_rule_reaches_a_result_that_is_known() -> None:
    table = FakeResultsTable()
    store(table).write(result(severity=Severity.LOW))

    assert store(table).write(result(severity=Severity.CRITICAL))
    assert not store(table).write(result(severity=Severity.CRITICAL))
    assert table.violations(Severity.LOW) == []
    assert table.violations(Severity.CRITICAL) == [result(severity=Severity.CRITICAL)]


NOTE = WaiverNote("SEC-1", "team-data", "Legacy.", "id logs", date(2026, 3, 31))


@pytest.mark.parametrize(
    ("known", "changed"),
    [
        pytest.param(None, NOTE, id="granted"),
        pytest.param(NOTE, None, id="taken back"),
        pytest.param(NOTE, replace(NOTE, ticket="SEC-2"), id="another ticket"),
        pytest.param(NOTE, replace(NOTE, owner="team-web"), id="another owner"),
        pytest.param(NOTE, replace(NOTE, reason="Still legacy."), id="another reason"),
        pytest.param(NOTE, replace(NOTE, resource="tag team"), id="another resource"),
        pytest.param(NOTE, replace(NOTE, expires=date(2026, 4, 30)), id="prolonged"),
    ],
)
def test_another_waiver_reaches_a_result_that_is_known_once(
    known: WaiverNote | None, changed: WaiverNote | None
) -> None:
    table = FakeResultsTable()
    store(table).write(result(waiver=known))

    assert store(table).write(result(waiver=changed))
    assert not store(table).write(result(waiver=changed))
    assert list(store(table).of_rule(RULE)) == [result(waiver=changed)]


def test_another_waiver_does_not_bring_an_older_result_back() -> None:
    table = FakeResultsTable()
    store(table).write(result(Compliance.COMPLIANT))

    assert not store(table).write(result(waiver=NOTE, time=CAPTURED_TIME - timedelta(seconds=1)))


@pytest.mark.parametrize(
    ("at", "waived"),
    [
        ("2026-03-31T23:59:59.999999+00:00", True),
        ("2026-04-01T00:00:00+00:00", False),
        ("2026-04-01T01:59:59+02:00", True),
        ("2026-03-31T19:00:00-05:00", False),
    ],
)
def test_a_violation_is_waived_until_the_last_day_of_its_waiver_is_over_in_utc(at: str, *, waived: bool) -> None:
    time = datetime.fromisoformat(at)

    assert result(waiver=NOTE).is_waived(time) is waived
    assert not result().is_waived(time)
    assert not result(Compliance.COMPLIANT, waiver=NOTE).is_waived(time)


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses that were asked for; nobody waits."""
    asked: list[float] = []
    monkeypatch.setattr("compliance_runtime.recording.throttled_writes.time.sleep", asked.append)
    return asked


@pytest.mark.parametrize("reason", ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"])
def test_a_transaction_that_is_cancelled_for_the_moment_is_tried_again(reason: str, pauses: list[float]) -> None:
    table = FakeResultsTable()
    table.cancelled = [reason] * 6

    assert store(table).write(result())
    assert len(table.present) == len(table.history) == 1
    assert len(pauses) == 6
    # Each pause is drawn anew, so that those who were refused together do not come back together.
    assert len(set(pauses)) == 6


def test_a_conflict_does_not_decide_whether_a_result_is_news(pauses: list[float]) -> None:
    table = FakeResultsTable()
    store(table).write(result(time=CAPTURED_TIME + timedelta(hours=1)))
    # The condition fails too: but the other transaction, which it looked at, may fail as well.
    table.cancelled = ["TransactionConflict"]

    assert not store(table).write(result())
    assert len(pauses) == 1


@pytest.mark.parametrize(("seconds", "most"), [(0, 0), (5.05, 1), (20, 15), (900, 120)])
def test_a_write_is_tried_again_only_while_the_function_has_time(
    seconds: float, most: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = FakeResultsTable()
    table.cancelled = ["ThrottlingError"] * 10_000
    clock = [0.0]
    monkeypatch.setattr("compliance_runtime.recording.throttled_writes.time.monotonic", lambda: clock[0])
    monkeypatch.setattr("compliance_runtime.recording.result_store.time.monotonic", lambda: clock[0])

    def sleep(pause: float) -> None:
        clock[0] += pause

    monkeypatch.setattr("compliance_runtime.recording.throttled_writes.time.sleep", sleep)
    limited = replace(store(table), retries=Retries(lambda: seconds - clock[0]))

    with pytest.raises(table.exceptions.TransactionCanceledException):
        limited.write(result())
    assert clock[0] <= most
    assert table.items == {}


@pytest.mark.parametrize("reason", ["ValidationError", "ItemCollectionSizeLimitExceeded", "SomethingNew"])
def test_a_transaction_that_is_cancelled_for_good_is_an_error(reason: str, pauses: list[float]) -> None:
    table = FakeResultsTable()
    store(table).write(result())
    table.cancelled = [reason]

    with pytest.raises(table.exceptions.TransactionCanceledException):
        store(table).write(result())
    assert pauses == []


@pytest.mark.parametrize("text", ["\ud800", "a\udfffb", "\ud83d\ude00", "é"])
def test_what_utf_8_cannot_write_is_replaced_and_half_a_character_costs_no_result(text: str) -> None:
    table = FakeResultsTable()
    event = compliance_event(resource_id=text, annotation=text)

    assert store(table).write(compliance_change(event).result(Severity.HIGH), announce=True)

    (present,) = table.present
    for kept in (present["resource_id"], present["annotation"], present["status_key"]):
        kept.encode()
    assert present["resource_id"] == text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    # However a resource is named, it is the same one.
    assert Resource(ACCOUNT, REGION, "AWS::S3::Bucket", text).key == present["pk"]
    assert not store(table).write(compliance_change(event).result(Severity.HIGH))


def test_all_results_of_a_rule_are_read_over_all_shards_and_pages() -> None:
    table = FakeResultsTable()
    written = [
        result(resource=Resource(ACCOUNT, REGION, "AWS::S3::Bucket", f"bucket-{number}")) for number in range(60)
    ]
    for one in written:
        store(table).write(one)

    found = list(store(table).of_rule(RULE))

    assert {one.resource.shard for one in found} == set(range(SHARDS))
    assert sorted(found, key=lambda one: one.resource.id) == sorted(written, key=lambda one: one.resource.id)


def test_the_partitions_to_ask_are_those_that_results_are_written_to() -> None:
    for number in range(50):
        resource = Resource(ACCOUNT, REGION, "AWS::S3::Bucket", f"bucket-{number}")
        keys = index_keys(resource, RULE, Severity.HIGH, Compliance.NON_COMPLIANT)

        assert keys[BY_RULE.partition_key] in rule_partitions(RULE)
        assert keys[BY_SEVERITY.partition_key] in severity_partitions(Severity.HIGH)
        assert keys[BY_RESOURCE_TYPE.partition_key] in resource_type_partitions("AWS::S3::Bucket")


@pytest.mark.parametrize("compliance", [Compliance.COMPLIANT, Compliance.NON_COMPLIANT])
def test_status_keys_begin_with_their_own_compliance_only(compliance: Compliance) -> None:
    status = index_keys(BUCKET, RULE, Severity.HIGH, compliance)["status_key"]

    assert [one for one in Compliance if status.startswith(status_prefix(one))] == [compliance]


def test_a_status_key_has_at_most_the_1024_bytes_of_a_sort_key() -> None:
    resource = Resource(ACCOUNT, REGION, "AWS::S3::Bucket", "ü" * 768)

    status = index_keys(resource, "r" * 128, Severity.HIGH, Compliance.NON_COMPLIANT)["status_key"]

    assert 1020 < len(status.encode()) <= 1024


def test_a_partition_key_has_at_most_2048_bytes_and_is_another_one_for_another_resource() -> None:
    # AWS Config's limit of an id is in characters, DynamoDB's in bytes.
    short, long, other = (Resource(ACCOUNT, REGION, "AWS::CloudWatch::Alarm", id_ * 767) for id_ in ("x", "警", "警"))
    other = replace(other, id=f"{other.id}b")

    assert short.key.endswith(short.id)
    assert all(1900 < len(one.key.encode()) <= 2048 for one in (long, other))
    assert long.key != other.key
    assert long.key == replace(long).key


aware_times = st.datetimes(timezones=st.timedeltas(timedelta(hours=-14), timedelta(hours=14)).map(timezone))


@given(aware_times, aware_times)
def test_history_is_in_the_order_of_time(first: datetime, second: datetime) -> None:
    try:
        early, late = sorted([first.astimezone(UTC), second.astimezone(UTC)])
    except OverflowError:
        return
    texts = [time_text(time) for time in (early, late)]

    assert sorted(texts) == texts
    assert (texts[0] == texts[1]) == (early == late)
    assert {len(text) for text in texts} == {27}


@given(
    st.builds(
        result,
        st.sampled_from(Compliance),
        resource=st.builds(Resource, st.just(ACCOUNT), st.just(REGION), st.text(min_size=1), st.text(min_size=1)),
        severity=st.sampled_from(Severity),
        annotation=st.none() | st.text(min_size=1),
        since=st.datetimes(timezones=st.just(UTC)),
        waiver=st.none() | st.builds(WaiverNote, *[st.text()] * 4, st.dates()),
    )
)
def test_an_item_reads_back_as_the_result_that_it_was_written_from(written: Result) -> None:
    assert Result.from_item(written.present_item(1)) == written
    assert Result.from_item(written.history_item(1)) == written
    assert written.history_item(1)["sk"]["S"].startswith(history_prefix(RULE))


def test_a_result_from_before_its_duration_was_kept_is_read() -> None:
    item = {name: value for name, value in result().present_item(1).items() if name != "since"}

    assert Result.from_item(item).since == CAPTURED_TIME
