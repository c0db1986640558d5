"""What is published of new violations, and when."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from botocore.stub import Stubber
from hypothesis import given
from hypothesis import strategies as st

from compliance_runtime.check import Compliance, Severity
from compliance_runtime.deployment import Recipient
from compliance_runtime.errors import NotificationError, NotWrittenError
from compliance_runtime.notifying import notifier
from compliance_runtime.notifying.notification import Notification, Sender, new_violations
from compliance_runtime.notifying.notifier import Notifier, Target
from compliance_runtime.notifying.outbox import Outbox, is_announced
from compliance_runtime.recording.batches import ATTEMPTS
from compliance_runtime.recording.result_store import ResultStore
from compliance_runtime.recording.results import Result
from compliance_runtime.recording.table_schema import Resource
from compliance_runtime.waivers.waiver import WaiverNote
from compliance_tf.testing import ACCOUNT, CAPTURED_TIME, REGION
from tests.hostile_texts import CONTROLS
from tests.unit.compliance_runtime.builders import client
from tests.unit.compliance_runtime.fake_results_table import FakeResultsTable

if TYPE_CHECKING:
    from collections.abc import Iterator

TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:security"
BUS = f"arn:aws:events:us-east-1:{ACCOUNT}:event-bus/security"
SENDER = Sender("acme", "dev", REGION, "acme-dev-results")
TAGS = "acme-dev-required-tags"
LATER = CAPTURED_TIME + timedelta(hours=1)
LAPSED = WaiverNote("SEC-1", "team-data", "Legacy.", "id logs", date(2026, 2, 28))
HOLDS = replace(LAPSED, expires=date(9999, 1, 1))


def violation(
    resource_id: str,
    *,
    rule: str = TAGS,
    severity: Severity = Severity.HIGH,
    compliance: Compliance = Compliance.NON_COMPLIANT,
    annotation: str | None = "Missing: owner.",
    time: datetime = CAPTURED_TIME,
    waiver: WaiverNote | None = None,
) -> Result:
    resource = Resource(ACCOUNT, REGION, "AWS::S3::Bucket", resource_id)
    return Result(resource, rule, severity, compliance, annotation, time, time, waiver)


def notification(*violations: Result) -> Notification:
    return Notification(SENDER, new_violations(violations))


@pytest.mark.parametrize("text", CONTROLS.values(), ids=CONTROLS)
def test_who_names_a_resource_writes_no_line_of_a_mail_and_hides_nothing_in_it(text: str) -> None:
    mail = notification(violation(text, annotation=text)).text()

    assert {one for one in mail if unicodedata.category(one) in {"Cc", "Cf", "Cs", "Zl", "Zp"}} == {"\n"}
    assert len(mail.splitlines()) == len(notification(violation("logs")).text().splitlines())


RECIPIENT = Recipient(TOPIC, frozenset({Severity.HIGH}))


@pytest.mark.parametrize(
    ("result", "before", "announced"),
    [
        (violation("logs"), None, True),
        (violation("logs"), Compliance.COMPLIANT, True),
        (violation("logs"), Compliance.NOT_APPLICABLE, True),
        (violation("logs"), Compliance.NON_COMPLIANT, False),
        (violation("logs", compliance=Compliance.COMPLIANT), None, False),
        (violation("logs", severity=Severity.CRITICAL), None, False),
        (violation("logs", waiver=HOLDS), None, False),
        (violation("logs", waiver=LAPSED), None, True),
    ],
)
def test_what_is_a_violation_now_and_was_none_is_announced(
    result: Result, before: Compliance | None, *, announced: bool
) -> None:
    assert is_announced(result, before, RECIPIENT, CAPTURED_TIME) is announced
    assert not is_announced(result, before, None, CAPTURED_TIME)


class Delivering:
    """A table, and the clients of its targets."""

    def __init__(self) -> None:
        self.table = FakeResultsTable()
        self.store = ResultStore(self.table, "acme-dev-results", history_days=10)  # type: ignore[arg-type]
        self.clients = {
            (service, region): client(service) for service, region in [("sns", REGION), ("events", "us-east-1")]
        }
        self.sns = Stubber(self.clients["sns", REGION])
        self.events = Stubber(self.clients["events", "us-east-1"])

    def announces(self, *violations: Result) -> None:
        for one in violations:
            assert self.store.write(one, announce=True)

    def notify(self, target: str = TOPIC) -> int:
        outbox = Outbox(self.table, "acme-dev-results")  # type: ignore[arg-type]
        return Notifier(outbox, SENDER, Target(target), lambda *which: self.clients[which]).run()


@pytest.fixture
def delivering(monkeypatch: pytest.MonkeyPatch) -> Iterator[Delivering]:
    monkeypatch.setattr("compliance_runtime.recording.batches.FIRST_PAUSE_SECONDS", 0)
    delivering = Delivering()
    with delivering.sns, delivering.events:
        yield delivering
    delivering.sns.assert_no_pending_responses()
    delivering.events.assert_no_pending_responses()


def test_all_that_is_new_comes_in_one_message_and_once(delivering: Delivering) -> None:
    violations = [violation(f"bucket-{number}") for number in range(230)]
    delivering.announces(*violations)
    expected = {"TopicArn": TOPIC, "Subject": "acme-dev: 230 new violations (230 HIGH)"}
    delivering.sns.add_response("publish", {}, {**expected, "Message": AnyText("230 new violations", "and 225 more")})

    assert delivering.notify() == 230
    assert delivering.table.announced == []
    assert delivering.notify() == 0


class AnyText:
    """Equals any text that holds these."""

    def __init__(self, *parts: str) -> None:
        self.parts = parts

    def __eq__(self, text: object) -> bool:
        return isinstance(text, str) and all(part in text for part in self.parts)

    __hash__ = None  # type: ignore[assignment]  # it equals many


def test_what_is_fixed_closed_or_waived_by_then_is_not_published(delivering: Delivering) -> None:
    delivering.announces(*(violation(name) for name in ("fixed", "closed", "waived", "deleted", "logs")))
    delivering.store.write(violation("fixed", compliance=Compliance.COMPLIANT, time=LATER))
    delivering.store.write(violation("closed", compliance=Compliance.NOT_APPLICABLE, time=LATER))
    delivering.store.write(violation("waived", waiver=HOLDS, time=LATER))
    deleted = Resource(ACCOUNT, REGION, "AWS::S3::Bucket", "deleted")
    del delivering.table.items[deleted.key, f"RULE#{TAGS}"]
    expected = {"TopicArn": TOPIC, "Subject": "acme-dev: 1 new violation (1 HIGH)"}
    delivering.sns.add_response("publish", {}, {**expected, "Message": AnyText("AWS::S3::Bucket logs")})

    assert delivering.notify() == 1
    assert delivering.table.announced == []


def test_when_nothing_new_is_left_nothing_is_published(delivering: Delivering) -> None:
    delivering.announces(violation("fixed"))
    delivering.store.write(violation("fixed", compliance=Compliance.COMPLIANT, time=LATER))

    assert delivering.notify() == 0
    assert delivering.table.announced == []


def test_what_was_violated_twice_is_published_once(delivering: Delivering) -> None:
    delivering.announces(violation("logs"))
    delivering.store.write(violation("logs", compliance=Compliance.COMPLIANT, time=LATER))
    delivering.announces(violation("logs", time=LATER + timedelta(hours=1)))
    assert len(delivering.table.announced) == 2
    expected = {"TopicArn": TOPIC, "Subject": "acme-dev: 1 new violation (1 HIGH)", "Message": AnyText("logs")}
    delivering.sns.add_response("publish", {}, expected)

    assert delivering.notify() == 1
    assert delivering.table.announced == []


def test_a_duplicate_event_announces_nothing(delivering: Delivering) -> None:
    delivering.announces(violation("logs"))

    assert not delivering.store.write(violation("logs"), announce=True)
    assert not delivering.store.write(violation("logs", time=CAPTURED_TIME - timedelta(hours=1)), announce=True)
    assert len(delivering.table.announced) == 1


def test_what_could_not_be_delivered_stays_in_the_outbox(delivering: Delivering) -> None:
    delivering.announces(violation("logs"))
    delivering.sns.add_client_error("publish", "AuthorizationError")

    with pytest.raises(delivering.clients["sns", REGION].exceptions.ClientError):
        delivering.notify()
    assert delivering.table.announced == [("logs", TAGS)]


def test_what_cannot_be_read_is_neither_published_nor_lost(delivering: Delivering) -> None:
    delivering.announces(violation("logs"))
    delivering.table.refuses = ATTEMPTS

    with pytest.raises(NotWrittenError, match="did not give 1 items"):
        delivering.notify()
    assert delivering.table.announced == [("logs", TAGS)]


def test_what_does_not_fit_into_one_run_comes_with_the_next(
    delivering: Delivering, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notifier, "MAX_ENTRIES", 2)
    delivering.announces(*(violation(f"bucket-{number}") for number in range(3)))
    for count in ("2 new violations (2", "1 new violation (1"):
        expected = {"TopicArn": TOPIC, "Subject": f"acme-dev: {count} HIGH)", "Message": AnyText("bucket-")}
        delivering.sns.add_response("publish", {}, expected)

    assert [delivering.notify() for _ in range(2)] == [2, 1]


BUS_ENTRY = {"EventBusName": BUS, "Source": "compliance_tf", "DetailType": "New non-compliance"}


def test_an_event_bus_gets_an_event_in_its_own_region(delivering: Delivering) -> None:
    delivering.announces(violation("logs"))
    entry = {**BUS_ENTRY, "Detail": AnyText('"total": 1')}
    delivering.events.add_response("put_events", {"FailedEntryCount": 0, "Entries": [{}]}, {"Entries": [entry]})

    assert delivering.notify(BUS) == 1
    assert delivering.table.announced == []


def test_an_event_that_the_bus_does_not_take_stays_in_the_outbox(delivering: Delivering) -> None:
    delivering.announces(violation("logs"))
    failed = {"ErrorCode": "InternalFailure", "ErrorMessage": "Try again."}
    delivering.events.add_response("put_events", {"FailedEntryCount": 1, "Entries": [failed]})

    with pytest.raises(NotificationError, match="security did not take the event: InternalFailure: Try again"):
        delivering.notify(BUS)
    assert delivering.table.announced == [("logs", TAGS)]


def test_people_read_counts_rules_resources_and_where_the_rest_is() -> None:
    violations = [violation(f"bucket-{number}") for number in range(1239)]
    root = violation("root", rule="acme-dev-root-mfa", severity=Severity.CRITICAL, annotation=None)

    assert (
        notification(*violations, root).text()
        == f"""\
