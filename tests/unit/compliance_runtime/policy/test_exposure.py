from __future__ import annotations

import json
from typing import Any

import pytest

from compliance_runtime.policy.document import PolicyDocument
from compliance_runtime.policy.exposure import Trusted, public_statements, unsourced_services, untrusted_principals

OWN, FRIEND, UNTRUSTED = "111111111111", "222222222222", "999999999999"
ORGANIZATION, FOREIGN = "o-ours123456", "o-theirs1234"
TOPIC = f"arn:aws:sns:eu-central-1:{OWN}:news"
TRUSTED = Trusted(frozenset({OWN}), frozenset({ORGANIZATION}))
IDENTITY = "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1EXAMPLE"
CANONICAL = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"


def allowing(principal: Any = "*", condition: Any = None, **changed: Any) -> dict[str, Any]:
    """A statement with the Sid `S` that allows everything; a member that is set to None is left out."""
    statement = {
        "Sid": "S",
        "Effect": "Allow",
        "Principal": principal,
        "Action": "sns:*",
        "Resource": TOPIC,
        "Condition": condition,
    } | changed
    return {name: value for name, value in statement.items() if value is not None}


def denying(condition: Any = None, **changed: Any) -> dict[str, Any]:
    return allowing(condition=condition, **{"Effect": "Deny", **changed})


def policy(*statements: dict[str, Any]) -> PolicyDocument:
    return PolicyDocument.read(json.dumps({"Version": "2012-10-17", "Statement": list(statements)}), "Policy")


def root(account: str) -> str:
    return f"arn:aws:iam::{account}:root"


def found(*statements: dict[str, Any]) -> tuple[str, ...]:
    return tuple(one.name for one in untrusted_principals(policy(*statements), TRUSTED))


def is_public(*statements: dict[str, Any]) -> bool:
    return bool(public_statements(policy(*statements)))


