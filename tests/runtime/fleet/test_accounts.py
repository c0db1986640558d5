"""Accounts come from AWS Organizations, and are reached by roles."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from compliance_tf.errors import FleetError
from compliance_tf.fleet.cells import Cell
from compliance_tf.fleet.credentials import CellCredentials
from compliance_tf.fleet.organization import accounts_of
from compliance_tf.fleet.settings import Organization
from compliance_tf.local import LocalAws
from compliance_tf.local.server.behaviour import Behaviour
from compliance_tf.model.fleet_regions import FleetRegion

if TYPE_CHECKING:
    from collections.abc import Callable

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


def test_a_role_leads_into_its_account_and_is_assumed_once_by_this_program(
    local_aws: LocalAws, caller: boto3.Session
) -> None:
    make_role(local_aws, "Reader", trusts=MANAGEMENT)
    credentials = CellCredentials(caller)
    session = credentials.session(cell())
    assert session.client("sts").get_caller_identity()["Account"] == MEMBER
    assert session.region_name == "eu-central-1"
    again = credentials.session(cell()).get_credentials()
    assert session.get_credentials().access_key == again.access_key
    assert again.secret_key not in repr(credentials)


def test_a_program_gets_a_session_of_its_own_and_nothing_of_the_callers(
    local_aws: LocalAws, caller: boto3.Session
) -> None:
    make_role(local_aws, "Program", trusts=MANAGEMENT)
    credentials = CellCredentials(caller)
    mine = dict.fromkeys(
        ("AWS_PROFILE", "AWS_SECURITY_TOKEN", "AWS_CREDENTIAL_EXPIRATION", "AWS_SESSION_TOKEN"), "mine"
    )
    first, second = (credentials.variables(cell("Program"), {**mine, "PATH": "/bin"}) for _ in range(2))
    assert first["AWS_ACCESS_KEY_ID"] != second["AWS_ACCESS_KEY_ID"]
    assert "mine" not in first.values()
    assert first["PATH"] == "/bin"


def test_a_role_that_trusts_nobody_here_is_named(local_aws: LocalAws, caller: boto3.Session) -> None:
    make_role(local_aws, "Strange", trusts="999999999999")
    with pytest.raises(FleetError, match=rf"The role arn:aws:iam::{MEMBER}:role/Strange cannot be assumed"):
        CellCredentials(caller).session(cell("Strange"))


def test_a_region_that_is_not_enabled_is_said_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    with LocalAws.start(behaviour=Behaviour(disabled_region="eu-south-1")) as aws:
        for name, value in aws.environment(MANAGEMENT, "eu-west-1").items():
            monkeypatch.setenv(name, value)
        make_role(aws, "Reader", trusts=MANAGEMENT)
        disabled = replace(cell(), region=FleetRegion("eu-south-1", "eu-south-1"))
        said = f"eu-south-1 does not accept credentials of the account {MEMBER}, so the region is not enabled there"
        with pytest.raises(FleetError, match=said):
            CellCredentials(boto3.Session()).session(disabled)


def test_without_a_role_the_callers_account_must_be_meant(local_aws: LocalAws, caller: boto3.Session) -> None:
    assert local_aws.endpoint_url
    assert CellCredentials(caller).variables(cell(None, MANAGEMENT), {})["AWS_ACCESS_KEY_ID"] == MANAGEMENT
    with pytest.raises(FleetError, match=f"credentials are of the account {MANAGEMENT}"):
        CellCredentials(caller).session(cell(None))
