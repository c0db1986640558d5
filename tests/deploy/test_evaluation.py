"""From a change of a resource to a result in the table, through real functions with the roles that we declare."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import pytest
from compliance_runtime.check import Compliance
from compliance_runtime.recording.result_store import ResultStore
from compliance_runtime.recording.results import Result
from compliance_runtime.recording.results_table import Resource, history_prefix

from tests.deploy.conftest import REGION, REPOSITORY, Project, record_everything

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from compliance_tf.local import LocalAws

PATIENCE_SECONDS = 60
ACCOUNT = "000000000001"
BUCKET = "acme-invoices"
RULE = "compliance-dev-s3-bucket-tls-only"
TLS_ONLY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [f"arn:aws:s3:::{BUCKET}", f"arn:aws:s3:::{BUCKET}/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
    ],
}


@pytest.fixture(scope="module")
def project(aws: LocalAws, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    record_everything(aws)
    app = (REPOSITORY / "main.py").read_text()
    versioning = 'identifier="S3_BUCKET_VERSIONING_ENABLED"'
    app = app.replace(versioning, f'{versioning}, evaluate_after=[ApiCall("kms", "CreateKey")]')
    app = app.replace("import bucket_tls_only,", "import bucket_tls_only, log_group_retention,")
    periodic = '    CheckRule(stack, "log-groups", check=log_group_retention.CHECK)\n'
    app = app.replace("\n\nif __name__", f"{periodic}\n\nif __name__")
    project = Project.create(tmp_path_factory.mktemp("evaluation") / "app", aws.environment(region=REGION), app)
    project.apply("dev")
    yield project
    assert "ERROR" not in aws.log


@pytest.fixture
def store(project: Project, aws: LocalAws) -> ResultStore:
    del project  # it must be deployed
    return ResultStore(aws.client("dynamodb", region=REGION), "compliance-dev-results", history_days=1)


def eventually(condition: Callable[[], bool]) -> bool:
    """Wait until a condition holds; give up after a while."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.2)
    return True


def verdicts(store: ResultStore, rule: str = RULE) -> dict[str, Compliance]:
    """What the table says of a rule, by resource."""
    return {result.resource.id: result.compliance for result in store.of_rule(rule)}


def history(aws: LocalAws, rule: str, resource: Resource) -> list[Compliance]:
    """All that a rule said of a resource, in order."""
    answer = aws.client("dynamodb", region=REGION).query(
        TableName="compliance-dev-results",
        KeyConditionExpression="pk = :pk AND begins_with(sk, :sk)",
        ExpressionAttributeValues={":pk": {"S": resource.key}, ":sk": {"S": history_prefix(rule)}},
    )
    return [Result.from_item(item).compliance for item in answer["Items"]]


def test_a_resource_is_judged_again_at_each_change_and_its_history_is_kept(aws: LocalAws, store: ResultStore) -> None:
    s3 = aws.client("s3", region=REGION)
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    assert eventually(lambda: verdicts(store).get(BUCKET) is Compliance.NON_COMPLIANT)
    (result,) = store.of_rule(RULE)
    assert result.annotation is not None
    assert "aws:SecureTransport" in result.annotation

    s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps(TLS_ONLY))
    assert eventually(lambda: verdicts(store).get(BUCKET) is Compliance.COMPLIANT)

    s3.delete_bucket(Bucket=BUCKET)
    assert eventually(lambda: BUCKET not in verdicts(store))
    assert history(aws, RULE, result.resource) == [
        Compliance.NON_COMPLIANT,
        Compliance.COMPLIANT,
        Compliance.NOT_APPLICABLE,
    ]


def test_rules_of_aws_and_our_own_are_recorded_alike(aws: LocalAws, store: ResultStore) -> None:
    ec2 = aws.client("ec2", region=REGION)
    group = ec2.create_security_group(GroupName="open", Description="open")["GroupId"]
    ec2.authorize_security_group_ingress(GroupId=group, IpProtocol="tcp", FromPort=22, ToPort=22, CidrIp="0.0.0.0/0")
    for rule in ("compliance-dev-ssh-restricted", "compliance-dev-security-group-ingress"):
        assert eventually(lambda rule=rule: verdicts(store, rule).get(group) is Compliance.NON_COMPLIANT)


def test_a_periodic_check_reports_what_it_finds_and_clears_what_is_gone(aws: LocalAws, store: ResultStore) -> None:
    rule, group = "compliance-dev-log-groups", "/acme/orders"
    config, logs = aws.client("config", region=REGION), aws.client("logs", region=REGION)
    assert eventually(lambda: verdicts(store, rule).get("/aws/lambda/compliance-dev-evaluate") is Compliance.COMPLIANT)

    logs.create_log_group(logGroupName=group)
    config.start_config_rules_evaluation(ConfigRuleNames=[rule])
    assert eventually(lambda: verdicts(store, rule).get(group) is Compliance.NON_COMPLIANT)

    logs.delete_log_group(logGroupName=group)
    time.sleep(1)  # results that are less than a second old count as those of the same schedule
    config.start_config_rules_evaluation(ConfigRuleNames=[rule])
    assert eventually(lambda: group not in verdicts(store, rule))


def test_reconciliation_repairs_what_lost_events_left_behind(aws: LocalAws, store: ResultStore) -> None:
    group = aws.client("ec2", region=REGION).create_security_group(GroupName="lost", Description="lost")["GroupId"]
    rule = "compliance-dev-security-group-ingress"
    assert eventually(lambda: group in verdicts(store, rule))
    expected = verdicts(store, rule)
    (lost,) = [result for result in store.of_rule(rule) if result.resource.id == group]
    aws.client("dynamodb", region=REGION).delete_item(
        TableName="compliance-dev-results", Key={"pk": {"S": lost.resource.key}, "sk": {"S": f"RULE#{rule}"}}
    )
    ghost = Result(Resource(ACCOUNT, REGION, "AWS::EC2::SecurityGroup", "sg-ghost"), rule, lost.severity,
                   Compliance.NON_COMPLIANT, None, lost.time, lost.since)  # fmt: skip
    store.write(ghost)
    assert verdicts(store, rule) != expected

    answer = aws.client("lambda", region=REGION).invoke(
        FunctionName="compliance-dev-record", Payload=json.dumps({"action": "reconcile"})
    )
    assert "FunctionError" not in answer, answer["Payload"].read()
    assert verdicts(store, rule) == expected


def test_an_api_call_has_just_the_rule_evaluated_that_asks_for_it(aws: LocalAws, store: ResultStore) -> None:
    rule = "compliance-dev-s3-bucket-versioning-enabled"
    s3, config = aws.client("s3", region=REGION), aws.client("config", region=REGION)
    s3.create_bucket(Bucket="acme-other", CreateBucketConfiguration={"LocationConstraint": REGION})
    assert eventually(lambda: "acme-other" in verdicts(store, rule))

    def evaluated() -> dict[str, object]:
        status = config.describe_config_rule_evaluation_status()["ConfigRulesEvaluationStatus"]
        return {one["ConfigRuleName"]: one.get("LastSuccessfulEvaluationTime") for one in status}

    before = evaluated()
    aws.client("kms", region=REGION).create_key()
    assert eventually(lambda: evaluated() != before)
    after = evaluated()
    assert {name for name in after if after[name] != before[name]} == {rule}
