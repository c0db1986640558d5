from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.runtime.local.accounts import CHANGES, PRINT_EVENT, PUT_VERDICT, Account, eventually
from tests.runtime.local.refusals import refused

if TYPE_CHECKING:
    from compliance_tf.local import LocalAws

BUCKET = "AWS::S3::Bucket"
GROUP = "AWS::EC2::SecurityGroup"
BUCKETS = {"ComplianceResourceTypes": [BUCKET]}
OVERSIZED = "OversizedConfigurationItemChangeNotification"
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def account(local_aws: LocalAws) -> Account:
    return Account(local_aws).with_recorder()


def seen(account: Account, function: str) -> list[str]:
    """The names of the resources of a function's events, in order."""
    return [received["configurationItem"]["resourceName"] for received in account.notifications_of(function)]


def result_token(account: Account, rule: str = "rule") -> str:
    """A valid token: that of a scheduled evaluation."""
    account.rule(rule, account.function(f"{rule}-function", PRINT_EVENT), ["ScheduledNotification"])
    [event] = eventually("a scheduled event", lambda: account.events_of(f"{rule}-function"))
    return str(event["resultToken"])


def verdict(resource_id: str = "a-bucket", compliance: str = "NON_COMPLIANT", **more: Any) -> dict[str, Any]:
    return {
        "ComplianceResourceType": BUCKET,
        "ComplianceResourceId": resource_id,
        "ComplianceType": compliance,
        "OrderingTimestamp": NOON,
    } | more


# -- Delivery ------------------------------------------------------------------------------------------------


def test_a_function_is_invoked_as_aws_config_does_it(account: Account) -> None:
    arn = account.function("check", PRINT_EVENT)
    account.rule("rule", arn, Scope=BUCKETS, InputParameters='{"tag": "owner"}')

    account.bucket("delivered")

    [event] = eventually("an event", lambda: account.events_of("check"))
    [rule] = account.config.describe_config_rules(ConfigRuleNames=["rule"])["ConfigRules"]
    notification = json.loads(event.pop("invokingEvent"))
    assert event.pop("resultToken")
    assert event.pop("executionRoleArn").endswith("/AWSServiceRoleForConfig")
    assert event == {
        "version": "1.0",
        "ruleParameters": '{"tag": "owner"}',
        "eventLeftScope": False,
        "configRuleArn": rule["ConfigRuleArn"],
        "configRuleName": "rule",
        "configRuleId": rule["ConfigRuleId"],
        "accountId": account.number,
        "evaluationMode": "DETECTIVE",
    }
    assert notification["messageType"] == "ConfigurationItemChangeNotification"
    assert notification["configurationItem"]["resourceId"] == "delivered"
    assert notification["configurationItemDiff"]["changeType"] == "CREATE"


def test_a_change_says_what_changed(account: Account) -> None:
    account.rule("rule", account.function("check", PRINT_EVENT), Scope=BUCKETS)
    account.bucket("changing")
    eventually("the first event", lambda: account.events_of("check"))

    account.tag_bucket("changing", owner="me")

    _, update = eventually("two events", lambda: len(found := account.notifications_of("check")) == 2 and found)
    difference = update["configurationItemDiff"]
    assert difference["changeType"] == "UPDATE"
    assert difference["changedProperties"]["SupplementaryConfiguration.BucketTaggingConfiguration"] == {
        "previousValue": None,
        "updatedValue": {"tagSets": [{"tags": {"owner": "me"}}]},
        "changeType": "CREATE",
    }


def test_a_deletion_is_reported_with_a_null_configuration(account: Account) -> None:
    account.rule("rule", account.function("check", PRINT_EVENT), Scope=BUCKETS)
    account.bucket("doomed")
    eventually("the first event", lambda: account.events_of("check"))

    account.client("s3").delete_bucket(Bucket="doomed")

    _, received = eventually("two events", lambda: len(found := account.notifications_of("check")) == 2 and found)
    assert received["configurationItem"]["configurationItemStatus"] == "ResourceDeleted"
    assert received["configurationItem"]["configuration"] is None
    assert received["configurationItemDiff"]["changeType"] == "DELETE"


