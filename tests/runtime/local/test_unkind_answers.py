"""What AWS does and its documents do not lead one to expect, as the server answers it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from compliance_tf.local import LocalAws
from compliance_tf.local.server.behaviour import Behaviour
from tests.runtime.local.accounts import PRINT_EVENT, PUT_VERDICT, Account, eventually
from tests.runtime.local.refusals import refused

if TYPE_CHECKING:
    from collections.abc import Iterator

BUCKET = "AWS::S3::Bucket"


@pytest.fixture(scope="module")
def slow_aws() -> Iterator[LocalAws]:
    """A local AWS whose week is a second, and where all that takes its time takes two."""
    lags = Behaviour(
        poll_seconds=0.1,
        history_window_seconds=1,
        listing_lag_seconds=6,
        event_rule_lag_seconds=6,
        evaluation_seconds=2,
    )
    with LocalAws.start(behaviour=lags) as aws:
        yield aws


@pytest.fixture
def account(slow_aws: LocalAws) -> Account:
    return Account(slow_aws).with_recorder()


def test_a_resource_that_did_not_change_for_a_week_has_an_empty_first_page(account: Account) -> None:
    account.bucket("settled")
    listed = {"resourceType": BUCKET, "resourceIds": ["settled"]}
    eventually("an item", lambda: account.config.list_discovered_resources(**listed)["resourceIdentifiers"])
    time.sleep(1.2)  # longer than the week

    query = {"resourceType": BUCKET, "resourceId": "settled", "limit": 1}
    first = account.config.get_resource_config_history(**query)
    pages = account.config.get_paginator("get_resource_config_history").paginate(**query)

    assert first["configurationItems"] == []
    assert first["nextToken"]
    assert [item["resourceId"] for page in pages for item in page["configurationItems"]] == ["settled"]


def test_queries_find_a_resource_when_it_was_recorded_a_while_ago(account: Account) -> None:
    account.bucket("found-late")
    query = f"SELECT resourceId WHERE resourceType = '{BUCKET}' AND resourceId IN ('found-late')"

    assert account.config.select_resource_config(Expression=query)["Results"] == []
    found = eventually("a row", lambda: account.config.select_resource_config(Expression=query)["Results"])
    assert found == ['{"resourceId": "found-late"}']


def test_a_second_evaluation_within_a_minute_is_refused(account: Account) -> None:
    account.rule("rule", account.function("check", PRINT_EVENT), ["ScheduledNotification"])

    account.config.start_config_rules_evaluation(ConfigRuleNames=["rule"])
    with refused("LimitExceededException", "once per minute"):
        account.config.start_config_rules_evaluation(ConfigRuleNames=["rule"])


def test_one_unknown_resource_type_has_all_evaluations_of_a_call_refused(account: Account) -> None:
    account.rule("rule", account.function("check", PRINT_EVENT), ["ScheduledNotification"])
    [event] = eventually("a scheduled event", lambda: account.events_of("check"))

    def put(*types: str) -> Any:
        return account.config.put_evaluations(
            ResultToken=event["resultToken"],
            Evaluations=[
                {
                    "ComplianceResourceType": type_,
                    "ComplianceResourceId": "any",
                    "ComplianceType": "COMPLIANT",
                    "OrderingTimestamp": 1767268800,
                }
                for type_ in types
            ],
        )

    with refused("InvalidParameterValueException", "AWS::Account is invalid. Only the following values are permitted"):
        put(BUCKET, "AWS::Account")
    assert account.verdicts("rule") == {}
    assert put(BUCKET, "AWS::::Account", "AWS::Logs::LogGroup", "Acme::Shop::Order")["FailedEvaluations"] == []


def test_results_are_listed_late(account: Account) -> None:
    put = account.function("check", PUT_VERDICT, "config:PutEvaluations")
    account.rule("rule", put, Scope={"ComplianceResourceTypes": [BUCKET]})
    account.bucket("listed-late")
    eventually("an invocation", lambda: account.events_of("check"))

    assert account.verdicts("rule") == {}
    assert eventually("a result", lambda: account.verdicts("rule")) == {"listed-late": "NON_COMPLIANT"}


def test_a_rule_name_that_may_be_put_is_too_long_to_list_its_results(account: Account) -> None:
    name = account.rule("x" * 65, account.function("check", PRINT_EVENT), ["ScheduledNotification"])

    with refused("ValidationException", "less than or equal to 64"):
        account.config.get_compliance_details_by_config_rule(ConfigRuleName=name)


def test_a_new_event_rule_matches_nothing_at_first(account: Account) -> None:
    account.on_event("puts", account.function("hears", PRINT_EVENT, invoked_by="events"), source=["tests"])
    entry = {"Source": "tests", "DetailType": "said", "Detail": '{"number": 1}'}
    account.client("events").put_events(Entries=[entry])
    time.sleep(6.3)  # longer than the lag
    account.client("events").put_events(Entries=[entry | {"Detail": '{"number": 2}'}])

    assert [event["detail"] for event in eventually("an event", lambda: account.events_of("hears"))] == [{"number": 2}]


@pytest.mark.parametrize(
    ("tags", "code"),
    [
        ({"k" * 129: ""}, "ValidationError"),
        ({"key": "v" * 257}, "ValidationError"),
        ({f"key-{number}": "" for number in range(51)}, "LimitExceeded"),
        ({"Owner": "", "owner": ""}, "InvalidInput"),  # of its keys IAM ignores the case
    ],
)
def test_tags_that_iam_does_not_take_are_refused(account: Account, tags: dict[str, str], code: str) -> None:
    pairs = [{"Key": key, "Value": value} for key, value in tags.items()]
    role = account.role("tagged").rpartition("/")[2]

    with refused(code):
        account.client("iam").tag_role(RoleName=role, Tags=pairs)
    with refused(code):
        account.client("iam").create_role(RoleName="another", AssumeRolePolicyDocument="{}", Tags=pairs)
    largest = [{"Key": "k" * 128, "Value": "v" * 256}]
    account.client("iam").tag_role(RoleName=role, Tags=largest)
    assert account.client("iam").list_role_tags(RoleName=role)["Tags"] == largest
