from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from compliance_runtime.check import Compliance
from compliance_runtime.checks.iam_inline_wildcards import CHECK, Parameters
from compliance_runtime.errors import EventError, ParameterError
from compliance_tf.testing import ACCOUNT, event_item, verdict
from tests.unit.compliance_runtime.iam_items import allow, deny, group, inline, role, user

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize(
    "statement",
    [
        allow("*"),
        allow("*:*"),
        allow("s3:*"),
        allow("S3:*"),
        allow("s3:**"),
        allow("s3:?*"),
        allow("s*"),
        allow(["s3:GetObject", "ec2:*"]),
        allow("s3:*", "arn:aws:*"),
        allow("s3:*", "arn:aws:*:*:*:*"),
        allow("s3:*", None, NotResource="arn:aws:s3:::secret"),
        allow(None, NotAction="iam:*"),
        allow("s3:*", Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}}),
    ],
)
@pytest.mark.parametrize("owner", [role, user, group])
def test_a_whole_service_on_all_resources_violates(owner: Callable[..., dict[str, Any]], statement: Any) -> None:
    assert verdict(CHECK, owner(inline("app", statement))).compliance is Compliance.NON_COMPLIANT


@pytest.mark.parametrize(
    "statement",
    [
        allow("s3:Get*"),
        allow("*:Get*"),
        allow("s3:*Object"),
        allow("s3:*", "arn:aws:s3:::logs/*"),
        allow("s3:*", "arn:aws:s3:::*"),
        allow("s3:*", None, NotResource="*"),
        allow(None, "arn:aws:s3:::logs", NotAction="iam:*"),
        allow(None, NotAction="*"),
        deny("*"),
    ],
)
@pytest.mark.parametrize("owner", [role, user, group])
def test_some_actions_or_some_resources_are_compliant(owner: Callable[..., dict[str, Any]], statement: Any) -> None:
    assert verdict(CHECK, owner(inline("app", statement))).compliance is Compliance.COMPLIANT


def test_the_reason_names_policy_statement_and_actions() -> None:
    reason = verdict(
        CHECK,
        role(
            inline("storage", allow("s3:Get*"), allow(["s3:*", "s3:GetObject", "EC2:*"], Sid="All")),
            inline("rest", allow(None, NotAction="iam:*")),
        ),
    ).reason

    assert "storage, All: s3:*, ec2:*; rest, statement 1: all but iam:*" in reason


def test_nothing_inline_is_compliant() -> None:
    assert verdict(CHECK, role()).reason == "There are no inline policies."
    assert verdict(CHECK, user(userPolicyList=None)).compliance is Compliance.COMPLIANT


@pytest.mark.parametrize(
    ("allowed", "granted", "compliance"),
    [
        ("logs:*", "logs:*", Compliance.COMPLIANT),
        ("Logs:*", "LOGS:*", Compliance.COMPLIANT),
        ("logs:*", ["logs:*", "s3:*"], Compliance.NON_COMPLIANT),
        ("logs:*", "*", Compliance.NON_COMPLIANT),
        ("logs:Put*", "logs:*", Compliance.NON_COMPLIANT),
        ("*:*", "s3:*", Compliance.COMPLIANT),
    ],
)
def test_allowed_actions_may_be_granted_on_all_resources(allowed: str, granted: object, compliance: Compliance) -> None:
    assert verdict(CHECK, role(inline("app", allow(granted))), Parameters((allowed,))).compliance is compliance


@pytest.mark.parametrize("action", ["logs", "logs:", ":*", "*"])
def test_what_is_no_action_is_refused(action: str) -> None:
    with pytest.raises(ParameterError, match="allowed_actions"):
        Parameters((action,))


def test_a_service_linked_role_is_not_applicable() -> None:
    linked = role(inline("app", allow("*")), path="/aws-service-role/config.amazonaws.com/")

    assert verdict(CHECK, linked).compliance is Compliance.NOT_APPLICABLE


@pytest.mark.parametrize("partition", ["aws-cn", "aws-us-gov"])
def test_all_arns_are_those_of_the_own_partition(partition: str) -> None:
    item = role(inline("app", allow("s3:*", f"arn:{partition}:*")), partition=partition)

    assert verdict(CHECK, item).compliance is Compliance.NON_COMPLIANT


@pytest.mark.parametrize(
    "item",
    [
        role({"policyDocument": "{}"}),
        role({"policyName": "app"}),
        role({"policyName": "app", "policyDocument": "{"}),
        role(rolePolicyList="x"),
        role(path=3),  # type: ignore[arg-type]  # malformed on purpose
        event_item("AWS::IAM::Policy", ACCOUNT, configuration={}),
    ],
)
def test_a_malformed_item_is_no_verdict(item: dict[str, Any]) -> None:
    with pytest.raises(EventError):
        verdict(CHECK, item)