1,240 new violations in {REGION}, project acme, workspace dev: 1 CRITICAL, 1,239 HIGH.

CRITICAL root-mfa: 1
  AWS::S3::Bucket root ({ACCOUNT} {REGION})

HIGH required-tags: 1,239
  AWS::S3::Bucket bucket-0 ({ACCOUNT} {REGION}): Missing: owner.
  AWS::S3::Bucket bucket-1 ({ACCOUNT} {REGION}): Missing: owner.
  AWS::S3::Bucket bucket-2 ({ACCOUNT} {REGION}): Missing: owner.
  AWS::S3::Bucket bucket-3 ({ACCOUNT} {REGION}): Missing: owner.
  AWS::S3::Bucket bucket-4 ({ACCOUNT} {REGION}): Missing: owner.
  and 1,234 more

All of them are in the table acme-dev-results. To see them:

  compliance-tf results list --workspace dev --project acme --region {REGION} --severity CRITICAL --severity HIGH
"""
    )


def test_a_rule_whose_name_has_no_room_for_its_id_is_called_by_its_id() -> None:
    sender = replace(SENDER, rule_ids={"acme-dev-s3-x1y2": "s3-a-very-long-id"})
    published = Notification(sender, new_violations([violation("logs", rule="acme-dev-s3-x1y2")]))

    assert "HIGH s3-a-very-long-id: 1" in published.text()
    (rule,) = json.loads(published.detail())["rules"]
    assert (rule["rule"], rule["ruleName"]) == ("s3-a-very-long-id", "acme-dev-s3-x1y2")


def test_programs_read_the_same_as_data() -> None:
    detail = json.loads(notification(*(violation(f"bucket-{number}") for number in range(7))).detail())

    (rule,) = detail.pop("rules")
    assert detail == {
        "project": "acme",
        "workspace": "dev",
        "region": REGION,
        "table": "acme-dev-results",
        "total": 7,
        "severities": {"HIGH": 7},
        "moreRules": 0,
    }
    assert (rule["rule"], rule["ruleName"]) == ("required-tags", TAGS)
    assert (rule["severity"], rule["count"], rule["moreResources"]) == ("HIGH", 7, 2)
    assert rule["resources"][0] == {
        "account": ACCOUNT,
        "region": REGION,
        "type": "AWS::S3::Bucket",
        "id": "bucket-0",
        "reason": "Missing: owner.",
        "since": "2026-03-01T10:20:30.456000Z",
    }


@pytest.mark.parametrize("character", ["x", "ü", '"', "\x01", "🪣"])
@pytest.mark.parametrize("rules", [1, 99, 400])
def test_a_notification_fits_into_a_message_whatever_it_names(character: str, rules: int) -> None:
    violations = [
        violation(f"{number}{character * 760}", rule=f"acme-dev-{rule}-".ljust(128, "r"), annotation=character * 256)
        for rule in range(rules)
        for number in range(6)
    ]
    published = notification(*violations)

    for text in (published.text(), published.detail()):
        assert len(text.encode()) <= 250_000
        assert f"{6 * rules:,}" in text or str(6 * rules) in text
    assert len(json.loads(published.detail())["rules"]) == min(rules, 100)
    assert ("300 more rules" in published.text()) == (rules == 400)


def test_a_subject_is_what_sns_takes() -> None:
    counts = [violation(str(number), severity=severity) for severity in Severity for number in range(1200)]
    sender = replace(SENDER, project="p" * 40, workspace="w" * 20)

    subject = Notification(sender, new_violations(counts)).subject()

    assert len(subject) == 100
    assert subject.isascii()


@given(st.lists(st.tuples(st.sampled_from(Severity), st.sampled_from("abc"))))
def test_every_violation_is_counted_and_the_worst_come_first(drawn: list[tuple[Severity, str]]) -> None:
    found = new_violations(
        violation(str(number), severity=severity, rule=rule) for number, (severity, rule) in enumerate(drawn)
    )

    assert {(one.severity, one.rule_name): one.count for one in found} == {group: drawn.count(group) for group in drawn}
    assert all(len(one.named) == min(one.count, 5) for one in found)
    ranks = [(list(Severity).index(one.severity), one.count) for one in found]
    assert ranks == sorted(ranks, reverse=True)
