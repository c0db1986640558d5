"""The item of a resource that exists, however long ago it was recorded."""

from __future__ import annotations

import pytest

from compliance_runtime.checks import load_check
from compliance_runtime.parameters import NoParameters
from compliance_tf.checks import run
from compliance_tf.checks.run import CheckRun
from compliance_tf.errors import ComplianceError
from tests.aws_config import AwsConfig

BUCKET = "AWS::S3::Bucket"


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> AwsConfig:
    account = AwsConfig()
    monkeypatch.setattr(run, "_clients_in", lambda _: {"config": account.client}.__getitem__)
    return account


RUN = CheckRun(load_check("bucket-tls-only"), NoParameters())


@pytest.mark.parametrize("days_ago", [0, 8, 700])
def test_it_is_found_in_two_calls(account: AwsConfig, days_ago: int) -> None:
    account.record("logs", days_ago=days_ago, team="data")

    item = RUN.live_item(BUCKET, "logs")

    assert (item.resource_id, item.tags) == ("logs", {"team": "data"})
    assert account.calls == {"SelectResourceConfig": 1, "GetResourceConfigHistory": 1}


@pytest.mark.parametrize("code", ["AccessDeniedException", "InvalidExpressionException"])
def test_without_queries_it_is_found_week_by_week(account: AwsConfig, code: str) -> None:
    account.record("logs", days_ago=22)
    account.refusing["SelectResourceConfig"] = code

    assert RUN.live_item(BUCKET, "logs").resource_id == "logs"
    assert account.calls["GetResourceConfigHistory"] == 4


@pytest.mark.usefixtures("account")
@pytest.mark.parametrize("resource_type", [BUCKET, "AWS::Logs::LogGroup"])
def test_what_was_never_recorded_is_said_to_be_unknown(resource_type: str) -> None:
    with pytest.raises(ComplianceError, match=f"AWS Config knows no {resource_type} logs"):
        RUN.live_item(resource_type, "logs")


def test_an_error_is_not_taken_for_an_unknown_resource(account: AwsConfig) -> None:
    account.record("logs", days_ago=22)
    account.refusing["GetResourceConfigHistory"] = "AccessDeniedException"

    with pytest.raises(account.client.exceptions.ClientError, match="AccessDenied"):
        RUN.live_item(BUCKET, "logs")
