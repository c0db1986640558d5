"""Names of resources and of the account, from AWS Config and IAM as local AWS has them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from compliance_runtime.recording.table_schema import Resource
from compliance_tf.cli.main import app
from compliance_tf.results.place import ResultsPlace
from tests.runtime.local.accounts import Account, eventually
from tests.runtime.results.builders import REGION, result, rule
from tests.runtime.results.table import WrittenTable

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result as Run

    from compliance_tf.local import LocalAws

GROUP = "AWS::EC2::SecurityGroup"
NUMBER = "111122224455"


@pytest.fixture(scope="module")
def group(local_aws: LocalAws) -> tuple[Account, str]:
    """An account called acme-production, and a recorded security group called web with a violation."""
    account = Account(local_aws, REGION, NUMBER).with_recorder()
    account.client("iam").create_account_alias(AccountAlias="acme-production")
    group = account.security_group("web")
    eventually("the group is recorded", lambda: account.items(GROUP, group))
    table = WrittenTable.create(account.client("dynamodb"), ResultsPlace("acme", "dev", REGION, "acme-dev-results"))
    deleted = Resource(NUMBER, REGION, GROUP, "sg-deleted")
    table.put([result("ssh", Resource(NUMBER, REGION, GROUP, group)), result("ssh", deleted)], rules=[rule("ssh")])
    return account, group


@pytest.fixture(autouse=True)
def variables(group: tuple[Account, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in group[0].aws.environment(NUMBER, REGION).items():
        monkeypatch.setenv(name, value)


def run(*arguments: str) -> Run:
    ran = CliRunner().invoke(app, [*arguments, "--workspace", "dev", "--project", "acme", "--region", REGION])
    assert ran.exit_code == 0, (ran.output, ran.exception)
    return ran


def exported(*options: str) -> dict[str, dict[str, str | None]]:
    lines = run("results", "export", "--format", "jsonl", *options).stdout.splitlines()
    return {line["resource"]["id"]: line["resource"] for line in map(json.loads, lines)}


def test_an_export_has_the_names_of_what_is_recorded_and_the_rows_of_what_is_deleted(
    group: tuple[Account, str],
) -> None:
    _, id_ = group
    resources = exported()

    assert resources[id_]["name"] == "web"
    assert resources[id_]["arn"] == f"arn:aws:ec2:{REGION}:{NUMBER}:security-group/{id_}"
    assert resources["sg-deleted"]["name"] is None
    assert {one["accountName"] for one in resources.values()} == {"acme-production"}


def test_a_given_account_name_beats_the_alias_and_no_names_asks_nobody(group: tuple[Account, str]) -> None:
    _, id_ = group
    resource = exported("--no-names", "--account-name", "Production")[id_]

    assert (resource["name"], resource["arn"], resource["accountName"]) == (None, None, "Production")


def test_a_list_and_a_resource_show_the_name_beside_the_id(group: tuple[Account, str]) -> None:
    _, id_ = group

    assert f"{id_} (web)" in run("results", "list").stdout
    shown = run("results", "resource", id_).stdout
    assert ("\nweb\n" in shown, f"{NUMBER} (acme-production)" in shown) == (True, True)


def test_who_may_not_ask_aws_config_gets_the_report_and_is_shown_what_is_missing(
    group: tuple[Account, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    account, _ = group
    iam = account.client("iam")
    iam.create_user(UserName="reader")
    statement = {"Effect": "Allow", "Action": "dynamodb:Query", "Resource": "*"}
    iam.put_user_policy(
        UserName="reader",
        PolicyName="reader",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )
    key = iam.create_access_key(UserName="reader")["AccessKey"]
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", key["AccessKeyId"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", key["SecretAccessKey"])

    ran = run("report", "--output", str(tmp_path / "report.html"))

    assert "2 results" in ran.stdout
    assert "Without the names of resources" in ran.stderr
    assert "config:SelectResourceConfig" in ran.stderr
