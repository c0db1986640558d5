from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from compliance_runtime.check import Compliance, Verdict
from compliance_runtime.checks.iam_assume_any_role import CHECK, Parameters
from compliance_tf.testing import ACCOUNT, verdict
from tests.unit.compliance_runtime.iam_items import allow, deny, group, inline, managed_policy, role, user

if TYPE_CHECKING:
    from collections.abc import Callable

ROLES = f"arn:aws:iam::{ACCOUNT}:role/*"


def judged(*statements: dict[str, Any], parameters: Parameters | None = None, **members: Any) -> Verdict:
    return verdict(CHECK, managed_policy(*statements, **members), parameters)


@pytest.mark.parametrize(
    "statements",
    [
        [allow("sts:AssumeRole")],
        [allow("sts:*")],
        [allow(["s3:GetObject", "STS:assume*"], "*")],
        [allow("sts:AssumeRole", ROLES)],
        [allow("sts:AssumeRole", "arn:aws:iam::*:role/*")],
        [allow("sts:AssumeRole", f"arn:aws:iam::{ACCOUNT}:*")],
        [allow("sts:AssumeRoleWithSAML")],
        [allow("sts:AssumeRole", Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}})],
        [allow(None, NotAction="iam:*")],
        [allow("sts:AssumeRole"), deny("sts:AssumeRole", f"arn:aws:iam::{ACCOUNT}:role/admin")],
        [allow("sts:AssumeRole", Condition={"StringLike": {"aws:ResourceTag/team": "*"}})],
    ],
)
def test_every_role_violates(statements: list[dict[str, Any]]) -> None:
    found = judged(*statements)

    assert found.compliance is Compliance.NON_COMPLIANT
    assert "name the roles" in found.reason


@pytest.mark.parametrize(
    "statements",
    [
        [allow("s3:*")],
        [allow("sts:GetCallerIdentity")],
        [allow("sts:AssumeRole", f"arn:aws:iam::{ACCOUNT}:role/deploy")],
        [allow("sts:AssumeRole", f"arn:aws:iam::{ACCOUNT}:role/deploy-*")],
        [allow("sts:AssumeRole", "arn:aws:iam::210987654321:role/*")],
        [allow("sts:AssumeRole", "arn:aws:iam::*:role/deploy")],
        [allow("sts:AssumeRole"), deny("sts:AssumeRole")],
        [allow("sts:AssumeRole", Condition={"StringEquals": {"aws:ResourceTag/team": "shop"}})],
        [allow("sts:AssumeRole", Condition={"StringEquals": {"iam:ResourceTag/team": ["a", "b"]}})],
        [deny("sts:AssumeRole")],
    ],
)
def test_certain_roles_comply(statements: list[dict[str, Any]]) -> None:
    assert judged(*statements).compliance is Compliance.COMPLIANT


@pytest.mark.parametrize("owner", [role, user, group])
def test_inline_policies_count_together(owner: Callable[..., dict[str, Any]]) -> None:
    assuming, refusing = inline("a", allow("sts:AssumeRole")), inline("b", deny("sts:*"))

    assert verdict(CHECK, owner(assuming)).compliance is Compliance.NON_COMPLIANT
    assert verdict(CHECK, owner(assuming, refusing)).compliance is Compliance.COMPLIANT


@pytest.mark.parametrize(
    "item",
    [
        role(inline("a", allow("sts:AssumeRole")), path="/aws-service-role/x.amazonaws.com/"),
        managed_policy(allow("sts:AssumeRole"), owner="aws"),
        managed_policy(allow("*")),
    ],
)
def test_what_only_aws_can_change_and_administrators_are_left_out(item: dict[str, Any]) -> None:
    assert verdict(CHECK, item).compliance is Compliance.NOT_APPLICABLE


def test_exempt_names_are_left_out() -> None:
    found = judged(allow("sts:AssumeRole"), parameters=Parameters(exempt=("dep*",)))

    assert found.compliance is Compliance.NOT_APPLICABLE
