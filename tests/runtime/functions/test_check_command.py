"""``compliance-tf check --from-account`` asks an account."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from compliance_tf.checks.run import _clients_in
from compliance_tf.cli.main import app
from tests.runtime.local.accounts import Account, eventually

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compliance_tf.local import LocalAws


@pytest.fixture
def account(local_aws: LocalAws, monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    """An account, to which boto3 is led; a process keeps the clients of the first one."""
    account = Account(local_aws).with_recorder()
    for name, value in local_aws.environment(account.number, account.region).items():
        monkeypatch.setenv(name, value)
    _clients_in.cache_clear()
    yield account
    _clients_in.cache_clear()


def check(*arguments: str) -> tuple[int, str]:
    """Run the command: exit code and output."""
    ran = CliRunner().invoke(app, ["check", *arguments], catch_exceptions=False)
    return ran.exit_code, ran.output


def test_a_live_resource_is_judged_as_aws_config_recorded_it(account: Account) -> None:
    group = account.security_group("web")
    eventually("an item", lambda: account.items("AWS::EC2::SecurityGroup", group))
    live = ("security-group-ingress", "--from-account", "--type", "AWS::EC2::SecurityGroup", "--id")
    assert check(*live, group)[0] == 0

    account.client("ec2").authorize_security_group_ingress(
        GroupId=group, IpProtocol="tcp", FromPort=22, ToPort=22, CidrIp="0.0.0.0/0"
    )
    eventually("a second item", lambda: len(account.items("AWS::EC2::SecurityGroup", group)) > 1)
    code, output = check(*live, group)
    assert (code, "tcp 22 open to 0.0.0.0/0" in output) == (2, True), output

    code, output = check(*live, "sg-unknown")
    assert (code, "AWS Config knows no AWS::EC2::SecurityGroup sg-unknown" in output) == (1, True), output


def test_a_periodic_check_judges_what_it_finds(account: Account) -> None:
    account.client("logs").create_log_group(logGroupName="/aws/lambda/kept-for-ever")

    code, output = check("log-group-retention", "--from-account")

    assert (code, "/aws/lambda/kept-for-ever" in output) == (2, True), output
    account.client("logs").put_retention_policy(logGroupName="/aws/lambda/kept-for-ever", retentionInDays=30)
    assert check("log-group-retention", "--from-account")[0] == 0


def test_what_an_endpoint_does_not_serve_is_said_in_one_sentence(account: Account) -> None:
    bucket = "acme-open"
    s3 = account.client("s3")
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": account.region})
    s3.delete_public_access_block(Bucket=bucket)
    statement = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{bucket}/*"}
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    eventually("its policy", lambda: "s3:GetObject" in str(account.items("AWS::S3::Bucket", bucket)))
    live = ("--from-account", "--type", "AWS::S3::Bucket", "--id", bucket)

    code, output = check("bucket-public-access", *live)

    # The local AWS is called by its address, without the account before it, and has no S3 Control.
    assert code == 1, output
    assert output.startswith("error: a lookup of the check failed: ")
    assert len(output.splitlines()) == 1
