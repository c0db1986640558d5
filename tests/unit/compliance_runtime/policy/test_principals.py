from __future__ import annotations

import re
from typing import Any

import pytest

from compliance_runtime.errors import EventError
from compliance_runtime.json_object import JsonObject
from compliance_runtime.policy.principals import Principals, account_of, is_account, read_principals

ROOT = "arn:aws:iam::123456789012:root"


def read(**values: Any) -> Principals | None:
    return read_principals(JsonObject(values, "Statement[0]", EventError))


@pytest.mark.parametrize("everyone", ["*", {"AWS": "*"}, {"AWS": ["*"]}, {"AWS": [ROOT, "*"]}])
def test_a_star_among_the_principals_is_everyone(everyone: object) -> None:
    principals = read(Principal=everyone)

    assert principals is not None
    assert principals.everyone
    assert principals.everyone_without_exception


@pytest.mark.parametrize("some", [{"AWS": ROOT}, {"Service": "*"}, {"Federated": "*"}, {"CanonicalUser": "*"}, {}])
def test_other_principals_are_not_everyone(some: object) -> None:
    principals = read(Principal=some)

    assert principals is not None
    assert not principals.everyone
    assert not principals.everyone_without_exception


def test_all_but_some_are_everyone_with_an_exception() -> None:
    principals = read(NotPrincipal={"AWS": ROOT})

    assert principals == Principals(aws=(ROOT,), negated=True)
    assert principals.everyone
    assert not principals.everyone_without_exception


def test_the_kinds_of_principals_are_distinguished() -> None:
    principals = read(
        Principal={
            "AWS": ["123456789012", ROOT],
            "Service": "sns.amazonaws.com",
            "Federated": ["accounts.google.com"],
            "CanonicalUser": "79a5",
        }
    )

    assert principals == Principals(
        aws=("123456789012", ROOT),
        services=("sns.amazonaws.com",),
        federated=("accounts.google.com",),
        canonical_users=("79a5",),
    )


def test_an_identitys_policy_has_no_principals() -> None:
    assert read(Action="s3:*") is None


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"Principal": None}, "Principal must be a JSON object, not null"),
        ({"Principal": 12}, "Principal must be a JSON object, not int"),
        ({"Principal": {"AWS": {}}}, "Principal.AWS must be a text or a list of texts"),
        ({"Principal": {"Robot": "*"}}, "has the kind 'Robot'; it must be one of AWS, Service"),
        ({"Principal": "*", "NotPrincipal": "*"}, "has both Principal and NotPrincipal"),
    ],
)
def test_malformed_principals_are_refused(values: dict[str, Any], message: str) -> None:
    with pytest.raises(EventError, match=re.escape(message)):
        read(**values)


@pytest.mark.parametrize(
    ("principal", "account"),
    [
        ("123456789012", "123456789012"),
        (ROOT, "123456789012"),
        ("arn:aws-cn:iam::123456789012:role/app/deploy", "123456789012"),
        ("arn:aws:sts::123456789012:assumed-role/deploy/session", "123456789012"),
        ("arn:aws:iam::*:role/deploy", "*"),
        ("*", "*"),
        ("AIDACKCEVSQ6C2EXAMPLE", None),
        ("AROACKCEVSQ6C2EXAMPLE", None),
    ],
)
def test_a_principal_belongs_to_the_account_that_it_names(principal: str, account: str | None) -> None:
    assert account_of(principal) == account


def test_an_account_has_twelve_digits() -> None:
    assert is_account("123456789012")
    assert not is_account("12345678901")
    assert not is_account("1234567890123")
    assert not is_account("*")
