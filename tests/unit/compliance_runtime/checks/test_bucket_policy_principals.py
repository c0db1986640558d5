from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance_runtime.check import Compliance, Verdict
from compliance_runtime.checks.bucket_policy_principals import CHECK, Parameters
from compliance_runtime.errors import ComplianceError, EventError, ParameterError
from compliance_tf.testing import ACCOUNT, event_item, normal_forms, verdict

FRIEND, UNTRUSTED = "222222222222", "999999999999"
ORGANIZATION = "o-ours123456"
OWNER_ID = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"
IDENTITY = "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1EXAMPLE"


def bucket(*statements: dict[str, Any], text: str | None = None, configuration: Any = ...) -> dict[str, Any]:
    policy = json.dumps({"Statement": list(statements)}) if statements else text
    owner = {"name": "logs", "owner": {"displayName": None, "id": OWNER_ID}}
    return event_item(
        configuration=owner if configuration is ... else configuration,
        supplementary={"BucketPolicy": {"policyText": policy}},
    )


def grant(principal: Any, condition: Any = None) -> dict[str, Any]:
    statement = {"Sid": "Read", "Effect": "Allow", "Principal": principal, "Action": "s3:GetObject"}
    return statement | {"Resource": "arn:aws:s3:::logs/*"} | ({"Condition": condition} if condition else {})


def judged(*statements: dict[str, Any], **parameters: tuple[str, ...]) -> Verdict:
    return verdict(CHECK, bucket(*statements), Parameters(**parameters))


@pytest.mark.parametrize("item", [bucket(), bucket(text=""), bucket(configuration={"name": "logs"})])
def test_a_bucket_without_a_policy_lets_nobody_in(item: dict[str, Any]) -> None:
    assert verdict(CHECK, item).compliance is Compliance.COMPLIANT


@pytest.mark.parametrize("supplementary", [None, {"BucketPolicy": None}, {"PublicAccessBlockConfiguration": {}}])
def test_a_policy_that_was_not_recorded_is_no_verdict(supplementary: Any) -> None:
    with pytest.raises(EventError, match=r"BucketPolicy is missing.*s3:GetBucketPolicy"):
        verdict(CHECK, event_item(supplementary=supplementary))


@pytest.mark.parametrize(
    "principal",
    [
        {"AWS": "arn:aws:iam::127311923021:root"},
        {"AWS": ["054676820928", "arn:aws-cn:iam::638102146993:root"]},
        {"AWS": "arn:aws:iam::086441151436:root"},
        {"AWS": "arn:aws:iam::193672423079:user/logs"},
    ],
)
def test_the_accounts_by_which_aws_delivers_logs_may_come_in(principal: Any) -> None:
    assert judged(grant(principal)).compliance is Compliance.COMPLIANT


@pytest.mark.parametrize(
    ("condition", "parameters"),
    [
        ({"ArnLike": {"aws:SourceArn": "arn:aws:s3:*:*:inbox"}}, {"principals": ("arn:aws:s3:::inbox",)}),
        ({"ArnEquals": {"aws:SourceArn": "arn:aws:s3:::inbox"}}, {"principals": ("arn:aws:s3:*:*:inbox",)}),
        ({"StringEquals": {"aws:SourceVpce": "vpce-0a1b2c3d"}}, {"networks": ("vpce-0a1b2c3d",)}),
        ({"StringEquals": {"aws:SourceVpc": ["vpc-0a1b2c3d"]}}, {"networks": ("vpc-0a1b2c3d",)}),
        (
            {"ArnLike": {"aws:SourceVpcArn": "arn:aws:ec2:eu-central-1:1:vpc/vpc-0a1b2c3d"}},
            {"networks": ("vpc-0a1b2c3d",)},
        ),
        ({"IpAddress": {"aws:SourceIp": ["203.0.113.0/26", "203.0.113.80"]}}, {"networks": ("203.0.113.0/24",)}),
        ({"IpAddress": {"aws:SourceIp": "2001:db8:1::/48"}}, {"networks": ("2001:db8::/32",)}),
        ({"StringEquals": {"aws:VpceAccount": FRIEND}}, {"networks": (FRIEND,)}),
        ({"StringEquals": {"aws:VpceOrgID": ORGANIZATION}}, {"networks": (ORGANIZATION,)}),
        ({"StringLike": {"aws:userid": "AROAEXAMPLEID12345:*"}}, {"principals": ("AROAEXAMPLEID12345:*",)}),
    ],
)
def test_sources_and_networks_may_come_in_when_they_are_listed(condition: Any, parameters: Any) -> None:
    statement = grant("*", condition)

    unlisted = judged(statement)

    assert unlisted.compliance is Compliance.NON_COMPLIANT
    assert f"or list who may come in as {next(iter(parameters))}" in unlisted.reason
    assert judged(statement, **parameters).compliance is Compliance.COMPLIANT


