"""From a change of a resource to a result in the table, through real functions with the roles that we declare."""

from __future__ import annotations

import json
import time
from itertools import product
from typing import TYPE_CHECKING

from compliance_runtime.check import Compliance
from compliance_runtime.recording.results import Result
from compliance_runtime.recording.table_schema import Resource, history_prefix
from tests.deploy.conftest import REGION
from tests.deploy.shared.deployed import ACCOUNT, PATIENCE_SECONDS
from tests.runtime.local.accounts import eventually

if TYPE_CHECKING:
    from compliance_tf.local import LocalAws
    from tests.deploy.shared.deployed import Deployed

BUCKET = "acme-orders"
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


def history(aws: LocalAws, rule: str, resource: Resource) -> list[Compliance]:
    """All that a rule said of a resource, in order."""
    answer = aws.client("dynamodb", region=REGION).query(
        TableName="compliance-prod-results",
        KeyConditionExpression="pk = :pk AND begins_with(sk, :sk)",
        ExpressionAttributeValues={":pk": {"S": resource.key}, ":sk": {"S": history_prefix(rule)}},
    )
    return [Result.from_item(item).compliance for item in answer["Items"]]


def test_a_resource_is_judged_again_at_each_change_and_its_history_is_kept(deployed: Deployed) -> None:
    s3 = deployed.aws.client("s3", region=REGION)
    deployed.create_bucket(BUCKET)
    deployed.wait_for("s3-bucket-tls-only", BUCKET, Compliance.NON_COMPLIANT)
    judged = deployed.store.of_rule("compliance-prod-s3-bucket-tls-only")
    [result] = [one for one in judged if one.resource.id == BUCKET]
    assert result.annotation is not None
    assert "aws:SecureTransport" in result.annotation

    s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps(TLS_ONLY))
    deployed.wait_for("s3-bucket-tls-only", BUCKET, Compliance.COMPLIANT)

    s3.delete_bucket(Bucket=BUCKET)
    deployed.wait_for("s3-bucket-tls-only", BUCKET, None)
    assert history(deployed.aws, "compliance-prod-s3-bucket-tls-only", result.resource) == [
        Compliance.NON_COMPLIANT,
        Compliance.COMPLIANT,
        Compliance.NOT_APPLICABLE,
    ]


def test_rules_of_aws_and_our_own_are_recorded_alike(deployed: Deployed) -> None:
    group = deployed.create_security_group("open")
    deployed.aws.client("ec2", region=REGION).authorize_security_group_ingress(
        GroupId=group, IpProtocol="tcp", FromPort=22, ToPort=22, CidrIp="0.0.0.0/0"
    )
    for rule in ("ssh", "ingress"):
        deployed.wait_for(rule, group, Compliance.NON_COMPLIANT)


def test_a_periodic_check_reports_what_it_finds_and_clears_what_is_deleted(deployed: Deployed) -> None:
    rule, group = "log-groups", "/acme/orders"
    config, logs = (deployed.aws.client(name, region=REGION) for name in ("config", "logs"))
    deployed.wait_for(rule, "/aws/lambda/compliance-prod-evaluate", Compliance.COMPLIANT)

    logs.create_log_group(logGroupName=group)
    config.start_config_rules_evaluation(ConfigRuleNames=[f"compliance-prod-{rule}"])
    deployed.wait_for(rule, group, Compliance.NON_COMPLIANT)

    logs.delete_log_group(logGroupName=group)
    time.sleep(1)  # results that are less than a second old count as those of the same schedule
    config.start_config_rules_evaluation(ConfigRuleNames=[f"compliance-prod-{rule}"])
    deployed.wait_for(rule, group, None)


def test_reconciliation_repairs_what_lost_events_left_behind(deployed: Deployed) -> None:
    group = deployed.create_security_group("lost")
    rule, store = "compliance-prod-ingress", deployed.store
    deployed.wait_for("ingress", group, Compliance.COMPLIANT)
    expected = deployed.verdicts("ingress")
    [lost] = [result for result in store.of_rule(rule) if result.resource.id == group]
    deployed.aws.client("dynamodb", region=REGION).delete_item(
        TableName="compliance-prod-results", Key={"pk": {"S": lost.resource.key}, "sk": {"S": f"RULE#{rule}"}}
    )
    ghost = Result(
        Resource(ACCOUNT, REGION, "AWS::EC2::SecurityGroup", "sg-ghost"),
        rule,
        lost.severity,
        Compliance.NON_COMPLIANT,
        None,
        lost.time,
        lost.since,
    )
    store.write(ghost)
    assert deployed.verdicts("ingress") != expected

    deployed.reconcile()
    assert deployed.verdicts("ingress") == expected


def test_an_api_call_has_just_the_rule_evaluated_that_asks_for_it(deployed: Deployed) -> None:
    config = deployed.aws.client("config", region=REGION)
    deployed.create_bucket("acme-other")
    for workspace, rule in product(("dev", "prod"), ("versioning", "s3-bucket-tls-only", "required-tags")):
        deployed.wait_for(rule, "acme-other", Compliance.NON_COMPLIANT, workspace)

    def evaluated() -> dict[str, object]:
        status = config.describe_config_rule_evaluation_status()["ConfigRulesEvaluationStatus"]
        return {one["ConfigRuleName"]: one.get("LastSuccessfulEvaluationTime") for one in status}

    def settled() -> dict[str, object] | None:
        found = evaluated()
        time.sleep(2)
        return found if evaluated() == found else None

    before = eventually("no more evaluations", settled, PATIENCE_SECONDS)
    deployed.aws.client("kms", region=REGION).create_key()
    both = {"compliance-dev-versioning", "compliance-prod-versioning"}

    def changed() -> set[str]:
        after = evaluated()
        return {name for name in after if after[name] != before[name]}

    eventually("evaluations", lambda: changed() >= both, PATIENCE_SECONDS)
    assert changed() == both
