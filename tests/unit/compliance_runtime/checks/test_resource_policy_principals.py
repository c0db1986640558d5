from __future__ import annotations

import json
from typing import Any

import pytest

from compliance_runtime.check import Compliance, Verdict
from compliance_runtime.checks.resource_policy_principals import CHECK, Parameters
from compliance_runtime.errors import EventError
from compliance_runtime.resources.resource_policies import POLICY_MEMBERS
from compliance_tf.testing import ACCOUNT, event_item, verdict

UNTRUSTED = "999999999999"
FUNCTION = "AWS::Lambda::Function"
FILE_SYSTEM = "AWS::EFS::FileSystem"
DOMAIN = "AWS::OpenSearch::Domain"


def grant(principal: Any = "*", condition: Any = None, action: str = "x:*") -> dict[str, Any]:
    statement = {"Sid": "S", "Effect": "Allow", "Principal": principal, "Action": action, "Resource": "*"}
    return statement | ({"Condition": condition} if condition else {})


def resource(kind: str, *statements: dict[str, Any], as_text: bool = False, **members: Any) -> dict[str, Any]:
    document: Any = {"Version": "2012-10-17", "Statement": list(statements)}
    policy = json.dumps(document) if as_text else document
    if kind == FUNCTION:
        return event_item(kind, "orders", supplementary={"Policy": json.dumps(document)} if statements else {})
    configuration = {"Name": "orders"} | ({POLICY_MEMBERS[kind]: policy} if statements else {}) | members
    return event_item(kind, "orders", configuration=configuration)


def judged(item: dict[str, Any], **parameters: Any) -> Verdict:
    return verdict(CHECK, item, Parameters(**parameters))


@pytest.mark.parametrize("as_text", [True, False])
@pytest.mark.parametrize("kind", CHECK.resource_types)
def test_anyone_and_untrusted_principals_are_named_in_each_type(kind: str, *, as_text: bool) -> None:
    found = judged(resource(kind, grant(), grant({"AWS": UNTRUSTED}), as_text=as_text))

    assert found.compliance is Compliance.NON_COMPLIANT
    assert "anyone (S)" in found.reason
    assert f"account {UNTRUSTED} (S)" in found.reason


@pytest.mark.parametrize("kind", CHECK.resource_types)
def test_without_a_policy_or_with_trusted_ones_only_it_complies(kind: str) -> None:
    own = grant({"AWS": f"arn:aws:iam::{ACCOUNT}:root"})
    organization = grant("*", {"StringEquals": {"aws:PrincipalOrgID": "o-ours123456"}})

    assert judged(resource(kind)).compliance is Compliance.COMPLIANT
    assert judged(resource(kind, own, organization), organizations=("o-ours123456",)).compliance is Compliance.COMPLIANT


def test_each_type_is_one_that_aws_config_records() -> None:
    import botocore.session

    model = botocore.session.get_session().get_service_model("config")

    assert set(CHECK.resource_types) <= set(model.shape_for("ResourceType").enum)  # type: ignore[attr-defined]


def test_services_may_come_unless_a_source_is_asked_for() -> None:
    item = resource(FUNCTION, grant({"Service": "events.amazonaws.com"}, action="lambda:InvokeFunction"))

    assert judged(item).compliance is Compliance.COMPLIANT
    assert "events.amazonaws.com" in judged(item, require_source=True).reason


@pytest.mark.parametrize("value", ["true", True])
def test_a_file_system_is_open_to_its_network_by_its_mount_targets(value: Any) -> None:
    mounted = grant("*", {"Bool": {"elasticfilesystem:AccessedViaMountTarget": value}})

    assert judged(resource(FILE_SYSTEM, mounted)).compliance is Compliance.COMPLIANT
    assert judged(resource(FILE_SYSTEM, mounted, grant())).compliance is Compliance.NON_COMPLIANT
    assert judged(resource("AWS::ECR::Repository", mounted)).compliance is Compliance.NON_COMPLIANT


def test_a_domain_in_a_vpc_is_open_to_its_network_but_names_other_accounts() -> None:
    network = {"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}

    assert judged(resource(DOMAIN, grant(), VPCOptions=network)).compliance is Compliance.COMPLIANT
    assert judged(resource(DOMAIN, grant(), VPCOptions={})).compliance is Compliance.NON_COMPLIANT
    assert UNTRUSTED in judged(resource(DOMAIN, grant({"AWS": UNTRUSTED}), VPCOptions=network)).reason
    old = resource("AWS::Elasticsearch::Domain", grant(), as_text=True, vpcoptions={"vpcid": "vpc-1"})
    assert judged(old).compliance is Compliance.COMPLIANT


def test_a_domain_for_an_address_range_complies_when_that_is_listed() -> None:
    item = resource(DOMAIN, grant("*", {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}))

    assert "anyone from 203.0.113.0/24" in judged(item).reason
    assert judged(item, networks=("203.0.113.0/24",)).compliance is Compliance.COMPLIANT


def test_a_malformed_policy_is_no_verdict() -> None:
    with pytest.raises(EventError, match="RepositoryPolicyText"):
        judged(event_item("AWS::ECR::Repository", "x", configuration={"RepositoryPolicyText": "{"}))
