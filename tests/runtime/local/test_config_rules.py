from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.runtime.local.accounts import PRINT_EVENT, Account
from tests.runtime.local.refusals import refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from compliance_tf.local import LocalAws

SCHEDULED = {"EventSource": "aws.config", "MessageType": "ScheduledNotification"}
CHANGE = {"EventSource": "aws.config", "MessageType": "ConfigurationItemChangeNotification"}
BUCKETS = {"ComplianceResourceTypes": ["AWS::S3::Bucket"]}


@pytest.fixture(scope="module")
def account(local_aws: LocalAws) -> Account:
    account = Account(local_aws).with_recorder()
    account.function("check", PRINT_EVENT)
    return account


@pytest.fixture
def recorded(either: Account) -> Account:
    """An account of either implementation with a recorder, which need not be switched on."""
    role = f"arn:aws:iam::{either.number}:role/config"
    either.config.put_configuration_recorder(ConfigurationRecorder={"name": "default", "roleARN": role})
    return either


def function_arn(account: Account, name: str = "check") -> str:
    return f"arn:aws:lambda:{account.region}:{account.number}:function:{name}"


def put(account: Account, name: str = "rule", **declared: Any) -> None:
    account.config.put_config_rule(ConfigRule={"ConfigRuleName": name} | declared)


def custom(account: Account, *details: dict[str, str], **more: Any) -> dict[str, Any]:
    source = {
        "Owner": "CUSTOM_LAMBDA",
        "SourceIdentifier": function_arn(account),
        "SourceDetails": list(details),
    }
    return {"Source": source} | more


def managed(identifier: str, **more: Any) -> dict[str, Any]:
    return {"Source": {"Owner": "AWS", "SourceIdentifier": identifier}} | more


def described(account: Account, name: str) -> Any:
    [rule] = account.config.describe_config_rules(ConfigRuleNames=[name])["ConfigRules"]
    return rule


def test_a_rule_is_described_as_it_was_put(recorded: Account) -> None:
    declared = managed(
        "S3_BUCKET_LEVEL_PUBLIC_ACCESS_PROHIBITED",
        Description="No public buckets",
        Scope=BUCKETS,
        InputParameters='{"excludedPublicBuckets": "website"}',
    )

    put(recorded, "described", **declared)

    rule = described(recorded, "described")
    assert {name: rule[name] for name in declared} == declared
    assert rule["ConfigRuleState"] == "ACTIVE"
    assert rule["ConfigRuleArn"] == (
        f"arn:aws:config:eu-central-1:{recorded.number}:config-rule/{rule['ConfigRuleId']}"
    )


def test_a_rule_of_the_same_name_is_overwritten_without_a_word(recorded: Account) -> None:
    put(recorded, "same", **managed("S3_BUCKET_VERSIONING_ENABLED"))
    before = described(recorded, "same")

    put(recorded, "same", **managed("S3_BUCKET_SSL_REQUESTS_ONLY"))

    after = described(recorded, "same")
    assert after["ConfigRuleArn"] == before["ConfigRuleArn"]
    assert after["Source"]["SourceIdentifier"] == "S3_BUCKET_SSL_REQUESTS_ONLY"


def test_a_managed_rule_needs_a_recorder(local_aws: LocalAws) -> None:
    with refused("NoAvailableConfigurationRecorderException"):
        put(Account(local_aws), **managed("S3_BUCKET_VERSIONING_ENABLED"))


def test_a_custom_rule_needs_no_recorder(local_aws: LocalAws) -> None:
    account = Account(local_aws)
    account.function("check", PRINT_EVENT)

    put(account, **custom(account, CHANGE))

    assert described(account, "rule")["Source"]["Owner"] == "CUSTOM_LAMBDA"


@pytest.mark.parametrize(
    ("declared", "message"),
    [
        (managed("S3_BUCKET_VERSIONING_ENABLD"), "S3_BUCKET_VERSIONING_ENABLD is invalid"),
        (managed("IAM_PASSWORD_POLICY", Scope=BUCKETS), "only evaluated periodically"),
        (
            managed("S3_BUCKET_VERSIONING_ENABLED", MaximumExecutionFrequency="One_Hour"),
            "only a change in resources triggers",
        ),
        (managed("S3_BUCKET_VERSIONING_ENABLED", InputParameters='{"typo": "1"}'), "typo"),
        (managed("REQUIRED_TAGS", InputParameters='{"tag1Value": "1"}'), "tag1Key"),
        (managed("S3_BUCKET_VERSIONING_ENABLED", InputParameters="[]"), "JSON"),
        (managed("S3_BUCKET_VERSIONING_ENABLED", InputParameters="{"), "JSON"),
        (managed("S3_BUCKET_VERSIONING_ENABLED", Scope={"TagValue": "prod"}), "tag key"),
        (managed("S3_BUCKET_VERSIONING_ENABLED", Scope={"ComplianceResourceId": "b"}), "exactly one resource type"),
    ],
)
def test_a_managed_rule_that_aws_would_refuse_is_refused(
    account: Account, declared: dict[str, Any], message: str
) -> None:
    with refused("InvalidParameterValueException", message):
        put(account, **declared)


