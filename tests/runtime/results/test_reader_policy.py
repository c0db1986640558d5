"""The policy of the documentation is enough for every command, and no statement of it is too much."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from compliance_runtime.recording.table_schema import Resource
from compliance_tf.cli.main import app
from compliance_tf.results.boto_errors import POLICY_FILE
from compliance_tf.results.place import ResultsPlace
from compliance_tf.results.reader_policy import policy_text, reader_policy
from tests.repository import REPOSITORY
from tests.runtime.local.accounts import Account
from tests.runtime.results.builders import BUCKET, REGION, result, rule
from tests.runtime.results.table import WrittenTable

if TYPE_CHECKING:
    from compliance_tf.local import LocalAws

_users = itertools.count()
NUMBER = "111122223344"
COMMANDS = {
    "ReadResults": (
        ["summary"],
        ["list"],
        ["list", "--type", "AWS::S3::Bucket"],
        ["list", "--rule", "tls"],
        ["resource", "logs", "--type", "AWS::S3::Bucket"],
    ),
    "Reconcile": (["reconcile"],),
}


@pytest.fixture(scope="module")
def account(local_aws: LocalAws) -> Account:
    account = Account(local_aws, REGION, NUMBER)
    table = WrittenTable.create(account.client("dynamodb"), ResultsPlace("acme", "dev", REGION, "acme-dev-results"))
    table.put([result("tls", Resource(NUMBER, REGION, BUCKET, "logs"))], rules=[rule("tls")])
    account.function("acme-dev-record", "def handler(event, context):\n    return {'checked': 1}\n")
    return account


def run_as(account: Account, monkeypatch: pytest.MonkeyPatch, policy: object, command: list[str]) -> bool:
    """Return whether somebody with this policy alone can run a command."""
    iam = account.client("iam")
    user = f"reader-{next(_users)}"
    iam.create_user(UserName=user)
    iam.put_user_policy(UserName=user, PolicyName="reader", PolicyDocument=json.dumps(policy))
    key = iam.create_access_key(UserName=user)["AccessKey"]
    for name, value in account.aws.environment(account.number, REGION).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", key["AccessKeyId"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", key["SecretAccessKey"])
    monkeypatch.setattr("boto3.DEFAULT_SESSION", None)
    line = ["results", *command, "--workspace", "dev", "--project", "acme", "--region", REGION]
    ran = CliRunner().invoke(app, line)
    assert ran.exit_code == 0 or "allow them" in str(ran.exception), ran.exception
    return ran.exit_code == 0


def test_the_policy_of_the_documentation_is_the_one_that_is_tested() -> None:
    assert (REPOSITORY / POLICY_FILE).read_text() == policy_text(), "run make docs"


@pytest.mark.parametrize(
    ("sid", "command"), [(sid, command) for sid, commands in COMMANDS.items() for command in commands]
)
def test_a_command_takes_its_statement_and_no_other(
    account: Account, monkeypatch: pytest.MonkeyPatch, sid: str, command: list[str]
) -> None:
    policy = reader_policy(NUMBER)
    needed = [statement for statement in policy["Statement"] if statement["Sid"] == sid]
    others = [statement for statement in policy["Statement"] if statement["Sid"] != sid]

    assert run_as(account, monkeypatch, {**policy, "Statement": needed}, command)
    assert not run_as(account, monkeypatch, {**policy, "Statement": others}, command)


def test_a_policy_for_one_deployment_does_not_open_another_one(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run_as(account, monkeypatch, reader_policy(NUMBER, "acme-dev", REGION), ["list"])
    assert not run_as(account, monkeypatch, reader_policy(NUMBER, "acme-prod", REGION), ["list"])
