from __future__ import annotations

from typing import Any

import pytest

from compliance_runtime.check import Compliance, Verdict
from compliance_runtime.checks.iam_trust_external_id import CHECK, Parameters
from compliance_runtime.errors import EventError, ParameterError
from compliance_tf.testing import ACCOUNT, verdict
from tests.unit.compliance_runtime.iam_items import OWN_ACCOUNT, deny, role, trust

VENDOR = {"AWS": "arn:aws:iam::210987654321:root"}
EXTERNAL_ID = {"StringEquals": {"sts:ExternalId": "a1b2"}}
ORGANIZATION = "o-a1b2c3d4e5"


def judged(*statements: dict[str, Any], parameters: Parameters | None = None, **members: Any) -> Verdict:
    return verdict(CHECK, role(trusts=statements, **members), parameters)


@pytest.mark.parametrize(
    "statement",
    [
        trust({"AWS": OWN_ACCOUNT}),
        trust({"AWS": [ACCOUNT, f"arn:aws:iam::{ACCOUNT}:role/ci"]}),
        trust({"Service": "ec2.amazonaws.com"}),
        trust({"Service": "sns.amazonaws.com"}, Condition={"StringEquals": {"aws:SourceAccount": "210987654321"}}),
        trust({"Federated": "cognito-identity.amazonaws.com"}, "sts:AssumeRoleWithWebIdentity"),
        trust({"Federated": "cognito-identity.amazonaws.com"}, "sts:*"),
        trust({"AWS": "AROACKCEVSQ6C2EXAMPLE"}),
        trust(VENDOR, Condition=EXTERNAL_ID),
        trust(VENDOR, Condition={"StringEquals": {"STS:externalid": ["a1", "b2"]}}),
        trust(VENDOR, Condition={"StringLike": {"sts:ExternalId": "acme-*"}}),
        trust(VENDOR, "sts:TagSession"),
        trust("*", Condition={"StringEquals": {"aws:PrincipalAccount": ACCOUNT}}),
        trust("*", Condition={"StringEquals": {"aws:PrincipalAccount": "210987654321", "sts:ExternalId": "a1"}}),
        deny("sts:AssumeRole", None, Principal="*"),
    ],
)
def test_own_principals_and_those_that_give_an_external_id_are_compliant(statement: dict[str, Any]) -> None:
    assert judged(statement).compliance is Compliance.COMPLIANT


@pytest.mark.parametrize(
    "statement",
    [
        trust(VENDOR),
        trust(VENDOR, "sts:*"),
        trust(VENDOR, ["sts:assumerole", "sts:TagSession"]),
        trust({"AWS": [OWN_ACCOUNT, "210987654321"]}),
        trust({"AWS": "arn:aws:iam::210987654321:role/scanner"}),
        trust(VENDOR, Condition={"StringLike": {"sts:ExternalId": "*"}}),
        trust(VENDOR, Condition={"StringLike": {"sts:ExternalId": ["a1", "?*"]}}),
        trust(VENDOR, Condition={"StringEqualsIfExists": {"sts:ExternalId": "a1"}}),
        trust(VENDOR, Condition={"ForAllValues:StringEquals": {"sts:ExternalId": "a1"}}),
        trust(VENDOR, Condition={"StringNotEquals": {"sts:ExternalId": "a1"}}),
        trust(VENDOR, Condition={"Null": {"sts:ExternalId": "false"}}),
        trust(VENDOR, Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}}),
        trust("*", Condition={"StringEquals": {"aws:PrincipalAccount": "210987654321"}}),
    ],
)
def test_another_account_without_an_external_id_violates(statement: dict[str, Any]) -> None:
    verdict = judged(trust({"AWS": OWN_ACCOUNT}), statement)

    assert verdict.compliance is Compliance.NON_COMPLIANT
    assert "210987654321" in verdict.reason
    assert "(statement 2)" in verdict.reason
    assert "sts:ExternalId" in verdict.reason


@pytest.mark.parametrize("condition", [{}, EXTERNAL_ID, {"StringEquals": {"aws:PrincipalTag/team": "ops"}}])
@pytest.mark.parametrize("principal", ["*", {"AWS": "*"}, {"AWS": [OWN_ACCOUNT, "*"]}])
def test_anyone_violates_with_an_external_id_as_well(principal: object, condition: dict[str, Any]) -> None:
    verdict = judged(trust(VENDOR, Sid="Vendor"), trust(principal, Sid="Open", Condition=condition))

    assert verdict.compliance is Compliance.NON_COMPLIANT
    assert "assumed by anyone (Open), account 210987654321 (Vendor)" in verdict.reason


def test_everyone_but_some_is_anyone() -> None:
    assert "anyone" in judged(trust(None, NotPrincipal={"AWS": OWN_ACCOUNT})).reason


def test_trusted_accounts_need_no_external_id() -> None:
    vendor_trusted = Parameters(trusted_accounts=("210987654321",))

    assert judged(trust(VENDOR), parameters=vendor_trusted).compliance is Compliance.COMPLIANT
    assert judged(trust({"AWS": "333333333333"}), parameters=vendor_trusted).compliance is Compliance.NON_COMPLIANT


