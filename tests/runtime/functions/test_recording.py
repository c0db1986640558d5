"""Whatever happens to events, the deployed function's table is what AWS Config says once they were compared."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from compliance_runtime.check import Severity
from compliance_runtime.deployment import Recipient
from compliance_runtime.recording.rule_directory import RuleDirectory, RuleEntry
from tests.runtime.functions.recording import RULE, TABLE, Queue, Recording
from tests.runtime.local.accounts import Account

if TYPE_CHECKING:
    from compliance_tf.local import LocalAws

NOTHING = {"checked": 0, "written": 0, "closed": 0, "repaired": 0, "unsure": 0, "unknown": 0, "left": 0}


@pytest.fixture
def recording(local_aws: LocalAws) -> Recording:
    return Recording(Account(local_aws).with_recorder())


def test_duplicate_late_reordered_and_lost_events_leave_what_aws_config_says(recording: Recording) -> None:
    chance = random.Random(7)  # noqa: S311 no secret
    buckets = [recording.bucket(f"bucket-{number}") for number in range(6)]
    events = recording.events(6)
    for name in buckets[:4]:
        recording.account.tag_bucket(name, owner="ops")
    events += recording.events(4)
    recording.account.client("s3").delete_bucket(Bucket=buckets[0])
    recording.account.tag_bucket(buckets[1], other="tag")
    events += recording.events(2)
    expected = dict.fromkeys(buckets[1:], "NON_COMPLIANT") | dict.fromkeys(buckets[2:4], "COMPLIANT")
    assert recording.aws_config() == expected

    lost = [event for event in events if event["detail"]["resourceId"] in {buckets[0], buckets[5]}][-2:]
    delivered = [event for event in events if event not in lost] * 2
    chance.shuffle(delivered)
    recording.deliver(delivered)
    # What was published is right, in whatever order and number it came; only what was lost is not.
    assert {name: recording.table().get(name) for name in buckets[1:5]} == {
        name: expected[name] for name in buckets[1:5]
    }
    assert recording.table() != expected

    counts = recording.invoke({"action": "reconcile"})

    assert recording.table() == expected
    assert counts["repaired"] == len({event["detail"]["resourceId"] for event in lost})
    assert recording.invoke({"action": "reconcile"}) == {**NOTHING, "checked": 5}
    recording.deliver(events)
    assert recording.table() == expected


def test_all_events_of_a_day_may_be_lost(recording: Recording) -> None:
    good, bad = recording.bucket("good", owner="ops"), recording.bucket("bad")
    recording.events(2)
    assert recording.table() == {}

    assert recording.invoke({"action": "reconcile"}) == {**NOTHING, "checked": 2, "written": 2, "repaired": 2}
    assert recording.table() == {good: "COMPLIANT", bad: "NON_COMPLIANT"}


def test_a_result_is_as_old_as_its_compliance(recording: Recording) -> None:
    name = recording.bucket("bad")
    recording.deliver(recording.events(1))
    since = recording.results()[name].since

    recording.account.config.start_config_rules_evaluation(ConfigRuleNames=[RULE])
    recording.invoke({"action": "reconcile"})
    assert recording.results()[name].since == since

    recording.account.tag_bucket(name, owner="ops")
    recording.deliver(recording.events(1))
    assert recording.results()[name].since > since


def test_the_table_knows_the_rules_of_the_deployment_and_forgets_a_removed_one_with_its_results(
    recording: Recording,
) -> None:
    directory = RuleDirectory(recording.account.client("dynamodb"), TABLE)
    recording.deploy("tags", "quiet")
    recording.bucket("bad")
    recording.bucket("good", owner="ops")
    recording.deliver(recording.events(2))
    quiet = RuleEntry("acme-dev-quiet", Severity.HIGH)
    assert directory.read() == {RULE: RuleEntry(RULE, Severity.HIGH), quiet.name: quiet}

    recording.account.config.delete_config_rule(ConfigRuleName=RULE)
    recording.deploy("quiet")
    assert recording.invoke({"action": "reconcile"}) == {**NOTHING, "checked": 2, "closed": 2}
    assert recording.table() == {}
    assert directory.read() == {quiet.name: quiet}


def notifying(local_aws: LocalAws, target: str, region: str = "eu-central-1") -> Recording:
    """The target is in a region of its own."""
    account = Account(local_aws).with_recorder()
    service, resource = target.split(":")
    arn = f"arn:aws:{service}:{region}:{account.number}:{resource}"
    publish = {"sns": "sns:Publish", "events": "events:PutEvents"}[service]
    recipient = Recipient(arn, frozenset({Severity.HIGH}))
    return Recording(account, recipient, (publish,))


STORM = 12


def test_a_storm_of_new_violations_is_one_message_to_a_topic(local_aws: LocalAws) -> None:
    recording = notifying(local_aws, "sns:security", region="us-east-1")
    sns = recording.account.client("sns", "us-east-1")
    topic = sns.create_topic(Name="security")["TopicArn"]
    queue = Queue(recording.account, "us-east-1")
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue.arn)
    names = [recording.bucket(f"bad-{number}") for number in range(STORM)]
    recording.bucket("good", owner="ops")
    events = recording.events(STORM + 1)
    # One is lost, and published once the comparison finds it; one is fixed before anything is published.
    recording.deliver([event for event in events if event["detail"]["resourceId"] != names[0]] * 2)
    recording.account.tag_bucket(names[1], owner="ops")
    recording.deliver(recording.events(1))
    recording.invoke({"action": "reconcile"})

    for _ in range(2):
        recording.invoke({"action": "notify"})

    (message,) = queue.take()
    assert message["Subject"] == f"acme-dev: {STORM - 1} new violations ({STORM - 1} HIGH)"
    assert f"HIGH tags: {STORM - 1}\n" in message["Message"]
    assert f"and {STORM - 6} more" in message["Message"]
    assert names[1] not in message["Message"]


def test_an_event_bus_gets_what_is_new_as_data(local_aws: LocalAws) -> None:
    recording = notifying(local_aws, "events:event-bus/security")
    events = recording.account.client("events")
    events.create_event_bus(Name="security")
    queue = Queue(recording.account, recording.account.region)
    events.put_rule(Name="all", EventBusName="security", EventPattern='{"source": ["compliance_tf"]}')
    events.put_targets(Rule="all", EventBusName="security", Targets=[{"Id": "queue", "Arn": queue.arn}])
    name = recording.bucket("bad")
    recording.deliver(recording.events(1))

    recording.invoke({"action": "notify"})

    (event,) = queue.take()
    assert event["detail-type"] == "New non-compliance"
    assert event["detail"]["severities"] == {"HIGH": 1}
    (rule,) = event["detail"]["rules"]
    assert [resource["id"] for resource in rule["resources"]] == [name]