@pytest.mark.parametrize(
    ("declare", "message"),
    [
        (custom, "SourceDetails"),
        (lambda account: custom(account, SCHEDULED, Scope=BUCKETS), "only evaluated periodically"),
        (
            lambda account: custom(account, CHANGE | {"MaximumExecutionFrequency": "One_Hour"}),
            "only for the message type ScheduledNotification",
        ),
    ],
)
def test_a_custom_rule_that_aws_would_refuse_is_refused(
    account: Account, declare: Callable[[Account], dict[str, Any]], message: str
) -> None:
    with refused("InvalidParameterValueException", message):
        put(account, **declare(account))


@pytest.mark.parametrize(
    ("declared", "member"),
    [
        (managed("S3_BUCKET_VERSIONING_ENABLED", ConfigRuleName="r" * 129), "configRuleName"),
        (managed("S3_BUCKET_VERSIONING_ENABLED", InputParameters="{" + " " * 1024 + "}"), "inputParameters"),
        (managed("S3_BUCKET_VERSIONING_ENABLED", Description="d" * 257), "description"),
        (managed("S3_BUCKET_VERSIONING_ENABLED", MaximumExecutionFrequency="Daily"), "enum value"),
    ],
)
def test_a_rule_beyond_the_limits_of_the_api_is_refused(
    account: Account, declared: dict[str, Any], member: str
) -> None:
    with refused("ValidationException", member[1:]):
        put(account, **declared)


def test_a_rule_at_the_limits_of_the_api_is_taken(recorded: Account) -> None:
    parameters = '{"excludedPublicBuckets": "' + "b" * (1024 - 29) + '"}'
    assert len(parameters) == 1024

    put(
        recorded,
        "r" * 128,
        **managed("S3_BUCKET_LEVEL_PUBLIC_ACCESS_PROHIBITED", InputParameters=parameters, Description="d" * 256),
    )

    assert described(recorded, "r" * 128)["InputParameters"] == parameters


def test_a_function_that_aws_config_may_not_invoke_is_refused(account: Account) -> None:
    account.function("not-permitted", PRINT_EVENT, invoked_by=None)
    rule = custom(account, CHANGE)
    rule["Source"]["SourceIdentifier"] = function_arn(account, "not-permitted")

    with refused("InsufficientPermissionsException", "not-permitted"):
        put(account, **rule)


def test_a_function_that_does_not_exist_is_refused(recorded: Account) -> None:
    rule = custom(recorded, CHANGE)
    rule["Source"]["SourceIdentifier"] = function_arn(recorded, "nobody")

    with refused("InsufficientPermissionsException", "nobody"):
        put(recorded, **rule)


def test_a_permission_for_another_account_does_not_count(account: Account) -> None:
    account.function("others", PRINT_EVENT, invoked_by=None)
    account.client("lambda").add_permission(
        FunctionName="others",
        StatementId="invoke",
        Action="lambda:InvokeFunction",
        Principal="config.amazonaws.com",
        SourceAccount="999999999999",
    )
    rule = custom(account, CHANGE)
    rule["Source"]["SourceIdentifier"] = function_arn(account, "others")

    with refused("InsufficientPermissionsException"):
        put(account, **rule)


def test_rules_are_described_in_pages(recorded: Account) -> None:
    names = [f"rule-{number:02}" for number in range(30)]
    for name in names:
        put(recorded, name, **managed("S3_BUCKET_VERSIONING_ENABLED"))

    first = recorded.config.describe_config_rules()
    second = recorded.config.describe_config_rules(NextToken=first["NextToken"])

    assert len(first["ConfigRules"]) == 25
    assert "NextToken" not in second
    assert [rule["ConfigRuleName"] for rule in first["ConfigRules"] + second["ConfigRules"]] == names