def test_only_resources_in_scope_are_reported(account: Account) -> None:
    one = {"ComplianceResourceTypes": [BUCKET], "ComplianceResourceId": "scope-one"}
    account.rule("types", account.function("by-type", PRINT_EVENT), Scope=BUCKETS)
    account.rule("id", account.function("by-id", PRINT_EVENT), Scope=one)
    account.rule("tag", account.function("by-tag", PRINT_EVENT), Scope={"TagKey": "env", "TagValue": "prod"})
    account.rule("all", account.function("no-scope", PRINT_EVENT))

    account.security_group("scope-group")
    account.bucket("scope-one", env="prod")
    account.bucket("scope-two", env="dev")

    def received(function: str) -> set[str]:
        return {name for name in seen(account, function) if name != "default"}

    everything = {"scope-group", "scope-one", "scope-two"}
    eventually("events of all", lambda: received("no-scope") == everything)
    eventually("events of buckets", lambda: received("by-type") == {"scope-one", "scope-two"})
    eventually("events of one", lambda: received("by-id") == {"scope-one"})
    eventually("events of production", lambda: received("by-tag") == {"scope-one"})


def test_a_resource_that_leaves_the_scope_is_reported_once_more(account: Account) -> None:
    account.rule("rule", account.function("check", PRINT_EVENT), Scope={"TagKey": "watched"})
    account.bucket("leaving", watched="yes")
    eventually("the first event", lambda: account.events_of("check"))

    account.tag_bucket("leaving", other="tag")

    events = eventually("two events", lambda: len(found := account.events_of("check")) == 2 and found)
    assert [event["eventLeftScope"] for event in events] == [False, True]


def test_an_oversized_item_is_announced_without_its_content(account: Account) -> None:
    account.rule("rule", account.function("check", PRINT_EVENT), [*CHANGES, OVERSIZED])
    group = account.security_group("large")

    account.grow(group)

    received = eventually(
        "an oversized item",
        lambda: [one for one in account.notifications_of("check") if one["messageType"] == OVERSIZED],
    )[0]
    assert "configurationItem" not in received
    summary = received["configurationItemSummary"]
    assert (summary["resourceType"], summary["resourceId"]) == (GROUP, group)
    [item] = account.items(GROUP, group, laterTime=summary["configurationItemCaptureTime"], limit=1)
    assert len(item["configuration"]) > 256 * 1024


def test_an_oversized_item_is_not_sent_to_a_rule_without_that_message_type(account: Account) -> None:
    account.rule("small-only", account.function("small-only", PRINT_EVENT))
    account.rule("both", account.function("both", PRINT_EVENT), [*CHANGES, OVERSIZED])
    group = account.security_group("large")
    eventually("the small item", lambda: "large" in seen(account, "small-only"))

    account.grow(group)

    eventually("the large item", lambda: OVERSIZED in [one["messageType"] for one in account.notifications_of("both")])
    account.bucket("afterwards")
    eventually("the next change", lambda: "afterwards" in seen(account, "small-only"))
    assert seen(account, "small-only").count("large") == 1


def test_a_new_rule_is_evaluated_for_what_is_there_already(account: Account) -> None:
    account.bucket("older-than-the-rule")
    eventually("an item", lambda: account.items(BUCKET, "older-than-the-rule"))

    account.rule("rule", account.function("check", PRINT_EVENT), Scope=BUCKETS)

    [received] = eventually("an event", lambda: account.notifications_of("check"))
    assert received["configurationItem"]["resourceId"] == "older-than-the-rule"
    assert received["configurationItemDiff"] is None


def test_a_started_evaluation_reports_everything_again(account: Account) -> None:
    account.rule("rule", account.function("check", PRINT_EVENT), Scope=BUCKETS)
    account.bucket("again")
    eventually("the first event", lambda: account.events_of("check"))

    account.config.start_config_rules_evaluation(ConfigRuleNames=["rule"])

    eventually("the second event", lambda: seen(account, "check") == ["again", "again"])


def test_at_most_25_evaluations_are_started_at_once(account: Account) -> None:
    with refused("ValidationException", "less than or equal to 25"):
        account.config.start_config_rules_evaluation(ConfigRuleNames=[f"rule-{number}" for number in range(26)])


def test_a_periodic_rule_is_evaluated_at_its_creation(account: Account) -> None:
    account.rule("rule", account.function("check", PRINT_EVENT), ["ScheduledNotification"])

    [received] = eventually("an event", lambda: account.notifications_of("check"))
    assert received["messageType"] == "ScheduledNotification"
    assert received["awsAccountId"] == account.number


