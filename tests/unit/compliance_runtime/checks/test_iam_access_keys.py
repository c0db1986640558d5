from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from botocore.stub import Stubber

from compliance_runtime.check import Compliance, Finding, Verdict
from compliance_runtime.checks.iam_access_keys import CHECK, Parameters, judge
from compliance_runtime.errors import ParameterError
from compliance_runtime.resources.credential_report import ROOT_USER, AccessKey
from compliance_tf.testing import ACCOUNT, CAPTURED_TIME, account_with
from tests.unit.compliance_runtime.builders import client
from tests.unit.compliance_runtime.credential_reports import credential_report

NOW = CAPTURED_TIME
SECOND = timedelta(seconds=1)


def ago(days: int) -> Any:
    return NOW - timedelta(days=days)


def verdict(*keys: AccessKey, user: str = "alice", **parameters: Any) -> Verdict:
    return judge(user, keys, NOW, Parameters(**parameters))


def test_a_key_may_be_as_old_as_allowed_and_no_older() -> None:
    young = verdict(AccessKey(1, ago(90), ago(1)))
    assert (young.compliance, young.reason) == (Compliance.COMPLIANT, "User alice has no old or unused access key.")
    old = verdict(AccessKey(1, ago(90) - SECOND, ago(1)))
    assert old.compliance is Compliance.NON_COMPLIANT
    assert old.reason == "User alice: access key 1 is 90 days old: rotate it, 90 are allowed."
    assert verdict(AccessKey(1, ago(31), ago(1)), max_age_days=30).compliance is Compliance.NON_COMPLIANT


def test_a_key_may_be_unused_as_long_as_allowed_and_no_longer() -> None:
    assert verdict(AccessKey(2, ago(80), ago(45))).compliance is Compliance.COMPLIANT
    unused = verdict(AccessKey(2, ago(80), ago(46)))
    assert unused.compliance is Compliance.NON_COMPLIANT
    assert unused.reason == "User alice: access key 2 was not used for 46 days: delete it."
    assert verdict(AccessKey(2, ago(80), ago(46)), max_unused_days=60).compliance is Compliance.COMPLIANT


def test_a_key_that_was_never_used_counts_from_when_it_was_made() -> None:
    assert verdict(AccessKey(1, ago(45), None)).compliance is Compliance.COMPLIANT
    assert "access key 1 was not used for 46 days" in verdict(AccessKey(1, ago(46), None)).reason


def test_both_keys_of_a_user_are_named() -> None:
    both = verdict(AccessKey(1, ago(200), ago(100)), AccessKey(2, ago(120), ago(2)))

    assert both.reason == (
        "User alice: access key 1 was not used for 100 days: delete it. "
        "access key 1 is 200 days old: rotate it, 90 are allowed. "
        "access key 2 is 120 days old: rotate it, 90 are allowed."
    )


def test_a_user_without_active_keys_is_compliant() -> None:
    none = verdict()

    assert none.compliance is Compliance.COMPLIANT
    assert "no active access key" in none.reason


def test_exempt_users_are_left_out() -> None:
    old = AccessKey(1, ago(900), None)

    assert verdict(old, user="ses-1", exempt_users=("bob", "ses-*")).compliance is Compliance.NOT_APPLICABLE
    assert verdict(old, user="alice", exempt_users=("bob", "ses-*")).compliance is Compliance.NON_COMPLIANT


def user(name: str, user_id: str) -> dict[str, Any]:
    return {"UserName": name, "UserId": user_id, "Path": "/", "Arn": f"arn:aws:iam::1:user/{name}", "CreateDate": NOW}


def old_key(name: str) -> dict[str, str]:
    return {"user": name, "access_key_1_active": "true", "access_key_1_last_rotated": ago(900).isoformat()}


def findings(*rows: dict[str, str], **parameters: Any) -> list[Finding]:
    """What is found of alice and carol, who are on two pages, by this report."""
    iam = client("iam")
    with Stubber(iam) as stub:
        stub.add_response("generate_credential_report", {"State": "Complete"})
        stub.add_response("get_credential_report", {"Content": credential_report(*rows)})
        stub.add_response(
            "list_users",
            {"Users": [user("alice", "AIDAALICEALICEALICE1")], "IsTruncated": True, "Marker": "next"},
            {},
        )
        stub.add_response(
            "list_users", {"Users": [user("carol", "AIDACAROLCAROLCAROL1")], "IsTruncated": False}, {"Marker": "next"}
        )
        return list(CHECK.evaluate(account_with(iam=iam), Parameters(**parameters)))


def test_users_are_reported_by_their_unique_id() -> None:
    found = findings({"user": ROOT_USER}, old_key("alice"), {"user": "carol"})

    assert [(one.resource_type, one.resource_id, one.verdict.compliance) for one in found] == [
        ("AWS::IAM::User", "AIDAALICEALICEALICE1", Compliance.NON_COMPLIANT),
        ("AWS::IAM::User", "AIDACAROLCAROLCAROL1", Compliance.COMPLIANT),
    ]


def test_a_user_who_is_not_in_the_report_yet_or_any_more_has_no_result() -> None:
    found = findings(old_key("alice"), old_key("deleted"))

    assert [one.resource_id for one in found] == ["AIDAALICEALICEALICE1"]


def test_the_root_user_is_judged_where_asked_for_as_the_account() -> None:
    assert all(one.resource_type == "AWS::IAM::User" for one in findings(old_key(ROOT_USER), {"user": "alice"}))

    with_key = findings(old_key(ROOT_USER), include_root=True)[0]
    assert (with_key.resource_type, with_key.resource_id) == ("AWS::::Account", ACCOUNT)
    assert with_key.verdict.compliance is Compliance.NON_COMPLIANT
    assert "root user has an active access key" in with_key.verdict.reason
    without = findings({"user": ROOT_USER, "access_key_1_active": "false"}, include_root=True)[0]
    assert without.verdict.compliance is Compliance.COMPLIANT


@pytest.mark.parametrize("name", ["max_age_days", "max_unused_days"])
@pytest.mark.parametrize("days", [0, -1, 3651])
def test_days_out_of_bounds_are_refused(name: str, days: int) -> None:
    parameters: dict[str, Any] = {name: days}

    with pytest.raises(ParameterError, match=f"{name} is {days}; it must be 1 to 3650"):
        Parameters(**parameters)


def test_days_at_the_bounds_are_accepted() -> None:
    Parameters(max_age_days=1, max_unused_days=3650)
    Parameters(max_age_days=3650, max_unused_days=1)