ONLY_TRUSTED = [
    {"StringEquals": {"aws:PrincipalAccount": OWN}},
    {"StringEquals": {"AWS:SourceOwner": OWN}},
    {"StringEquals": {"kms:CallerAccount": OWN, "kms:ViaService": "s3.eu-central-1.amazonaws.com"}},
    {"StringEquals": {"aws:PrincipalOrgID": ORGANIZATION}},
    {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": [f"{ORGANIZATION}/r-1/ou-1/*"]}},
    {"ArnLike": {"aws:PrincipalArn": f"arn:*:iam::{OWN}:role/*"}},
    {"StringLike": {"aws:PrincipalArn": f"arn:aws:iam::{OWN}:role/*"}},
    {"StringLike": {"aws:PrincipalArn": f"arn:aws:iam::{OWN}*"}},
    {"ArnEquals": {"aws:SourceArn": f"arn:aws:s3:*:{OWN}:*"}},
    {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::logs"}, "StringEquals": {"aws:SourceAccount": OWN}},
    {"StringEquals": {"s3:DataAccessPointAccount": OWN}},
    {"StringEquals": {"aws:PrincipalAccount": [OWN, UNTRUSTED], "kms:CallerAccount": OWN}},
    {"StringEquals": {"aws:PrincipalAccount": [OWN, UNTRUSTED]}, "ArnLike": {"aws:PrincipalArn": f"{root(OWN)}*"}},
    {"StringEqualsIfExists": {"aws:PrincipalAccount": OWN}, "Null": {"aws:PrincipalAccount": "false"}},
    {"Bool": {"aws:PrincipalIsAWSService": "true"}},
]


@pytest.mark.parametrize("condition", ONLY_TRUSTED)
def test_conditions_that_let_only_trusted_ones_through_leave_no_untrusted_principal(condition: dict[str, Any]) -> None:
    assert found(allowing(condition=condition)) == ()
    assert found(allowing(root(UNTRUSTED), condition)) == ()
    assert not is_public(allowing(condition=condition))


@pytest.mark.parametrize(
    ("condition", "named"),
    [
        (None, "anyone"),
        ({"StringEquals": {"kms:ViaService": "s3.eu-central-1.amazonaws.com"}}, "anyone"),
        ({"StringEquals": {"aws:PrincipalTag/team": "ops"}}, "anyone"),
        ({"StringEqualsIfExists": {"aws:PrincipalOrgID": ORGANIZATION}}, "anyone"),
        ({"ForAllValues:StringEquals": {"aws:PrincipalOrgPaths": f"{ORGANIZATION}/*"}}, "anyone"),
        ({"StringNotEquals": {"aws:PrincipalAccount": UNTRUSTED}}, "anyone"),
        ({"Null": {"aws:PrincipalOrgID": "false"}}, "anyone"),
        ({"Bool": {"aws:PrincipalIsAWSService": "false"}}, "anyone"),
        ({"BoolIfExists": {"aws:PrincipalIsAWSService": "true"}}, "anyone"),
        ({"StringLike": {"aws:SourceAccount": "*"}}, "anyone"),
        ({"StringLike": {"aws:PrincipalAccount": "1111*"}}, "anyone as 1111*"),
        ({"StringEquals": {"aws:PrincipalAccount": "${aws:PrincipalAccount}"}}, "anyone as ${aws:PrincipalAccount}"),
        ({"StringLike": {"aws:PrincipalOrgID": "o-*"}}, "anyone as o-*"),
        ({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/deploy"}}, "anyone as arn:aws:iam::*:role/deploy"),
        # A role's path may hold colons: arn:aws:iam::999999999999:role/:iam::111111111111:role/x
        (
            {"StringLike": {"aws:PrincipalArn": f"arn:aws*:iam::{OWN}:role/x"}},
            f"anyone as arn:aws*:iam::{OWN}:role/x",
        ),
        (
            {"ArnLike": {"aws:SourceArn": f"arn:aws:${{aws:x}}:{OWN}:news"}},
            f"anyone as arn:aws:${{aws:x}}:{OWN}:news",
        ),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:*:news"}}, "anyone as arn:aws:sns:*:*:news"),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:s3:::logs-*"}}, "anyone as arn:aws:s3:::logs-*"),
        ({"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}, "anyone from 0.0.0.0/0"),
        ({"IpAddress": {"aws:SourceIp": ["10.0.0.0/7"]}}, "anyone from 10.0.0.0/7"),
        ({"IpAddress": {"aws:SourceIp": ["2001::/31"]}}, "anyone from 2001::/31"),
        ({"IpAddress": {"aws:VpcSourceIp": "10.0.0.0/8"}}, "anyone"),
    ],
)
def test_conditions_that_anyone_can_meet_leave_it_public(condition: Any, named: str) -> None:
    assert found(allowing(condition=condition)) == (f"{named} (S)",)
    assert is_public(allowing(condition=condition))


@pytest.mark.parametrize(
    ("condition", "named"),
    [
        ({"StringEquals": {"aws:PrincipalAccount": [OWN, UNTRUSTED]}}, f"account {UNTRUSTED}"),
        ({"StringEquals": {"aws:SourceAccount": UNTRUSTED}}, f"services for account {UNTRUSTED}"),
        ({"StringEquals": {"s3:DataAccessPointAccount": UNTRUSTED}}, f"access points of account {UNTRUSTED}"),
        ({"StringEquals": {"aws:PrincipalOrgID": [ORGANIZATION, FOREIGN]}}, f"organization {FOREIGN}"),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:s3:::logs"}}, "services for arn:aws:s3:::logs"),
        ({"StringLike": {"aws:userId": "AROAEXAMPLEEXAMPLE:*"}}, "AROAEXAMPLEEXAMPLE:*"),
        ({"StringEquals": {"aws:SourceVpce": "vpce-1"}}, "anyone from vpce-1"),
        ({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, "anyone from 10.0.0.0/8"),
        ({"IpAddress": {"aws:SourceIp": "2001::/32"}}, "anyone from 2001::/32"),
        ({"IpAddress": {"aws:SourceIp": "192.0.2.1"}}, "anyone from 192.0.2.1"),
    ],
)
def test_conditions_with_fixed_values_are_not_public_but_let_untrusted_principals_in(
    condition: Any, named: str
) -> None:
    assert found(allowing(condition=condition)) == (f"{named} (S)",)
    assert not is_public(allowing(condition=condition))


@pytest.mark.parametrize(
    ("principal", "named"),
    [
        (root(UNTRUSTED), f"account {UNTRUSTED}"),
        ({"AWS": [OWN, UNTRUSTED]}, f"account {UNTRUSTED}"),
        ({"AWS": f"arn:aws:iam::{UNTRUSTED}:role/x"}, f"arn:aws:iam::{UNTRUSTED}:role/x"),
        ({"AWS": f"arn:aws:sts::{UNTRUSTED}:assumed-role/x/me"}, f"arn:aws:sts::{UNTRUSTED}:assumed-role/x/me"),
        ({"AWS": IDENTITY}, IDENTITY),
        ({"CanonicalUser": CANONICAL}, "S3 canonical user 79a59df9…"),
        ({"Federated": "accounts.google.com"}, "accounts.google.com"),
        ({"Federated": f"arn:aws:iam::{UNTRUSTED}:saml-provider/x"}, f"arn:aws:iam::{UNTRUSTED}:saml-provider/x"),
    ],
)
def test_principals_of_others_are_untrusted_but_not_the_public(principal: Any, named: str) -> None:
    stated = {"AWS": principal} if isinstance(principal, str) else principal

    assert found(allowing(stated)) == (f"{named} (S)",)
    assert not is_public(allowing(stated))


@pytest.mark.parametrize(
    "principal",
    [
        {"AWS": root(OWN)},
        {"AWS": OWN},
        {"AWS": f"arn:aws-cn:iam::{OWN}:user/me"},
        {"AWS": "AROAEXAMPLEEXAMPLE123"},
        {"Federated": f"arn:aws:iam::{OWN}:saml-provider/x"},
        {"Service": "sns.amazonaws.com"},
    ],
)
def test_own_principals_those_deleted_and_services_are_not_untrusted(principal: Any) -> None:
    assert found(allowing(principal)) == ()


@pytest.mark.parametrize("principal", [{"AWS": IDENTITY}, {"CanonicalUser": CANONICAL}, {"AWS": root(UNTRUSTED)}])
def test_a_single_principal_can_be_trusted_by_name(principal: dict[str, str]) -> None:
    trusted = Trusted(frozenset({OWN}), principals=frozenset(principal.values()))

    assert untrusted_principals(policy(allowing(principal)), trusted) == ()


def test_everyone_but_some_is_everyone() -> None:
    statement = allowing(None, NotPrincipal={"AWS": root(UNTRUSTED)})

    assert found(statement) == ("anyone (S)",)
    assert is_public(statement)


def test_a_condition_narrows_the_principals_to_those_that_can_meet_it() -> None:
    principal = {"AWS": [root(UNTRUSTED), root("888888888888")]}
    condition = {"StringEquals": {"aws:PrincipalAccount": ["888888888888", "777777777777"]}}

    assert found(allowing(principal, condition)) == ("account 888888888888 (S)",)


def test_a_condition_with_a_wildcard_narrows_nothing() -> None:
    assert found(allowing({"AWS": UNTRUSTED}, {"StringLike": {"aws:PrincipalAccount": "9999*"}})) == (
        f"account {UNTRUSTED} (S)",
    )


def test_a_condition_on_the_source_says_nothing_of_the_caller() -> None:
    condition = {"StringEquals": {"aws:PrincipalAccount": UNTRUSTED, "aws:SourceAccount": "888888888888"}}

    assert found(allowing(condition=condition)) == (f"account {UNTRUSTED} (S)",)


def test_conditions_that_nobody_can_meet_let_nobody_in() -> None:
    condition = {"StringEquals": {"aws:PrincipalAccount": UNTRUSTED, "kms:CallerAccount": "888888888888"}}

    assert found(allowing(condition=condition)) == ()


def test_untrusted_principals_are_named_once_with_their_statement_and_anyone_first() -> None:
    statements = [
        allowing({"AWS": [UNTRUSTED, root(UNTRUSTED)]}, Sid=None),
        allowing({"AWS": UNTRUSTED}, Sid="Other"),
        allowing(Sid="Open"),
    ]

    assert found(*statements) == (
        "anyone (Open)",
        f"account {UNTRUSTED} (statement 1)",
        f"account {UNTRUSTED} (Other)",
    )


def test_of_very_many_principals_as_many_are_named_as_anybody_reads() -> None:
    accounts = [f"{number:012}" for number in range(100)]
    spared = denying({"StringNotEquals": {"aws:PrincipalAccount": accounts}})
    assert len(found(*(allowing(Sid=f"{number}") for number in range(9)), spared)) == 900
    assert len(found(*(allowing(Sid=f"{number}") for number in range(99)), spared)) == 1_000


OUTSIDE = {"StringNotEquals": {"aws:PrincipalOrgID": ORGANIZATION}}


@pytest.mark.parametrize(
    "denial",
    [
        denying(),
        denying(OUTSIDE),
        denying(OUTSIDE, Principal={"AWS": "*"}),
        denying(OUTSIDE, Action="*", Resource="*"),
        denying(OUTSIDE, Action=None, NotAction="s3:*"),
        denying({"StringNotEqualsIfExists": {"aws:PrincipalOrgID": ORGANIZATION}}),
        denying({"ForAllValues:StringNotLike": {"aws:PrincipalOrgPaths": f"{ORGANIZATION}/*"}}),
        denying({"StringNotEquals": {"aws:PrincipalAccount": OWN, "aws:PrincipalOrgID": ORGANIZATION}}),
        denying({**OUTSIDE, "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}),
        denying({"ArnNotLike": {"aws:PrincipalArn": f"arn:aws:iam::{OWN}:role/*"}}),
        denying(Principal=None, NotPrincipal={"AWS": root(OWN)}),
        denying(OUTSIDE, Principal=None, NotPrincipal={"AWS": root(OWN), "Service": "sns.amazonaws.com"}),
    ],
)
def test_a_denial_to_all_but_the_trusted_closes_what_is_open(denial: dict[str, Any]) -> None:
    assert found(allowing(), denial) == ()
    assert found(denial, allowing({"AWS": UNTRUSTED})) == ()
    assert not is_public(allowing(), denial)


@pytest.mark.parametrize(
    "denial",
    [
        denying(OUTSIDE, Principal={"AWS": root(UNTRUSTED)}),
        denying(OUTSIDE, Action="sns:Publish"),
        denying(OUTSIDE, Action=None, NotAction="sns:Publish"),
        denying(OUTSIDE, Resource="arn:aws:sns:eu-central-1:111111111111:other"),
        denying({"StringEquals": {"aws:PrincipalOrgID": FOREIGN}}),
        denying({"ForAnyValue:StringNotLike": {"aws:PrincipalOrgPaths": f"{ORGANIZATION}/*"}}),
        denying({**OUTSIDE, "Bool": {"aws:PrincipalIsAWSService": "false"}}),
        denying({**OUTSIDE, "Bool": {"aws:ViaAWSService": "false"}}),
        denying({**OUTSIDE, "StringNotEquals": {"aws:PrincipalTag/exempt": "true"}}),
        denying({"Null": {"aws:PrincipalOrgID": "true"}}),
        denying({"Bool": {"aws:SecureTransport": "false"}}),
    ],
)
def test_a_denial_that_spares_somebody_unknown_closes_nothing(denial: dict[str, Any]) -> None:
    assert found(allowing(), denial) == ("anyone (S)",)
    assert is_public(allowing(), denial)


def test_a_denial_of_one_action_closes_nothing_where_all_but_that_are_allowed() -> None:
    allowed = allowing(Action=None, NotAction="sns:Publish")

    assert found(allowed, denying(OUTSIDE, Action="sns:Publish")) == ("anyone (S)",)
    assert found(allowed, denying(OUTSIDE, Action="*")) == ()


def test_those_whom_a_denial_spares_are_named() -> None:
    denial = denying({"StringNotEquals": {"aws:PrincipalAccount": [OWN, UNTRUSTED]}})
    network = denying({**OUTSIDE, "NotIpAddress": {"aws:SourceIp": "192.0.2.0/24"}})

    assert found(allowing(), denial) == (f"account {UNTRUSTED} (S)",)
    assert found(allowing(), network) == ("anyone from 192.0.2.0/24 (S)",)
    assert not is_public(allowing(), network)


def test_a_service_that_acts_for_another_account_is_named() -> None:
    service = {"Service": ["sns.amazonaws.com"]}

    assert found(allowing(service, {"StringEquals": {"aws:SourceAccount": [OWN, UNTRUSTED]}})) == (
        f"sns.amazonaws.com for account {UNTRUSTED} (S)",
    )
    assert found(allowing(service, {"StringEquals": {"aws:SourceOrgID": FOREIGN}})) == (
        f"sns.amazonaws.com for organization {FOREIGN} (S)",
    )
    assert found(allowing(service, {"ArnLike": {"aws:SourceArn": f"arn:aws:sns:*:{OWN}:*"}})) == ()


@pytest.mark.parametrize(
    ("condition", "sourced"),
    [
        (None, False),
        ({"StringEquals": {"aws:SourceAccount": OWN}}, True),
        ({"StringEquals": {"aws:SourceAccount": UNTRUSTED}}, True),
        ({"StringEquals": {"aws:SourceOrgID": ORGANIZATION}}, True),
        ({"ArnLike": {"aws:SourceArn": f"arn:aws:s3:*:{OWN}:*"}}, True),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:s3:::logs"}}, True),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:s3:::*"}}, False),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:*:news"}}, False),
        ({"StringEqualsIfExists": {"aws:SourceAccount": OWN}}, False),
        ({"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}, False),
        ({"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}}, False),
    ],
)
def test_a_service_is_unsourced_unless_a_condition_fixes_for_whom_it_acts(condition: Any, *, sourced: bool) -> None:
    statement = allowing({"AWS": OWN, "Service": ["s3.amazonaws.com", "sns.amazonaws.com"]}, condition)

    assert unsourced_services(policy(statement)) == (
        () if sourced else ("s3.amazonaws.com (S)", "sns.amazonaws.com (S)")
    )


def test_a_service_that_is_left_out_is_not_let_in() -> None:
    assert unsourced_services(policy(allowing(None, NotPrincipal={"Service": "s3.amazonaws.com"}))) == ()


def test_a_denial_of_other_sources_gives_a_service_its_source() -> None:
    denial = denying({"StringNotEquals": {"aws:SourceAccount": OWN}})

    assert unsourced_services(policy(allowing({"Service": "s3.amazonaws.com"}), denial)) == ()


# Properties: policies of the pieces above, and requests that are known in full.
