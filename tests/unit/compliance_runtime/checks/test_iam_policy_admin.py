from __future__ import annotations

from typing import Any

import pytest

from compliance_runtime.check import Compliance, Verdict
from compliance_runtime.checks.iam_policy_admin import CHECK, Parameters
from compliance_runtime.errors import EventError, ParameterError
from compliance_tf.testing import ACCOUNT, verdict
from tests.unit.compliance_runtime.iam_items import allow, deny, encoded, managed_policy

MFA = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
BUCKET = "arn:aws:s3:::logs"


def judged(*statements: dict[str, Any], parameters: Parameters | None = None, **members: Any) -> Verdict:
    return verdict(CHECK, managed_policy(*statements, **members), parameters)


@pytest.mark.parametrize(
    "statement",
    [
        allow("*"),
        allow("*:*"),
        allow("**"),
        allow(["s3:GetObject", "iam:*"]),
        allow("IAM:*"),
        allow("i*"),
        allow("*", "arn:aws:*"),
        allow("*", "arn:*:*:*:*:*"),
        allow("iam:*", "arn:aws:iam::*:*"),
        allow("iam:*", f"arn:aws:iam::{ACCOUNT}:*"),
        allow("*", ["arn:aws:s3:::logs", "*"]),
        allow(None, NotAction="s3:*"),
        allow(None, NotAction=["iam:Get*", "iam:DeleteUser"]),
        allow("*", None, NotResource=BUCKET),
        allow("*", None, NotResource=f"arn:aws:iam::{ACCOUNT}:role/admin"),
        allow(None, None, NotAction="s3:*", NotResource=BUCKET),
        allow("*", Condition=MFA),
    ],
)
def test_a_policy_that_allows_all_of_iam_on_everything_violates(statement: dict[str, Any]) -> None:
    assert judged(allow("s3:ListAllMyBuckets"), statement).compliance is Compliance.NON_COMPLIANT


@pytest.mark.parametrize(
    "statements",
    [
        [],
        [allow("s3:*")],
        [allow("iam:Get*")],
        [allow("*", BUCKET)],
        [allow("*", f"arn:aws:iam::{ACCOUNT}:role/*")],
        [allow("iam:*", "arn:aws:iam::210987654321:*")],
        # PowerUserAccess
        [allow(None, NotAction=["iam:*", "organizations:*", "account:*"])],
        [allow(None, NotAction="*")],
        [allow("*", None, NotResource="arn:aws:iam::*:*")],
        [deny("*")],
        [allow("*"), deny("iam:*")],
        [allow("*"), deny("*", f"arn:aws:iam::{ACCOUNT}:*")],
    ],
)
def test_a_policy_that_leaves_out_iam_or_most_of_it_is_compliant(statements: list[dict[str, Any]]) -> None:
    assert judged(*statements).compliance is Compliance.COMPLIANT


@pytest.mark.parametrize(
    "denial",
    [
        deny("iam:*", Condition=MFA),
        deny("iam:DeleteUser"),
        deny("iam:*", f"arn:aws:iam::{ACCOUNT}:user/*"),
        deny(None, NotAction="iam:*"),
        deny(None, NotAction="iam:DeleteUser"),
        deny("iam:*", None, NotResource=f"arn:aws:iam::{ACCOUNT}:user/bob"),
    ],
)
def test_a_denial_that_leaves_some_of_iam_is_no_excuse(denial: dict[str, Any]) -> None:
    assert judged(allow("*"), denial).compliance is Compliance.NON_COMPLIANT


def test_the_reason_names_the_statements_and_what_they_allow() -> None:
    denial = deny("*", Sid="NoMfa", Condition={"Bool": {"aws:MultiFactorAuthPresent": "false"}})
    reason = judged(allow("*", Sid="Admin"), allow("s3:*"), allow(None, NotAction=["s3:*", "ec2:*"]), denial).reason

    assert "Admin allows * on *" in reason
    assert "statement 3 allows all but s3:*, ec2:* on *" in reason
    assert "statement 2" not in reason
    assert "NoMfa" not in reason


