"""What carries a deployment's names and its tags is found and removed, and nothing else."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from compliance_tf.errors import CommandError
from compliance_tf.lifecycle.leftovers import Account, Leftover
from compliance_tf.local import create_recorder
from compliance_tf.review.plan.plan import Identity

if TYPE_CHECKING:
    from compliance_tf.local import LocalAws

REGION = "eu-west-1"
OWN = {"project": "acme", "workspace": "dev", "managed-by": "compliance_tf"}
ASSUMED = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
)

ALLOWED = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "logs:PutLogEvents", "Resource": "*"}]}
)

EXPECTED = [
    Leftover("aws_config_config_rule", "acme-dev-trail"),
    Leftover("aws_cloudwatch_event_rule", "acme-dev-reconcile"),
    Leftover("aws_cloudwatch_log_group", "/aws/lambda/acme-dev-record"),
    Leftover("aws_iam_role", "acme-dev-record-eu-west-1"),
    Leftover("aws_dynamodb_table", "acme-dev-results"),
]


class Furnished:
    """An account of local AWS in which things are made by hand."""

    def __init__(self, aws: LocalAws, number: str) -> None:
        self.variables = aws.environment(number, REGION)
        self._aws, self._number = aws, number
        create_recorder(self.client("config"), account=number)

    def client(self, service: str) -> Any:
        return self._aws.client(service, self._number, REGION)

    def account(self, workspace: str = "dev") -> Account:
        return Account.of(Identity("acme", REGION, workspace, "somewhere"), self.variables)

    def make(self, prefix: str, tags: dict[str, str]) -> None:
        """Make one of each kind that needs nothing else."""
        pairs = [{"Key": key, "Value": value} for key, value in tags.items()]
        rule = {
            "ConfigRuleName": f"{prefix}trail",
            "Source": {"Owner": "AWS", "SourceIdentifier": "CLOUD_TRAIL_ENABLED"},
        }
        self.client("config").put_config_rule(ConfigRule=rule, Tags=pairs)
        events = self.client("events")
        events.put_rule(Name=f"{prefix}reconcile", ScheduleExpression="rate(1 day)", Tags=pairs)
        events.put_targets(
            Rule=f"{prefix}reconcile",
            Targets=[{"Id": "function", "Arn": f"arn:aws:lambda:{REGION}:{self._number}:function:{prefix}record"}],
        )
        self.client("logs").create_log_group(logGroupName=f"/aws/lambda/{prefix}record", tags=tags)
        iam = self.client("iam")
        for region in (REGION, "us-east-1"):
            name = f"{prefix}record-{region}"
            iam.create_role(RoleName=name, AssumeRolePolicyDocument=ASSUMED, Tags=pairs)
            iam.put_role_policy(RoleName=name, PolicyName="record", PolicyDocument=ALLOWED)
        self.client("dynamodb").create_table(
            TableName=f"{prefix}results",
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
            Tags=pairs,
        )


def test_only_what_has_the_names_and_the_tags_is_found_and_removed(local_aws: LocalAws) -> None:
    furnished = Furnished(local_aws, "000000000101")
    furnished.make("acme-dev-", OWN)
    furnished.make("acme-prod-", {**OWN, "workspace": "prod"})
    furnished.make("acme-dev2-", {**OWN, "workspace": "dev2"})
    furnished.make("other-dev-", OWN)
    account = furnished.account()
    assert account.find() == EXPECTED
    others = furnished.account("prod").find()
    for leftover in account.find():
        account.remove(leftover)
    assert account.find() == []
    assert furnished.account("prod").find() == others
    assert len(furnished.account("dev2").find()) == len(EXPECTED)


@pytest.mark.parametrize("lacking", [("project",), ("workspace",), ("managed-by",), tuple(OWN)], ids=", ".join)
def test_what_somebody_else_made_under_such_a_name_is_not_ours(local_aws: LocalAws, lacking: tuple[str, ...]) -> None:
    furnished = Furnished(local_aws, f"0000000002{len(''.join(lacking)):02}")
    furnished.make("acme-dev-", {key: value for key, value in OWN.items() if key not in lacking})
    assert furnished.account().find() == []


def test_a_planned_name_that_is_taken_is_found_with_its_tags_whoever_has_it(local_aws: LocalAws) -> None:
    furnished = Furnished(local_aws, "000000000251")
    furnished.make("acme-dev-", {"team": "payments"})
    planned = {*EXPECTED, Leftover("aws_lambda_function", "acme-dev-record")}
    assert furnished.account().taken(planned) == {key: {"team": "payments"} for key in EXPECTED}
    assert furnished.account().taken({Leftover("aws_dynamodb_table", "acme-dev-other")}) == {}


def test_more_than_a_page_is_listed(local_aws: LocalAws) -> None:
    furnished = Furnished(local_aws, "000000000301")
    config = furnished.client("config")
    pairs = [{"Key": key, "Value": value} for key, value in OWN.items()]
    for number in range(60):
        rule = {
            "ConfigRuleName": f"acme-dev-rule-{number:02}",
            "Source": {"Owner": "AWS", "SourceIdentifier": "CLOUD_TRAIL_ENABLED"},
        }
        config.put_config_rule(ConfigRule=rule, Tags=pairs)
    assert len(furnished.account().find()) == 60


def test_an_account_that_cannot_be_listed_is_not_called_empty(local_aws: LocalAws) -> None:
    furnished = Furnished(local_aws, "000000000401")
    nobody = Account.of(
        Identity("acme", REGION, "dev", "somewhere"),
        {**furnished.variables, "AWS_ENDPOINT_URL": "http://127.0.0.1:1"},
    )
    with pytest.raises(CommandError, match="The Config rules of acme in dev, eu-west-1 cannot be listed"):
        nobody.find()
