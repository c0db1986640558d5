"""AWS Config's protocol for custom rules, line by line, with the function that is deployed."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from compliance_tf.testing import config_event, event_item
from tests.runtime.functions.runtime import FUNCTION, SCHEDULE, Runtime
from tests.runtime.local.accounts import PRINT_EVENT, Account, document, eventually

if TYPE_CHECKING:
    from collections.abc import Callable

    from compliance_tf.local import LocalAws

BUCKET = "AWS::S3::Bucket"
GROUP = "AWS::EC2::SecurityGroup"
OWNER = {"tags": '{"owner":[]}'}


@pytest.fixture
def runtime(local_aws: LocalAws) -> Runtime:
    return Runtime(Account(local_aws).with_recorder())


def wait_for(runtime: Runtime, rule: str, resource: str, verdict: str) -> None:
    def verdicts() -> bool:
        return runtime.account.verdicts(rule).get(resource) == verdict

    eventually(f"{rule} to find {resource} {verdict}", verdicts, seconds=30)


def test_a_change_is_judged_and_judged_again(runtime: Runtime) -> None:
    rule = runtime.rule("tags", BUCKET, parameters=OWNER)
    orders = runtime.bucket("orders")
    wait_for(runtime, rule, orders, "NON_COMPLIANT")
    assert runtime.reasons(rule) == {orders: "Missing: owner."}

    runtime.account.tag_bucket(orders, owner="ops")
    wait_for(runtime, rule, orders, "COMPLIANT")


def test_a_deleted_resource_is_cleared(runtime: Runtime) -> None:
    rule = runtime.rule("tags", BUCKET, parameters=OWNER)
    orders = runtime.bucket("orders")
    wait_for(runtime, rule, orders, "NON_COMPLIANT")

    runtime.account.client("s3").delete_bucket(Bucket=orders)
    wait_for(runtime, rule, orders, "NOT_APPLICABLE")


def test_a_resource_that_left_the_scope_is_cleared(runtime: Runtime) -> None:
    rule = runtime.account.rule(
        "acme-dev-tags", runtime.arn, Scope={"TagKey": "watched"}, InputParameters=json.dumps(OWNER)
    )
    orders = runtime.bucket("orders", watched="yes")
    wait_for(runtime, rule, orders, "NON_COMPLIANT")

    runtime.account.tag_bucket(orders, other="tag")
    wait_for(runtime, rule, orders, "NOT_APPLICABLE")


def test_a_type_that_the_check_does_not_judge_gets_no_verdict(runtime: Runtime) -> None:
    rule = runtime.rule("tls", BUCKET, GROUP)
    group = runtime.account.security_group("web")
    orders = runtime.bucket("orders")

    wait_for(runtime, rule, group, "NOT_APPLICABLE")
    wait_for(runtime, rule, orders, "NON_COMPLIANT")


def test_an_oversized_item_is_read_from_the_history_and_judged(runtime: Runtime) -> None:
    rule = runtime.rule("ingress", GROUP)
    group = runtime.account.security_group("web")
    wait_for(runtime, rule, group, "COMPLIANT")
    runtime.account.client("ec2").authorize_security_group_ingress(
        GroupId=group, IpProtocol="tcp", FromPort=22, ToPort=22, CidrIp="0.0.0.0/0"
    )
    wait_for(runtime, rule, group, "NON_COMPLIANT")

    runtime.account.grow(group)
    runtime.account.client("ec2").revoke_security_group_ingress(
        GroupId=group, IpProtocol="tcp", FromPort=22, ToPort=22, CidrIp="0.0.0.0/0"
    )
    wait_for(runtime, rule, group, "COMPLIANT")


def test_a_schedule_puts_what_is_found_and_clears_what_is_stale(runtime: Runtime) -> None:
    runtime.account.role("intruder")
    kept = runtime.account.client("iam").get_role(RoleName="intruder")["Role"]["RoleId"]
    deleted = runtime.account.client("iam").get_role(RoleName="evaluate")["Role"]["RoleId"]
    runtime.account.role("acme-good")
    rule = runtime.rule("roles", messages=SCHEDULE)
    wait_for(runtime, rule, kept, "NON_COMPLIANT")
    assert runtime.account.verdicts(rule)[deleted] == "NON_COMPLIANT"
    assert list(runtime.account.verdicts(rule).values()).count("COMPLIANT") == 1

    runtime.account.client("iam").delete_role(RoleName="intruder")
    time.sleep(1)  # results that are less than a second old count as those of the same schedule
    runtime.account.config.start_config_rules_evaluation(ConfigRuleNames=[rule])
    wait_for(runtime, rule, kept, "NOT_APPLICABLE")
    assert runtime.account.verdicts(rule)[deleted] == "NON_COMPLIANT"


def test_a_check_looks_up_what_the_item_does_not_tell(runtime: Runtime) -> None:
    rule = runtime.rule("lookup", BUCKET)
    orders = runtime.bucket("orders")

    wait_for(runtime, rule, orders, "NON_COMPLIANT")
    assert runtime.reasons(rule)[orders].startswith(f"{orders}: 1 roles in ")


def test_a_broken_check_fails_its_own_invocations_and_no_others(runtime: Runtime) -> None:
    broken, tags = runtime.rule("broken", BUCKET), runtime.rule("tags", BUCKET, parameters=OWNER)
    breaks = runtime.bucket("breaks-it")
    orders = runtime.bucket("orders")

    wait_for(runtime, broken, orders, "COMPLIANT")
    wait_for(runtime, tags, breaks, "NON_COMPLIANT")
    failures = eventually("a failure", lambda: [line for line in runtime.lines() if line["level"] == "ERROR"])
    assert {(line["rule"], line["error"], line["Failures"]) for line in failures} == {(broken, "ZeroDivisionError", 1)}
    assert breaks not in runtime.account.verdicts(broken)


def test_a_wrong_parameter_is_no_verdict(runtime: Runtime) -> None:
    rule = runtime.rule("tags", BUCKET, parameters={"tag": "owner"})
    runtime.bucket("orders")

    (failure, *_) = eventually("a failure", lambda: [one for one in runtime.lines() if one["level"] == "ERROR"])
    assert (failure["rule"], failure["error"]) == (rule, "ParameterError")
    assert "Did you mean tags?" in failure["reason"]
    assert runtime.account.verdicts(rule) == {}


def test_checks_look_things_up_with_the_execution_role_and_put_with_their_own(local_aws: LocalAws) -> None:
    account = Account(local_aws).with_recorder()
    reader = account.role("reader", "iam:ListRoles")
    own = ("config:PutEvaluations", "sts:AssumeRole", "logs:CreateLogStream", "logs:PutLogEvents")
    runtime = Runtime(account, {"EXECUTION_ROLE": reader}, own)
    function_role = f"arn:aws:iam::{account.number}:role/evaluate"
    trust = {"Effect": "Allow", "Principal": {"AWS": function_role}, "Action": "sts:AssumeRole"}
    account.client("iam").update_assume_role_policy(RoleName="reader", PolicyDocument=document(trust))
    rule = runtime.rule("lookup", BUCKET)
    orders = runtime.bucket("orders")

    wait_for(runtime, rule, orders, "NON_COMPLIANT")
    assert "2 roles" in runtime.reasons(rule)[orders]


@pytest.fixture
def invoke(runtime: Runtime) -> Callable[..., dict[str, str]]:
    """Invoke the function with an event that local AWS does not send by itself, and give what the rule says then.

    The result token is that of a rule of which nothing else speaks.
    """
    account = runtime.account
    rule = account.rule("tokens", account.function("tokens", PRINT_EVENT), SCHEDULE)
    (scheduled,) = eventually("a result token", lambda: account.events_of("tokens"))

    def run(item: dict[str, Any], rule_id: str = "tags", parameters: dict[str, str] | None = None) -> dict[str, str]:
        event = config_event(item, rule_name=f"acme-dev-{rule_id}", parameters=parameters)
        answer = account.client("lambda").invoke(
            FunctionName=FUNCTION, Payload=json.dumps(event | {"resultToken": scheduled["resultToken"]})
        )
        assert "FunctionError" not in answer, answer["Payload"].read()
        return account.verdicts(rule)

    return run


def test_a_deletion_that_is_announced_with_status_ok_is_cleared(invoke: Callable[..., dict[str, str]]) -> None:
    queue = event_item("AWS::SQS::Queue", "jobs", configuration={"QueueName": "jobs"})
    assert invoke(queue, parameters=OWNER) == {"jobs": "NON_COMPLIANT"}

    deleted = event_item("AWS::SQS::Queue", "jobs", configuration=None, captured="2026-03-01T10:21:00Z")
    assert invoke(deleted, parameters=OWNER) == {"jobs": "NOT_APPLICABLE"}


def test_an_item_that_is_older_than_one_already_evaluated_changes_nothing(
    invoke: Callable[..., dict[str, str]],
) -> None:
    newer = event_item(tags={"owner": "ops"}, captured="2026-03-01T10:21:00.002Z")
    assert invoke(newer, parameters=OWNER) == {"logs": "COMPLIANT"}

    assert invoke(event_item(captured="2026-03-01T10:21:00.001Z"), parameters=OWNER) == {"logs": "COMPLIANT"}


def test_the_address_ranges_of_old_items_are_judged(invoke: Callable[..., dict[str, str]]) -> None:
    permission = {"ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "ipRanges": ["0.0.0.0/0"]}
    group = event_item("AWS::EC2::SecurityGroup", "sg-1", configuration={"ipPermissions": [permission]})

    assert invoke(group, "ingress") == {"sg-1": "NON_COMPLIANT"}
