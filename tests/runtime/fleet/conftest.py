"""A fleet of results tables in accounts of their own, one of which lets nobody in."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from compliance_runtime.check import Compliance, Severity
from compliance_runtime.recording.table_schema import Resource
from compliance_tf.results.place import ResultsPlace
from tests.runtime.local.accounts import Account, eventually
from tests.runtime.results.builders import BUCKET, counts, result, rule
from tests.runtime.results.table import WrittenTable

if TYPE_CHECKING:
    from pathlib import Path

    from compliance_tf.local import LocalAws

CALLER = "000000000001"
FIRST, SECOND, CLOSED = "600000000001", "600000000002", "600000000003"
REGIONS = ("eu-central-1", "us-east-1")
ROLE = "Reader"
GROUP = "AWS::EC2::SecurityGroup"


def make_role(aws: LocalAws, account: str, trusts: str = CALLER) -> None:
    trust = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{trusts}:root"}, "Action": "sts:AssumeRole"}
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    iam = aws.client("iam", account=account)
    iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=_policy(trust))
    iam.put_role_policy(RoleName=ROLE, PolicyName="all", PolicyDocument=_policy(everything))


def _policy(statement: dict[str, object]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def fill(aws: LocalAws, account: str, region: str, open_violations: int, *more: Resource) -> None:
    """Make a cell's table, with so many violations and more, and one that complies."""
    place = ResultsPlace("acme", "dev", region, "acme-dev-results")
    table = WrittenTable.create(aws.client("dynamodb", account=account, region=region), place)

    def bucket(name: str) -> Resource:
        return Resource(account, region, BUCKET, name)

    today = replace(
        counts(0, open_violations + len(more), compliant=1), day=datetime.now(UTC).date(), compared_at=datetime.now(UTC)
    )
    table.put(
        [
            *(result("tls", bucket(f"open-{number}")) for number in range(open_violations)),
            *(result("tls", one) for one in more),
            result("tls", bucket("tidy"), Compliance.COMPLIANT),
        ],
        rules=[rule("tls", Severity.HIGH, "cis", identifier="bucket-tls-only")],
        days=[today],
    )


@pytest.fixture(scope="module")
def fleet_file(local_aws: LocalAws, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fleet of five cells: four with tables, of which one has 120 violations, and one that is closed."""
    make_role(local_aws, FIRST)
    make_role(local_aws, SECOND)
    make_role(local_aws, CLOSED, trusts="999999999999")
    known = Account(local_aws, REGIONS[0], FIRST).with_recorder()
    known.client("iam").create_account_alias(AccountAlias="acme-first")
    id_ = known.security_group("web")
    known.client("ec2").create_tags(Resources=[id_], Tags=[{"Key": "team", "Value": "a"}])
    eventually("the group is recorded", lambda: known.items(GROUP, id_))
    fill(local_aws, FIRST, REGIONS[0], 0, Resource(FIRST, REGIONS[0], GROUP, id_))
    for account, region, number in (
        (FIRST, REGIONS[1], 120),
        (SECOND, REGIONS[0], 2),
        (SECOND, REGIONS[1], 0),
    ):
        fill(local_aws, account, region, number)
    groups = [
        {"name": "open", "workspace": "dev", "regions": REGIONS, "accounts": [FIRST, SECOND]},
        {"name": "closed", "workspace": "dev", "regions": REGIONS[:1], "accounts": [CLOSED]},
    ]
    path = tmp_path_factory.mktemp("fleet") / "fleet.yaml"
    path.write_text(json.dumps({"role": ROLE, "groups": groups}))
    return path


@pytest.fixture
def as_caller(local_aws: LocalAws, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Credentials of the caller's account, in a folder without an app."""
    for name, value in local_aws.environment(CALLER, REGIONS[0]).items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