def test_only_the_default_version_is_judged_but_whether_it_is_attached_or_not() -> None:
    assert judged(allow("s3:*"), attachmentCount=3).compliance is Compliance.COMPLIANT
    assert judged(allow("*"), attachmentCount=0).compliance is Compliance.NON_COMPLIANT


@pytest.mark.parametrize("partition", ["aws-cn", "aws-us-gov"])
def test_other_partitions_are_judged_by_their_own_arns(partition: str) -> None:
    assert judged(allow("*", f"arn:{partition}:*"), partition=partition).compliance is Compliance.NON_COMPLIANT
    assert judged(allow("*", "arn:aws:*"), partition=partition).compliance is Compliance.COMPLIANT


def test_policies_of_aws_are_not_applicable() -> None:
    assert judged(allow("*"), owner="aws").compliance is Compliance.NOT_APPLICABLE


def test_an_exempt_policy_is_not_applicable() -> None:
    assert judged(allow("*"), parameters=Parameters(("dep*",))).compliance is Compliance.NOT_APPLICABLE
    assert judged(allow("*"), parameters=Parameters(("Dep*",))).compliance is Compliance.NON_COMPLIANT


@pytest.mark.parametrize(
    ("condition", "compliance"),
    [
        (MFA, Compliance.COMPLIANT),
        ({"Bool": {"AWS:multifactorauthpresent": True}}, Compliance.COMPLIANT),
        ({"NumericLessThan": {"aws:MultiFactorAuthPresent": "1"}}, Compliance.COMPLIANT),
        # Requests with access keys have no such key, and IfExists lets those through.
        ({"BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}}, Compliance.NON_COMPLIANT),
        ({"StringNotEquals": {"aws:MultiFactorAuthPresent": "false"}}, Compliance.NON_COMPLIANT),
        ({"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}, Compliance.NON_COMPLIANT),
    ],
)
def test_a_condition_that_needs_an_excusing_key_excuses(condition: dict[str, Any], compliance: Compliance) -> None:
    excusing = Parameters(excusing_condition_keys=("aws:MultiFactorAuthPresent",))

    assert judged(allow("*", Condition=condition), parameters=excusing).compliance is compliance


@pytest.mark.parametrize("key", ["MultiFactorAuthPresent", "aws:", ":x", ""])
def test_what_is_no_condition_key_is_refused(key: str) -> None:
    with pytest.raises(ParameterError, match=r"excusing_condition_keys.*must be as aws:MultiFactorAuthPresent"):
        Parameters(excusing_condition_keys=(key,))


def test_samples_of_old_items_have_the_document_in_a_list() -> None:
    document = {"Statement": [allow("*")]}

    assert (
        judged(policyVersionList=[{"isDefaultVersion": True, "document": [document]}]).compliance
        is Compliance.NON_COMPLIANT
    )


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"policyVersionList": []}, "has 0 default versions"),
        ({"policyVersionList": None}, "has 0 default versions"),
        ({"policyVersionList": [{"isDefaultVersion": True, "document": encoded()}] * 2}, "has 2 default versions"),
        ({"policyVersionList": [{"isDefaultVersion": True}]}, "document is missing"),
        ({"policyVersionList": [{"isDefaultVersion": True, "document": "%7B"}]}, "document is not valid JSON"),
        ({"policyVersionList": [{"isDefaultVersion": True, "document": [1, 2]}]}, "document must be a JSON object"),
        ({"arn": None}, "arn must be a text"),
        ({"policyName": 3}, "policyName must be a text"),
    ],
)
def test_a_malformed_policy_is_no_verdict(members: dict[str, Any], message: str) -> None:
    with pytest.raises(EventError, match=message):
        judged(**members)
