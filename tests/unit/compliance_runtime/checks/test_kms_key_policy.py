from __future__ import annotations

import json
from typing import Any

import pytest

from compliance_runtime.check import Compliance, Verdict
from compliance_runtime.checks.kms_key_policy import CHECK, Parameters
from compliance_runtime.errors import EventError, ParameterError
from compliance_tf.testing import ACCOUNT, event_item, normal_forms, verdict

UNTRUSTED = "999999999999"
KEY = "1234abcd-12ab-34cd-56ef-1234567890ab"


def key(policy: Any, *, manager: Any = "CUSTOMER", state: Any = "Enabled") -> dict[str, Any]:
    configuration = {"keyId": KEY, "keyManager": manager, "keyState": state}
    return event_item("AWS::KMS::Key", KEY, configuration=configuration, supplementary={"Policy": policy})


def document(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def grant(principal: Any, condition: Any = None) -> dict[str, Any]:
    statement = {"Sid": "Use", "Effect": "Allow", "Principal": principal, "Action": "kms:*", "Resource": "*"}
    return statement | ({"Condition": condition} if condition else {})


OWN = grant({"AWS": f"arn:aws:iam::{ACCOUNT}:root"})


def judged(*statements: dict[str, Any], **parameters: tuple[str, ...]) -> Verdict:
    return verdict(CHECK, key(document(OWN, *statements)), Parameters(**parameters))


@pytest.mark.parametrize(
    "statement",
    [
        OWN,
        grant("*", {"StringEquals": {"kms:CallerAccount": ACCOUNT, "kms:ViaService": "s3.eu-central-1.amazonaws.com"}}),
        grant({"Service": "logs.eu-central-1.amazonaws.com"}),
        grant({"AWS": "AROAEXAMPLEEXAMPLE123"}),
    ],
)
def test_the_own_account_and_services_may_use_the_key(statement: dict[str, Any]) -> None:
    assert judged(statement).compliance is Compliance.COMPLIANT


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        (grant("*"), "anyone (Use)"),
        (grant("*", {"StringEquals": {"kms:ViaService": "s3.eu-central-1.amazonaws.com"}}), "anyone (Use)"),
        (grant("*", {"StringEquals": {"kms:CallerAccount": [ACCOUNT, UNTRUSTED]}}), f"account {UNTRUSTED} (Use)"),
        (grant({"AWS": UNTRUSTED}, {"Bool": {"kms:GrantIsForAWSResource": "true"}}), f"account {UNTRUSTED} (Use)"),
        (grant({"AWS": f"arn:aws:iam::{UNTRUSTED}:role/x"}), f"arn:aws:iam::{UNTRUSTED}:role/x (Use)"),
    ],
)
def test_who_is_not_trusted_is_named(statement: dict[str, Any], named: str) -> None:
    found = judged(statement)

    assert found.compliance is Compliance.NON_COMPLIANT
    assert found.reason.startswith(f"The key policy lets in {named}")


def test_who_is_trusted_by_a_parameter_may_use_the_key() -> None:
    organization = grant("*", {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}})

    assert judged(grant({"AWS": UNTRUSTED}), accounts=(UNTRUSTED,)).compliance is Compliance.COMPLIANT
    assert judged(organization, organizations=("o-a1b2c3d4e5",)).compliance is Compliance.COMPLIANT
    assert judged(organization).compliance is Compliance.NON_COMPLIANT


@pytest.mark.parametrize(
    ("manager", "state", "named"),
    [
        ("AWS", "Enabled", "AWS manages"),
        ("CUSTOMER", "PendingDeletion", "PendingDeletion"),
        ("CUSTOMER", "PendingReplicaDeletion", "PendingReplicaDeletion"),
    ],
)
@pytest.mark.parametrize("policy", [None, document(grant("*"))])
def test_keys_of_aws_and_keys_about_to_be_deleted_are_left_out(
    policy: Any, manager: str, state: str, named: str
) -> None:
    found = verdict(CHECK, key(policy, manager=manager, state=state))

    assert found.compliance is Compliance.NOT_APPLICABLE
    assert named in found.reason


@pytest.mark.parametrize("state", ["Disabled", "PendingImport", "Unavailable"])
def test_a_key_that_cannot_be_used_now_is_judged(state: str) -> None:
    assert verdict(CHECK, key(document(grant("*")), state=state)).compliance is Compliance.NON_COMPLIANT


def test_parameters_are_checked() -> None:
    with pytest.raises(ParameterError, match="Parameter organizations"):
        Parameters(organizations=("mine",))


@pytest.mark.parametrize(
    "item",
    [
        key(None),
        key(""),
        key({}),
        key([]),
        key(document()),
        key("{"),
        key(json.dumps({"Statement": 1})),
        key(document(grant(1))),
        key(document(OWN), manager=None),
        key(document(OWN), manager=1),
        key(document(OWN), state=None),
        event_item("AWS::KMS::Key", KEY, configuration={"keyManager": "CUSTOMER", "keyState": "Enabled"}),
    ],
)
def test_a_key_without_a_readable_policy_is_no_verdict(item: dict[str, Any]) -> None:
    for form in normal_forms(item):
        with pytest.raises(EventError):
            CHECK.evaluate(form, Parameters())
