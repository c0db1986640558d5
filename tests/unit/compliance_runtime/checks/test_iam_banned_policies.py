from __future__ import annotations

from typing import Any

import pytest

from compliance_runtime.check import Compliance, Verdict
from compliance_runtime.checks.iam_banned_policies import CHECK, Parameters
from compliance_runtime.errors import EventError, ParameterError
from compliance_tf.testing import event_item
from compliance_tf.testing import verdict as judged

ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
IAM_FULL = "arn:aws:iam::aws:policy/IAMFullAccess"
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
OWN = "arn:aws:iam::123456789012:policy/team/break-glass"


def principal(
    *arns: str, kind: str = "Role", name: str = "deployer", path: str = "/", **members: Any
) -> dict[str, Any]:
    configuration = {
        "path": path,
        f"{kind.lower()}Name": name,
        "attachedManagedPolicies": [{"policyArn": arn, "policyName": arn.rpartition("/")[2]} for arn in arns],
    }
    return event_item(f"AWS::IAM::{kind}", "AROAROLEROLEROLEROLE1", configuration=configuration | members)


def verdict(item: dict[str, Any], **parameters: Any) -> Verdict:
    return judged(CHECK, item, Parameters(**parameters))


@pytest.mark.parametrize("kind", ["Role", "User", "Group"])
def test_nobody_may_have_a_policy_that_makes_administrators(kind: str) -> None:
    banned = verdict(principal(IAM_FULL, READ_ONLY, ADMINISTRATOR, kind=kind))

    assert banned.compliance is Compliance.NON_COMPLIANT
    assert banned.reason == f"Banned policies are attached: {ADMINISTRATOR}, {IAM_FULL}. Detach them."
    assert verdict(principal(READ_ONLY, kind=kind)).compliance is Compliance.COMPLIANT
    assert verdict(principal(kind=kind)).compliance is Compliance.COMPLIANT


@pytest.mark.parametrize("pattern", ["break-glass", "break-*", OWN, "arn:aws:iam::*:policy/team/*", "*glas?"])
def test_policies_are_banned_by_name_or_arn_with_wildcards(pattern: str) -> None:
    assert verdict(principal(READ_ONLY, OWN), banned_policies=(pattern,)).compliance is Compliance.NON_COMPLIANT


@pytest.mark.parametrize("pattern", ["glass", "break", "Break-Glass", "arn:aws:iam::aws:policy/break-glass"])
def test_other_policies_are_not_banned(pattern: str) -> None:
    assert verdict(principal(READ_ONLY, OWN), banned_policies=(pattern,)).compliance is Compliance.COMPLIANT


def test_what_is_listed_takes_the_place_of_the_defaults() -> None:
    assert verdict(principal(ADMINISTRATOR), banned_policies=("x",)).compliance is Compliance.COMPLIANT


@pytest.mark.parametrize("kind", ["Role", "User", "Group"])
def test_exempt_principals_are_left_out(kind: str) -> None:
    item = principal(ADMINISTRATOR, kind=kind, name="admin-1")

    assert verdict(item, exempt_principals=("x", "admin-*")).compliance is Compliance.NOT_APPLICABLE
    assert verdict(item, exempt_principals=("x", "admin")).compliance is Compliance.NON_COMPLIANT


def test_service_linked_roles_are_left_out() -> None:
    item = principal(ADMINISTRATOR, path="/aws-service-role/x.amazonaws.com/")

    assert verdict(item).compliance is Compliance.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("item", "member"),
    [
        (principal(attachedManagedPolicies="none"), "attachedManagedPolicies"),
        (principal(attachedManagedPolicies=[ADMINISTRATOR]), "attachedManagedPolicies"),
        (principal(attachedManagedPolicies=[{"policyName": "x"}]), "policyArn"),
        (principal(attachedManagedPolicies=[{"policyArn": OWN}]), "policyName"),
        (principal(name=""), "roleName"),
        (principal(path=""), "path"),
        (event_item("AWS::IAM::Policy"), "AWS::IAM::Policy logs is not a role, user or group"),
    ],
)
def test_a_malformed_item_is_no_verdict(item: dict[str, Any], member: str) -> None:
    with pytest.raises(EventError, match=member):
        verdict(item)


def test_a_rule_that_bans_nothing_is_refused() -> None:
    with pytest.raises(ParameterError, match="banned_policies is empty"):
        Parameters(banned_policies=())