def test_without_a_recorder_a_custom_rule_never_evaluates(local_aws: LocalAws) -> None:
    account = Account(local_aws)
    account.rule("rule", account.function("check", PRINT_EVENT), ["ScheduledNotification"])
    # Rules of another account show that evaluations have gone on meanwhile.
    result_token(Account(local_aws).with_recorder())

    [status] = account.config.describe_config_rule_evaluation_status()["ConfigRulesEvaluationStatus"]
    assert status["FirstEvaluationStarted"] is False
    assert account.events_of("check") == []


def test_a_function_whose_permission_was_taken_shows_in_the_rules_status(account: Account) -> None:
    account.rule("rule", account.function("check", PRINT_EVENT), Scope=BUCKETS)
    account.client("lambda").remove_permission(FunctionName="check", StatementId="invoke")

    account.bucket("undeliverable")

    def status() -> Any:
        [found] = account.config.describe_config_rule_evaluation_status()["ConfigRulesEvaluationStatus"]
        return found if "LastErrorMessage" in found else None

    found = eventually("an error", status)
    assert "check" in found["LastErrorMessage"]
    assert "LastFailedInvocationTime" in found
    assert account.events_of("check") == []


# -- Results -------------------------------------------------------------------------------------------------


def test_a_functions_verdicts_become_the_rules_results(account: Account) -> None:
    account.rule("rule", account.function("check", PUT_VERDICT, "config:PutEvaluations"), Scope=BUCKETS)
    account.bucket("verdict-good", owner="me")
    account.bucket("verdict-bad")

    verdicts = {"verdict-good": "COMPLIANT", "verdict-bad": "NON_COMPLIANT"}
    eventually("both verdicts", lambda: account.verdicts("rule") == verdicts)

    account.tag_bucket("verdict-bad", owner="me")
    eventually("the flip", lambda: account.verdicts("rule")["verdict-bad"] == "COMPLIANT")

    account.client("s3").delete_bucket(Bucket="verdict-bad")
    eventually("the end", lambda: account.verdicts("rule")["verdict-bad"] == "NOT_APPLICABLE")


def test_a_result_is_described_as_aws_config_does_it(account: Account) -> None:
    token = result_token(account)

    answer = account.config.put_evaluations(ResultToken=token, Evaluations=[verdict(Annotation="no owner")])

    assert answer["FailedEvaluations"] == []
    [result] = account.config.get_compliance_details_by_config_rule(ConfigRuleName="rule")["EvaluationResults"]
    [same] = account.config.get_compliance_details_by_resource(ResourceType=BUCKET, ResourceId="a-bucket")[
        "EvaluationResults"
    ]
    identifier = result["EvaluationResultIdentifier"]
    assert same == result
    assert identifier["EvaluationResultQualifier"] == {
        "ConfigRuleName": "rule",
        "ResourceType": BUCKET,
        "ResourceId": "a-bucket",
        "EvaluationMode": "DETECTIVE",
    }
    assert identifier["OrderingTimestamp"] == NOON
    assert (result["ComplianceType"], result["Annotation"]) == ("NON_COMPLIANT", "no owner")
    assert result["ConfigRuleInvokedTime"] <= result["ResultRecordedTime"]


def test_an_older_evaluation_never_wins(account: Account) -> None:
    token = result_token(account)

    def put(compliance: str, ordered: datetime) -> None:
        evaluation = verdict(compliance=compliance, OrderingTimestamp=ordered)
        account.config.put_evaluations(ResultToken=token, Evaluations=[evaluation])

    put("COMPLIANT", NOON)
    put("NON_COMPLIANT", NOON - timedelta(seconds=1))
    assert account.verdicts("rule") == {"a-bucket": "COMPLIANT"}

    put("NON_COMPLIANT", NOON + timedelta(seconds=1))
    assert account.verdicts("rule") == {"a-bucket": "NON_COMPLIANT"}


@pytest.mark.parametrize(
    "evaluations",
    [
        [verdict(f"bucket-{number}") for number in range(101)],
        [verdict(Annotation="a" * 257)],
        [verdict("b" * 769)],
        [verdict(compliance="MAYBE")],
    ],
    ids=["101 evaluations", "long annotation", "long resource ID", "unknown compliance"],
)
def test_evaluations_beyond_the_limits_of_the_api_are_refused(
    account: Account, evaluations: list[dict[str, Any]]
) -> None:
    with refused("ValidationException"):
        account.config.put_evaluations(ResultToken="t", Evaluations=evaluations, TestMode=True)


