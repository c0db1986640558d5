"""Accounts come from AWS Organizations, and are reached by roles."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from compliance_tf.errors import FleetError
from compliance_tf.fleet.cells import Cell
from compliance_tf.fleet.credentials import CellCredentials
from compliance_tf.fleet.organization import accounts_of
from compliance_tf.fleet.settings import Organization
from compliance_tf.model.fleet_regions import FleetRegion

if TYPE_CHECKING:
    from collections.abc import Callable

    from compliance_tf.local import LocalAws

MANAGEMENT, MEMBER = "000000000001", "300000000001"


@pytest.fixture
def caller(local_aws: LocalAws, monkeypatch: pytest.MonkeyPatch) -> boto3.Session:
    """Credentials of the management account, as a person has them."""
    for name, value in local_aws.environment(MANAGEMENT, "eu-west-1").items():
        monkeypatch.setenv(name, value)
    return boto3.Session()


def cell(role: str | None = "Reader", account: str = MEMBER) -> Cell:
    arn = f"arn:aws:iam::{account}:role/{role}" if role else None
    return Cell(account, FleetRegion("eu-central-1", "eu-central-1"), "dev", "all", arn)


def make_role(aws: LocalAws, name: str, trusts: str) -> None:
    statement = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{trusts}:root"}, "Action": "sts:AssumeRole"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    aws.client("iam", account=MEMBER).create_role(RoleName=name, AssumeRolePolicyDocument=policy)


def test_accounts_are_those_of_units_and_all_below_with_all_tags(
    moto_client: Callable[[str, str], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = moto_client("organizations", "us-east-1")
    monkeypatch.setenv("AWS_ENDPOINT_URL_ORGANIZATIONS", client.meta.endpoint_url)
    caller = boto3.Session("none", "none")
    client.create_organization(FeatureSet="ALL")
    root = client.list_roots()["Roots"][0]["Id"]
    upper = client.create_organizational_unit(ParentId=root, Name="upper")["OrganizationalUnit"]["Id"]
    lower = client.create_organizational_unit(ParentId=upper, Name="lower")["OrganizationalUnit"]["Id"]
    ids = []
    for name, unit, env in (
        ("a", upper, "sandbox"),
        ("b", lower, "sandbox"),
        ("c", lower, "prod"),
        ("d", root, "prod"),
    ):
        made = client.create_account(Email=f"{name}@acme.test", AccountName=name)["CreateAccountStatus"]["AccountId"]
        if unit != root:
            client.move_account(AccountId=made, SourceParentId=root, DestinationParentId=unit)
        client.tag_resource(ResourceId=made, Tags=[{"Key": "env", "Value": env}])
        ids.append(made)
    a, b, c, d = ids
    assert accounts_of(Organization(units=(upper,)), caller) == tuple(sorted([a, b, c]))
    assert accounts_of(Organization(units=(lower,), without=(b,)), caller) == (c,)
    assert accounts_of(Organization(units=(upper,), tags={"env": "sandbox"}), caller) == tuple(sorted([a, b]))
    assert set(accounts_of(Organization(), caller)) >= {a, b, c, d}
    with pytest.raises(FleetError, match="no active account"):
        accounts_of(Organization(tags={"env": "nowhere"}), caller)


def test_a_role_leads_into_its_account_and_is_assumed_once(local_aws: LocalAws, caller: boto3.Session) -> None:
    make_role(local_aws, "Reader", trusts=MANAGEMENT)
    credentials = CellCredentials(caller)
    session = credentials.session(cell())
    assert session.client("sts").get_caller_identity()["Account"] == MEMBER
    assert session.region_name == "eu-central-1"
    first = credentials.variables(cell(), {"AWS_PROFILE": "mine", "PATH": "/bin"})
    assert "AWS_PROFILE" not in first
    assert first["PATH"] == "/bin"
    assert credentials.variables(cell(), {})["AWS_ACCESS_KEY_ID"] == first["AWS_ACCESS_KEY_ID"]
    assert first["AWS_SECRET_ACCESS_KEY"] not in repr(credentials)


def test_a_session_that_ends_within_a_quarter_of_an_hour_is_replaced(
    local_aws: LocalAws, caller: boto3.Session
) -> None:
    make_role(local_aws, "Short", trusts=MANAGEMENT)
    credentials = CellCredentials(caller, session_minutes=15)
    keys = {credentials.variables(cell("Short"), {})["AWS_ACCESS_KEY_ID"] for _ in range(2)}
    assert len(keys) == 2


def test_a_role_that_trusts_nobody_here_is_named(local_aws: LocalAws, caller: boto3.Session) -> None:
    make_role(local_aws, "Strange", trusts="999999999999")
    with pytest.raises(FleetError, match=rf"The role arn:aws:iam::{MEMBER}:role/Strange cannot be assumed"):
        CellCredentials(caller).session(cell("Strange"))


def test_without_a_role_the_callers_account_must_be_meant(local_aws: LocalAws, caller: boto3.Session) -> None:
    assert local_aws.endpoint_url
    assert CellCredentials(caller).variables(cell(None, MANAGEMENT), {})["AWS_ACCESS_KEY_ID"] == MANAGEMENT
    with pytest.raises(FleetError, match=f"credentials are of the account {MANAGEMENT}"):
        CellCredentials(caller).session(cell(None))