@pytest.mark.parametrize("principal", ["*", VENDOR])
def test_members_of_a_trusted_organization_need_no_external_id(principal: object) -> None:
    statement = trust(principal, Condition={"StringEquals": {"aws:PrincipalOrgID": ORGANIZATION}})

    assert judged(statement).compliance is Compliance.NON_COMPLIANT
    trusted = Parameters(trusted_organizations=(ORGANIZATION,))
    assert judged(statement, parameters=trusted).compliance is Compliance.COMPLIANT


def test_a_denial_to_all_outside_the_organization_bounds_the_rest() -> None:
    outside = {"StringNotEquals": {"aws:PrincipalOrgID": ORGANIZATION}}
    denial = deny("sts:AssumeRole", None, Principal="*", Condition=outside)
    trusted = Parameters(trusted_organizations=(ORGANIZATION,))

    assert judged(trust("*"), denial, parameters=trusted).compliance is Compliance.COMPLIANT


@pytest.mark.parametrize("account", ["12345678901", "1234567890123", "acme", ""])
def test_what_is_no_account_is_refused(account: str) -> None:
    with pytest.raises(ParameterError, match=r"trusted_accounts.*12 digits"):
        Parameters(trusted_accounts=(account,))


@pytest.mark.parametrize("organization", ["a1b2c3d4e5", "o-a1b2c3d4e", "o-A1B2C3D4E5", "o-*", f"o-{'a' * 33}"])
def test_what_is_no_organization_is_refused(organization: str) -> None:
    with pytest.raises(ParameterError, match=r"trusted_organizations.*o-a1b2c3d4e5"):
        Parameters(trusted_organizations=(organization,))


def test_a_service_linked_role_is_not_applicable() -> None:
    assert judged(trust("*"), path="/aws-service-role/x/").compliance is Compliance.NOT_APPLICABLE


@pytest.mark.parametrize("document", [None, "", [], "%7B", 3, "[]"])
def test_a_role_without_a_readable_trust_policy_is_no_verdict(document: object) -> None:
    with pytest.raises(EventError, match="assumeRolePolicyDocument"):
        judged(assumeRolePolicyDocument=document)


def refuse(condition: dict[str, Any], principal: object = "*", action: object = "sts:AssumeRole") -> dict[str, Any]:
    return deny(action, None, Principal=principal, Condition=condition)


@pytest.mark.parametrize(
    "denial",
    [
        refuse({"StringNotEquals": {"sts:ExternalId": "a1b2"}}),
        refuse({"StringNotEquals": {"sts:ExternalId": ["a1", "b2"]}}, {"AWS": "*"}, "sts:*"),
        refuse({"StringNotEqualsIfExists": {"STS:EXTERNALID": "a1b2"}}),
        refuse({"StringNotEqualsIgnoreCase": {"sts:ExternalId": "a1b2"}}),
        refuse({"StringNotLike": {"sts:ExternalId": "acme-*"}}),
        refuse({"StringNotEquals": {"sts:ExternalId": "a1b2"}}, VENDOR),
        refuse({"StringNotEquals": {"sts:ExternalId": "a1b2", "aws:PrincipalAccount": ACCOUNT}}),
        deny("*", None, NotPrincipal={"AWS": OWN_ACCOUNT}, Condition={"StringNotEquals": {"sts:ExternalId": "a1b2"}}),
    ],
)
def test_a_denial_may_demand_the_external_id(denial: dict[str, Any]) -> None:
    assert judged(trust(VENDOR), denial).compliance is Compliance.COMPLIANT


@pytest.mark.parametrize(
    "denial",
    [
        refuse({"StringEquals": {"sts:ExternalId": "a1b2"}}),
        refuse({"StringNotLike": {"sts:ExternalId": "*"}}),
        refuse({"StringNotLike": {"sts:ExternalId": "?*"}}),
        refuse({"Null": {"sts:ExternalId": "true"}}),
        refuse({"StringNotEquals": {"sts:ExternalId": "a1b2"}}, {"AWS": "333333333333"}),
        refuse({"StringNotEquals": {"sts:ExternalId": "a1b2"}}, "*", "sts:TagSession"),
        refuse({"StringNotEquals": {"sts:ExternalId": "${aws:PrincipalTag/id}"}}),
        refuse({"StringNotEquals": {"sts:ExternalId": "a1b2", "aws:PrincipalAccount": "210987654321"}}),
        refuse({"StringNotEquals": {"sts:ExternalId": "a1b2"}, "Bool": {"aws:MultiFactorAuthPresent": "false"}}),
        deny("sts:*", None, NotPrincipal=VENDOR, Condition={"StringNotEquals": {"sts:ExternalId": "a1b2"}}),
    ],
)
def test_a_denial_that_leaves_a_way_without_the_id_is_not_enough(denial: dict[str, Any]) -> None:
    found = judged(trust(VENDOR), denial)

    assert found.compliance is Compliance.NON_COMPLIANT
    assert "210987654321" in found.reason