@pytest.mark.parametrize(
    ("condition", "parameters"),
    [
        ({"ArnLike": {"aws:SourceArn": "arn:aws:s3:*:*:inbox*"}}, {"principals": ("arn:aws:s3:::inbox",)}),
        ({"StringLike": {"aws:SourceVpce": "vpce-0a1b2c3*"}}, {"networks": ("vpce-0a1b2c3d",)}),
        ({"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}, {"networks": ("203.0.113.0/24",)}),
        ({"StringLike": {"aws:PrincipalOrgID": "o-*"}}, {}),
        (None, {}),
    ],
)
def test_whom_no_parameter_can_hold_the_reason_does_not_have_listed(condition: Any, parameters: Any) -> None:
    found = judged(grant("*", condition), **parameters)

    assert found.compliance is Compliance.NON_COMPLIANT
    assert "list" not in found.reason
    assert "bound it by a condition" in found.reason


def test_a_range_is_not_trusted_for_a_part_of_it() -> None:
    found = judged(grant("*", {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}), networks=("203.0.113.0/25",))

    assert "anyone from 203.0.113.0/24" in found.reason


@pytest.mark.parametrize("network", ["vpce-*", "0.0.0.0/0", "10.0.0.0/7", "::/0", "inbox", "", "arn:aws:s3:::inbox"])
def test_what_names_no_certain_network_is_refused(network: str) -> None:
    with pytest.raises(ParameterError, match="networks"):
        Parameters(networks=(network,))


@pytest.mark.parametrize(
    "principal",
    [
        {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
        {"AWS": ACCOUNT},
        {"CanonicalUser": OWNER_ID},
        {"Service": "s3.amazonaws.com"},
    ],
)
def test_the_own_account_is_always_trusted(principal: Any) -> None:
    assert judged(grant(principal)).compliance is Compliance.COMPLIANT


@pytest.mark.parametrize(
    ("principal", "named"),
    [
        ("*", "anyone (Read)"),
        ({"AWS": UNTRUSTED}, f"account {UNTRUSTED} (Read)"),
        ({"AWS": IDENTITY}, "Origin Access Identity E1EXAMPLE (Read)"),
        ({"CanonicalUser": OWNER_ID.replace("7", "8")}, "S3 canonical user 89a59df9… (Read)"),
    ],
)
def test_who_is_not_trusted_is_named_with_the_statement_that_lets_in(principal: Any, named: str) -> None:
    found = judged(grant({"AWS": ACCOUNT}), grant(principal))

    assert found.compliance is Compliance.NON_COMPLIANT
    assert named in found.reason
    assert ACCOUNT not in found.reason


def test_who_is_trusted_by_a_parameter_may_come_in() -> None:
    statements = [
        grant({"AWS": f"arn:aws:iam::{FRIEND}:role/reader"}),
        grant("*", {"StringEquals": {"aws:PrincipalOrgID": ORGANIZATION}}),
        grant({"AWS": IDENTITY}),
    ]

    assert judged(*statements).compliance is Compliance.NON_COMPLIANT
    assert (
        judged(*statements, accounts=(FRIEND,), organizations=(ORGANIZATION,), principals=(IDENTITY,)).compliance
        is Compliance.COMPLIANT
    )


@pytest.mark.parametrize(
    ("parameters", "named"),
    [
        ({"accounts": ("12345678901",)}, "accounts: '12345678901'"),
        ({"accounts": ("1234-5678-9012",)}, "accounts"),
        ({"accounts": ("*",)}, "accounts"),
        ({"organizations": ("ou-abcd-12345678",)}, "organizations"),
        ({"organizations": ("o-short",)}, "organizations"),
        ({"organizations": (f"o-{'x' * 33}",)}, "organizations"),
        ({"principals": ("*",)}, "principals"),
        ({"principals": ("arn:aws:iam::222222222222:role/?",)}, "principals"),
        ({"principals": (" ",)}, "principals"),
    ],
)
def test_parameters_that_trust_nobody_or_too_many_are_refused(parameters: dict[str, Any], named: str) -> None:
    with pytest.raises(ParameterError, match=f"Parameter {named}"):
        Parameters(**parameters)


@pytest.mark.parametrize("organization", [f"o-{'x' * 10}", f"o-{'x' * 32}"])
def test_organizations_of_the_shortest_and_longest_id_are_taken(organization: str) -> None:
    assert Parameters(organizations=(organization,)).organizations == (organization,)


@pytest.mark.parametrize(
    "item",
    [
        bucket(text="{"),
        bucket(text='{"Statement": 1}'),
        bucket(grant(1)),
        event_item(supplementary={"BucketPolicy": []}),
        event_item(supplementary={"BucketPolicy": {"policyText": 1}}),
        bucket(configuration={"owner": "me"}),
        bucket(configuration={"owner": {"id": 1}}),
    ],
)
def test_a_malformed_item_is_no_verdict(item: dict[str, Any]) -> None:
    for form in normal_forms(item):
        with pytest.raises(EventError):
            CHECK.evaluate(form, Parameters())


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["AWS", "Bool", "x"]), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(
    st.sampled_from(["Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "Condition"]),
    JSON,
)
def test_whatever_stands_in_a_statement_is_judged_or_refused(member: str, value: Any) -> None:
    try:
        found = verdict(CHECK, bucket({**grant("*"), member: value}))
    except ComplianceError:
        return
    assert found.reason