def test_a_token_that_no_answer_gave_is_refused(recorded: Account) -> None:
    put(recorded, "other", **managed("S3_BUCKET_VERSIONING_ENABLED"))

    with refused("InvalidNextTokenException"):
        recorded.config.describe_config_rules(NextToken="made-up")


def test_a_deleted_rule_exists_no_more(recorded: Account) -> None:
    put(recorded, "other", **managed("S3_BUCKET_VERSIONING_ENABLED"))
    put(recorded, "deleted", **managed("S3_BUCKET_VERSIONING_ENABLED"))

    recorded.config.delete_config_rule(ConfigRuleName="deleted")

    with refused("NoSuchConfigRuleException", "deleted"):
        described(recorded, "deleted")


@pytest.mark.parametrize(
    "use",
    [
        lambda config: config.delete_config_rule(ConfigRuleName="nobody"),
        lambda config: config.start_config_rules_evaluation(ConfigRuleNames=["nobody"]),
        lambda config: config.get_compliance_details_by_config_rule(ConfigRuleName="nobody"),
        lambda config: config.describe_compliance_by_config_rule(ConfigRuleNames=["nobody"]),
        lambda config: config.describe_config_rule_evaluation_status(ConfigRuleNames=["nobody"]),
        lambda config: config.get_custom_rule_policy(ConfigRuleName="nobody"),
    ],
)
def test_a_rule_that_does_not_exist_is_named(account: Account, use: Callable[[Any], object]) -> None:
    with refused("NoSuchConfigRuleException", "nobody"):
        use(account.config)


def test_the_text_of_a_guard_policy_is_read_apart_from_its_rule(account: Account) -> None:
    policy = "rule named when resourceType == 'AWS::S3::Bucket' { configuration.name exists }"
    details = {"PolicyRuntime": "guard-2.x.x", "PolicyText": policy}
    source = {"Owner": "CUSTOM_POLICY", "SourceDetails": [CHANGE], "CustomPolicyDetails": details}

    put(account, "guard", Source=source)

    assert described(account, "guard")["Source"]["CustomPolicyDetails"]["PolicyText"] == ""
    assert account.config.get_custom_rule_policy(ConfigRuleName="guard")["PolicyText"] == policy


def tags_of(account: Account, arn: str) -> dict[str, str]:
    answer = account.config.list_tags_for_resource(ResourceArn=arn)
    return {tag["Key"]: tag["Value"] for tag in answer.get("Tags", [])}


def test_a_rule_has_the_tags_of_its_creation_and_those_put_and_taken_later(recorded: Account) -> None:
    rule = {"ConfigRuleName": "tagged"} | managed("S3_BUCKET_VERSIONING_ENABLED")
    recorded.config.put_config_rule(ConfigRule=rule, Tags=[{"Key": "project", "Value": "a"}])
    arn = described(recorded, "tagged")["ConfigRuleArn"]
    assert tags_of(recorded, arn) == {"project": "a"}

    recorded.config.tag_resource(ResourceArn=arn, Tags=[{"Key": "team", "Value": "b"}])
    assert tags_of(recorded, arn) == {"project": "a", "team": "b"}

    recorded.config.untag_resource(ResourceArn=arn, TagKeys=["project"])
    assert tags_of(recorded, arn) == {"team": "b"}


def test_putting_a_rule_again_changes_none_of_its_tags(account: Account) -> None:
    rule = {"ConfigRuleName": "kept"} | managed("S3_BUCKET_VERSIONING_ENABLED")
    account.config.put_config_rule(ConfigRule=rule, Tags=[{"Key": "project", "Value": "a"}])

    account.config.put_config_rule(ConfigRule=rule, Tags=[{"Key": "project", "Value": "b"}])

    assert tags_of(account, described(account, "kept")["ConfigRuleArn"]) == {"project": "a"}


def test_more_than_fifty_tags_are_refused(account: Account) -> None:
    put(account, "full", **managed("S3_BUCKET_VERSIONING_ENABLED"))
    arn = described(account, "full")["ConfigRuleArn"]
    tags = [{"Key": f"key-{number}", "Value": ""} for number in range(50)]
    account.config.tag_resource(ResourceArn=arn, Tags=tags)

    with refused("TooManyTagsException"):
        account.config.tag_resource(ResourceArn=arn, Tags=[{"Key": "one-more", "Value": ""}])


def test_tags_of_what_does_not_exist_are_refused(recorded: Account) -> None:
    with refused("ResourceNotFoundException"):
        tags_of(recorded, f"arn:aws:config:eu-central-1:{recorded.number}:config-rule/config-rule-nobody")
