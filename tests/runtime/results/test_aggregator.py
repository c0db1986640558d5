"""An aggregator of AWS Config gives the same views, and says what it does not have."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from compliance_tf.cli.main import app
from tests.runtime.local.accounts import Account, eventually

if TYPE_CHECKING:
    from pathlib import Path

    from compliance_tf.local import LocalAws

REGION = "eu-west-1"
OPEN = 12


@pytest.fixture(scope="module")
def accounts(local_aws: LocalAws) -> list[Account]:
    """Two accounts with buckets, of which the first one's have no versions, and an aggregator of both and a third."""
    accounts = [Account(local_aws, REGION) for _ in range(2)]
    for account in accounts:
        account.with_recorder()
        account.managed_rule("acme-dev-versions", "S3_BUCKET_VERSIONING_ENABLED")
        account.managed_rule("securityhub-other-rule-1", "S3_BUCKET_VERSIONING_ENABLED")
    for number in range(OPEN):
        accounts[0].bucket(f"open-{number:02}-{accounts[0].number}")
    name = f"tidy-{accounts[1].number}"
    accounts[1].bucket(name)
    accounts[1].client("s3").put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    accounts[0].config.put_configuration_aggregator(
        ConfigurationAggregatorName="all",
        AccountAggregationSources=[
            {"AccountIds": [*(account.number for account in accounts), "999999999999"], "AwsRegions": [REGION]}
        ],
    )
    eventually("all is evaluated", lambda: len(accounts[0].verdicts("acme-dev-versions")) == OPEN)
    eventually("the tidy bucket complies", lambda: accounts[1].verdicts("acme-dev-versions").get(name) == "COMPLIANT")
    return accounts


@pytest.fixture
def run(accounts: list[Account], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    for name, value in accounts[0].aws.environment(accounts[0].number, REGION).items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    return lambda *command: CliRunner().invoke(app, [*command, "--aggregator", "all"])


def test_a_summary_has_all_accounts_and_names_the_source_that_failed(run: Any, accounts: list[Account]) -> None:
    done = run("results", "summary", "--project", "acme", "--workspace", "dev", "--format", "json")
    assert done.exit_code == 1, done.output
    found = json.loads(done.stdout)
    assert (found["nonCompliant"], found["compliant"], found["waived"]) == (OPEN, 1, 0)
    assert [rule["rule"] for rule in found["rules"]] == ["versions"]
    assert {one["account"]: one["nonCompliant"] for one in found["places"]} == {
        accounts[0].number: OPEN,
        accounts[1].number: 0,
    }
    assert "neither waivers nor history" in done.stderr
    assert f"missing: 999999999999 {REGION}: AWS Config is not turned on in the source." in done.stderr


def test_a_list_has_the_rules_of_others_as_well_page_by_page(run: Any, accounts: list[Account]) -> None:
    done = run("results", "list", "--account", accounts[0].number, "--limit", "0", "--format", "json")
    assert done.exit_code == 0, done.output
    rows = json.loads(done.stdout)
    assert len(rows) == 2 * OPEN
    assert {row["rule"] for row in rows} == {"acme-dev-versions", "securityhub-other-rule-1"}
    assert {row["resource"]["account"] for row in rows} == {accounts[0].number}


def test_an_aggregator_that_is_not_there_is_named(run: Any) -> None:
    done = CliRunner().invoke(app, ["results", "list", "--aggregator", "none"])
    assert "There is no aggregator none in eu-west-1" in str(done.exception)
    assert "neither" in str(run("results", "list", "--workspace", "dev").exception)