def test_evaluations_at_the_limits_of_the_api_are_taken(account: Account) -> None:
    token = result_token(account)
    evaluations = [verdict(f"{number:03}" + "b" * 765, Annotation="a" * 256) for number in range(100)]

    account.config.put_evaluations(ResultToken=token, Evaluations=evaluations)

    assert len(account.verdicts("rule")) == 100


def test_insufficient_data_may_not_be_put(account: Account) -> None:
    with refused("InvalidParameterValueException", "INSUFFICIENT_DATA"):
        account.config.put_evaluations(
            ResultToken="t", Evaluations=[verdict(compliance="INSUFFICIENT_DATA")], TestMode=True
        )


def test_a_token_that_aws_config_did_not_give_is_refused(account: Account) -> None:
    with refused("InvalidResultTokenException"):
        account.config.put_evaluations(ResultToken="made-up", Evaluations=[verdict()])


def test_the_token_of_a_deleted_rule_is_refused(account: Account) -> None:
    token = result_token(account)
    account.config.delete_config_rule(ConfigRuleName="rule")

    with refused("NoSuchConfigRuleException"):
        account.config.put_evaluations(ResultToken=token, Evaluations=[verdict()])


def test_the_test_mode_takes_any_token_and_keeps_nothing(account: Account) -> None:
    token = result_token(account)

    account.config.put_evaluations(ResultToken="any", Evaluations=[verdict()], TestMode=True)
    account.config.put_evaluations(ResultToken=token, Evaluations=[verdict()], TestMode=True)

    assert account.verdicts("rule") == {}


def test_results_are_filtered_and_given_in_pages(account: Account) -> None:
    token = result_token(account)
    kinds = ["COMPLIANT", "NON_COMPLIANT", "NOT_APPLICABLE"]
    evaluations = [verdict(f"bucket-{number}", kinds[number % 3]) for number in range(6)]
    account.config.put_evaluations(ResultToken=token, Evaluations=evaluations)

    def ids(**more: Any) -> tuple[list[str], str | None]:
        answer = account.config.get_compliance_details_by_config_rule(ConfigRuleName="rule", **more)
        found = [result["EvaluationResultIdentifier"] for result in answer["EvaluationResults"]]
        return [one["EvaluationResultQualifier"]["ResourceId"] for one in found], answer.get("NextToken")

    assert ids() == (["bucket-0", "bucket-1", "bucket-3", "bucket-4"], None)
    assert ids(ComplianceTypes=["NOT_APPLICABLE"]) == (["bucket-2", "bucket-5"], None)
    first, token_of_second = ids(Limit=3)
    assert first == ["bucket-0", "bucket-1", "bucket-3"]
    assert ids(Limit=3, NextToken=token_of_second) == (["bucket-4"], None)


def test_the_compliance_of_a_rule_is_that_of_its_worst_resource(account: Account) -> None:
    token = result_token(account)

    def compliance() -> Any:
        [found] = account.config.describe_compliance_by_config_rule()["ComplianceByConfigRules"]
        return found["Compliance"]

    assert compliance() == {"ComplianceType": "INSUFFICIENT_DATA"}

    account.config.put_evaluations(ResultToken=token, Evaluations=[verdict("good", "COMPLIANT")])
    assert compliance() == {"ComplianceType": "COMPLIANT"}

    bad = [verdict(f"bad-{number}") for number in range(26)]
    account.config.put_evaluations(ResultToken=token, Evaluations=bad)
    assert compliance() == {
        "ComplianceType": "NON_COMPLIANT",
        "ComplianceContributorCount": {"CappedCount": 25, "CapExceeded": True},
    }


def test_the_results_of_a_deleted_rule_are_removed_when_it_comes_back(account: Account) -> None:
    token = result_token(account)
    account.config.put_evaluations(ResultToken=token, Evaluations=[verdict()])

    account.config.delete_config_rule(ConfigRuleName="rule")
    account.managed_rule("rule", "IAM_PASSWORD_POLICY")

    assert account.verdicts("rule") == {}
