"""Which resource is meant by an ARN, an id or a name."""

from __future__ import annotations

from typing import Any

import pytest

from compliance_runtime.check import Severity
from compliance_runtime.recording.table_schema import Resource
from compliance_tf.catalog.managed_rules import managed_rules
from compliance_tf.errors import ResultsError
from compliance_tf.results.config_queries import ConfigQueries
from compliance_tf.results.place import ResultsPlace
from compliance_tf.results.resource_search import ACCOUNT_TYPE, Arn, ResourceSearch, resource_types
from tests.aws_config import AwsConfig
from tests.runtime.results.builders import ACCOUNT, REGION, rule

PLACE = ResultsPlace("acme", "dev", REGION, "acme-dev-results")


class Table:
    """Knows some resources, by type and id."""

    place = PLACE

    def __init__(self, *known: tuple[str, str]) -> None:
        self.rules: dict[str, Any] = {}
        self._known = {Resource(ACCOUNT, REGION, *one) for one in known}

    def known(self, candidates: list[Resource]) -> list[Resource]:
        return [one for one in candidates if one in self._known]


def search(table: Table, config: AwsConfig | None = None) -> ResourceSearch:
    queries = ConfigQueries(PLACE, client=(config or AwsConfig()).client)
    return ResourceSearch(table, queries, lambda: ACCOUNT)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("arn", "type_", "id_"),
    [
        ("arn:aws:s3:::logs", "AWS::S3::Bucket", "logs"),
        (f"arn:aws:ec2:{REGION}:{ACCOUNT}:security-group/sg-1", "AWS::EC2::SecurityGroup", "sg-1"),
        (f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:jobs", "AWS::Lambda::Function", "jobs"),
        (f"arn:aws:sns:{REGION}:{ACCOUNT}:topic", "AWS::SNS::Topic", f"arn:aws:sns:{REGION}:{ACCOUNT}:topic"),
        (
            f"arn:aws:sqs:{REGION}:{ACCOUNT}:jobs",
            "AWS::SQS::Queue",
            f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/jobs",
        ),
        (f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/orders", "AWS::DynamoDB::Table", "orders"),
        (f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1-2", "AWS::KMS::Key", "1-2"),
        (
            f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:loadbalancer/app/front/1",
            "AWS::ElasticLoadBalancingV2::LoadBalancer",
            f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:loadbalancer/app/front/1",
        ),
        (f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:jobs", "AWS::StepFunctions::StateMachine", "jobs"),
    ],
)
def test_an_arn_leads_to_the_id_that_aws_config_uses_for_its_type(arn: str, type_: str, id_: str) -> None:
    assert search(Table((type_, id_))).find(arn) == Resource(ACCOUNT, REGION, type_, id_)


def test_where_the_id_does_not_follow_from_the_arn_aws_config_knows_it() -> None:
    arn = f"arn:aws:iam::{ACCOUNT}:role/deployer"
    table = Table(("AWS::IAM::Role", "AROAEXAMPLE"))

    config = AwsConfig()
    config.record("AROAEXAMPLE", resource_type="AWS::IAM::Role", arn=arn, named="deployer")
    config.record("AIDAOTHER", resource_type="AWS::IAM::User", named="deployer")

    assert search(table, config).find(arn).id == "AROAEXAMPLE"
    assert search(table, config).find("deployer").type == "AWS::IAM::Role"


def test_several_resources_of_a_name_are_listed_and_a_type_distinguishes_them() -> None:
    table = Table(("AWS::S3::Bucket", "orders"), ("AWS::DynamoDB::Table", "orders"))

    with pytest.raises(ResultsError) as raised:
        search(table).find("orders")
    assert "  orders --type AWS::DynamoDB::Table\n  orders --type AWS::S3::Bucket" in str(raised.value)
    assert search(table).find("orders", "AWS::S3::Bucket").type == "AWS::S3::Bucket"


def test_a_resource_that_nobody_knows_is_an_error_that_says_how_to_name_one() -> None:
    with pytest.raises(ResultsError, match=r"knows a resource 'x' that a rule has judged. What works: an ARN, the id"):
        search(Table()).find("x")


def test_what_has_a_quote_is_not_put_into_a_query() -> None:
    with pytest.raises(ResultsError, match="has a quote in it"):
        ConfigQueries(PLACE, client=AwsConfig().client).tagged("owner=' OR '1'='1")


@pytest.mark.parametrize("tag", ["team=data", "team"])
def test_a_tag_is_asked_for_with_its_value_or_whatever_its_value(tag: str) -> None:
    config = AwsConfig()
    config.record("logs", team="data")
    config.record("exports", team="web")
    config.record("other", owner="data")

    found = ConfigQueries(PLACE, client=config.client).tagged(tag)

    assert {name for _, name in found} == ({"logs"} if tag == "team=data" else {"logs", "exports"})


def test_only_the_types_that_the_rules_judge_are_searched_unless_one_may_judge_any() -> None:
    buckets = rule("tls", identifier="bucket-tls-only")
    ssh = rule("ssh", Severity.HIGH, identifier="INCOMING_SSH_DISABLED")
    every_type = {type_ for facts in managed_rules().rules.values() for type_ in facts.resource_types}

    assert resource_types([buckets, ssh]) == {"AWS::S3::Bucket", "AWS::EC2::SecurityGroup", ACCOUNT_TYPE}
    assert resource_types([buckets, rule("tags", identifier="required-tags")]) >= every_type
    assert resource_types([buckets, rule("guard")]) >= every_type
    assert resource_types([]) >= every_type


@pytest.mark.parametrize("text", ["logs", "arn:aws:s3", "urn:aws:s3:::logs", ""])
def test_what_is_no_arn_is_none(text: str) -> None:
    assert Arn.parsed(text) is None
