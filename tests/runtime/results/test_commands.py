"""``compliance-tf results`` as people and pipelines use it, on local AWS."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from compliance_runtime.check import Compliance, Severity
from compliance_runtime.recording.table_schema import Resource
from compliance_tf.cli.main import app
from compliance_tf.errors import ComplianceError
from compliance_tf.results.place import ResultsPlace
from tests.runtime.local.accounts import Account
from tests.runtime.results.builders import REGION, bucket, counts, result, rule, waiver
from tests.runtime.results.table import WrittenTable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from click.testing import Result as Run

    from compliance_tf.local import LocalAws

DEPLOYMENT = ("--workspace", "dev", "--project", "acme", "--region", REGION)
TODAY = datetime.now(UTC)
EVIL = "=HYPERLINK(1)"


@pytest.fixture(scope="module")
def account(local_aws: LocalAws) -> Account:
    """An account with some results: two open violations, one waived, one whose waiver expired, two that comply."""
    account = Account(local_aws, REGION, "111122223333")
    table = WrittenTable.create(account.client("dynamodb"), ResultsPlace("acme", "dev", REGION, "acme-dev-results"))
    group = Resource(account.number, REGION, "AWS::EC2::SecurityGroup", "sg-1")
    queue = Resource(account.number, REGION, "AWS::SQS::Queue", f"https://sqs.{REGION}.amazonaws.com/1/jobs")
    table.put(
        [
            result("tls", reason="The policy allows requests without TLS."),
            result("tags", severity=Severity.LOW, reason=EVIL),
            result("tls", bucket("exports"), waiver=waiver((TODAY + timedelta(days=9)).date())),
            result("ssh", group, severity=Severity.MEDIUM, waiver=waiver((TODAY - timedelta(days=9)).date())),
            result("tls", bucket("tidy"), Compliance.COMPLIANT),
            result("tags", queue, Compliance.COMPLIANT, severity=Severity.LOW),
        ],
        rules=[
            rule("tls", Severity.HIGH, "cis", "hipaa", identifier="bucket-tls-only"),
            rule("tags", Severity.LOW, identifier="required-tags"),
            rule("ssh", Severity.MEDIUM, "cis", identifier="INCOMING_SSH_DISABLED"),
        ],
        days=[
            counts_on(TODAY - timedelta(days=8), 5),
            counts_on(TODAY - timedelta(days=1), 2),
        ],
        history=[result("tls", days=40), result("tls", days=50, compliance=Compliance.COMPLIANT)],
    )
    return account


def counts_on(day: datetime, non_compliant: int) -> Any:
    return replace(counts(0, non_compliant), day=day.date(), compared_at=day)


@pytest.fixture(autouse=True)
def variables(account: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """Lead boto3 to the account; no other profile may be in the way."""
    variables = account.aws.environment(account.number, REGION)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return variables


def run(*arguments: str, code: int = 0) -> Run:
    ran = CliRunner().invoke(app, ["results", *arguments, *DEPLOYMENT])
    if isinstance(ran.exception, ComplianceError):
        raise ran.exception
    assert ran.exit_code == code, (ran.output, ran.exception)
    return ran


def listed(*arguments: str) -> list[tuple[str, str, str]]:
    """The status, rule and resource of each row, in their order."""
    rows = json.loads(run("list", *arguments, "--format", "json").stdout)
    return [(row["status"], row["rule"], row["resource"]["id"]) for row in rows]


def test_a_list_has_all_violations_the_worst_first_and_says_which_are_waived() -> None:
    assert listed() == [
        ("waived", "tls", "exports"),
        ("non-compliant", "tls", "logs"),
        ("non-compliant", "ssh", "sg-1"),
        ("non-compliant", "tags", "logs"),
    ]


@pytest.mark.parametrize(
    ("options", "found"),
    [
        (("--rule", "tls"), ["exports", "logs"]),
        (("--rule", "acme-dev-tls", "--status", "compliant"), ["tidy"]),
        (("--pack", "hipaa"), ["exports", "logs"]),
        (("--pack", "cis", "--status", "non-compliant"), ["logs", "sg-1"]),
        (("--severity", "medium", "--severity", "LOW"), ["sg-1", "logs"]),
        (("--type", "AWS::S3::Bucket", "--status", "waived"), ["exports"]),
        (("--resource", "arn:aws:s3:::logs"), ["logs", "logs"]),
        (("--resource", "logs", "--severity", "high"), ["logs"]),
        (("--status", "closed", "--resource", "logs"), []),
        (("--since", "1h"), []),
        (("--since", "2020-01-01", "--limit", "2"), ["exports", "logs"]),
    ],
)
def test_filters_limit_a_list(options: tuple[str, ...], found: list[str]) -> None:
    assert [resource for _, _, resource in listed(*options)] == found


def test_a_list_in_a_pipe_has_one_line_for_each_result_and_says_on_the_other_stream_how_many() -> None:
    ran = run("list", "--limit", "3")

    heading, *lines = ran.stdout.splitlines()
    assert heading.split() == ["Severity", "Status", "Rule", "Type", "Resource", "Since", "Reason"]
    assert [line.split()[:5] for line in lines] == [
        ["HIGH", "waived", "tls", "AWS::S3::Bucket", "exports"],
        ["HIGH", "non-compliant", "tls", "AWS::S3::Bucket", "logs"],
        ["MEDIUM", "non-compliant", "ssh", "AWS::EC2::SecurityGroup", "sg-1"],
    ]
    assert "SEC-214, team-data: Gone in spring." in lines[0]
    assert "waiver expired on" in lines[2]
    assert "3 results: 2 non-compliant, 1 waived. There are more: --limit 0" in ran.stderr


def test_a_cell_of_csv_is_never_a_formula() -> None:
    rows = list(csv.DictReader(io.StringIO(run("list", "--format", "csv").stdout)))

    assert [row["reason"] for row in rows if row["rule"] == "tags"] == [f"'{EVIL}"]
    assert {row["waiver_ticket"] for row in rows if row["status"] == "waived"} == {"SEC-214"}


@pytest.mark.parametrize(
    ("command", "severity", "code"),
    [
        (("list",), "critical", 0),
        (("list",), "high", 2),
        # What is beyond the limit counts, and what is waived does not.
        (("list", "--limit", "1"), "high", 2),
        (("list", "--resource", "exports"), "low", 0),
        (("summary",), "critical", 0),
        (("summary",), "medium", 2),
    ],
)
def test_open_violations_fail_a_pipeline_from_a_severity_on(command: tuple[str, ...], severity: str, code: int) -> None:
    run(*command, "--fail-on", severity, code=code)


def test_the_summary_counts_each_result_once_and_waived_ones_apart() -> None:
    said = json.loads(run("summary", "--format", "json").stdout)

    assert (said["compliant"], said["nonCompliant"], said["waived"], said["score"]) == (2, 3, 1, 0.4)
    severities = {one["severity"]: (one["compliant"], one["nonCompliant"], one["waived"]) for one in said["severities"]}
    assert severities == {"CRITICAL": (0, 0, 0), "HIGH": (1, 1, 1), "MEDIUM": (0, 1, 0), "LOW": (1, 1, 0)}
    assert {one["rule"]: one["score"] for one in said["rules"]} == {"tls": 0.5, "ssh": 0.0, "tags": 0.5}
    assert [(one["pack"], one["nonCompliant"]) for one in said["packs"]] == [("cis", 2), ("hipaa", 1)]
    assert {one["resourceType"]: (one["nonCompliant"], one["waived"]) for one in said["resourceTypes"]} == {
        "AWS::S3::Bucket": (2, 1),
        "AWS::EC2::SecurityGroup": (1, 0),
    }


def test_the_summary_compares_with_the_last_comparison_before_a_week_ago() -> None:
    said = json.loads(run("summary", "--format", "json").stdout)

    assert (said["nonCompliant7DaysAgo"], said["nonCompliant30DaysAgo"]) == (5, None)
    assert [day["nonCompliant"] for day in said["days"]] == [5, 2]


def test_results_without_a_command_are_the_summary() -> None:
    text = CliRunner().invoke(app, ["results", *DEPLOYMENT]).stdout

    assert "Score 40.0 %  2 compliant, 3 non-compliant, 1 waived" in text
    assert text.index("CRITICAL") < text.index("HIGH") < text.index("MEDIUM") < text.index("LOW")
    assert "AWS::S3::Bucket" in text


@pytest.mark.parametrize(
    ("named", "found"),
    [
        ("logs", "AWS::S3::Bucket"),
        ("arn:aws:s3:::logs", "AWS::S3::Bucket"),
        (f"arn:aws:ec2:{REGION}:111122223333:security-group/sg-1", "AWS::EC2::SecurityGroup"),
    ],
)
def test_a_resource_is_found_by_its_id_or_arn(named: str, found: str) -> None:
    said = json.loads(run("resource", named, "--format", "json").stdout)

    assert said["resource"]["type"] == found


def test_a_resource_is_shown_with_all_its_rules_and_its_history_the_newest_change_first() -> None:
    said = json.loads(run("resource", "logs", "--format", "json").stdout)
    text = run("resource", "logs", "--changes", "1").stdout

    assert [(one["rule"], one["status"]) for one in said["results"]] == [
        ("tls", "non-compliant"),
        ("tags", "non-compliant"),
    ]
    assert [one["compliance"] for one in said["history"]] == ["NON_COMPLIANT", "COMPLIANT"]
    assert "The policy allows requests without TLS." in text
    assert text.count("→") == 1
    assert "1 earlier change; --changes 2 shows all." in text


def test_what_no_rule_judged_is_said_to_be_unknown_with_what_works() -> None:
    with pytest.raises(ComplianceError, match=r"knows a resource 'nobody'.*the id that AWS Config shows"):
        run("resource", "nobody")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--rule", "tsl"), "No rule of this deployment is called 'tsl'. Did you mean tls?"),
        (("--pack", "hippa"), "No pack of this deployment is called 'hippa'. Did you mean hipaa?"),
        (("--since", "yesterday"), "--since 'yesterday' is not a time: give 12h, 7d, 2w or a date"),
        (("--status", "closed"), "Closed results are in no index of the table: ask for those of one resource."),
        (("--table", "a b"), "--table 'a b' cannot be one"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_a_way_out(options: tuple[str, ...], message: str) -> None:
    with pytest.raises(ComplianceError) as raised:
        run("list", *options)
    assert message in str(raised.value)


def test_a_restored_table_is_read_by_its_name(account: Account) -> None:
    name = "restored"
    table = WrittenTable.create(account.client("dynamodb"), ResultsPlace("acme", "dev", REGION, name))
    table.put([result("tls", bucket("old"))])

    assert listed("--table", name) == [("non-compliant", "tls", "old")]


def test_who_may_not_query_is_shown_which_permission_to_ask_for(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = account.client("iam").create_user(UserName="nobody")["User"]["UserName"]
    key = account.client("iam").create_access_key(UserName=user)["AccessKey"]
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", key["AccessKeyId"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", key["SecretAccessKey"])

    with pytest.raises(ComplianceError, match=r"allow them dynamodb:Query.*results-policy\.json"):
        run("list")


RECORD = """
def handler(event, context):
    assert event == {"action": "reconcile"}, event
    return {"checked": 1200, "written": 3, "closed": 0, "left": 0}
"""
LARGE = RECORD.replace('"left": 0', '"left": 2')
FAILING = """
def handler(event, context):
    raise RuntimeError("2 of 3 rules were not compared: acme-dev-tls.")
"""


def test_a_reconciliation_prints_its_counts_or_the_reason_of_its_failure(local_aws: LocalAws) -> None:
    for project, source in (("acme", RECORD), ("large", LARGE), ("broken", FAILING)):
        Account(local_aws, REGION, "111122223333").function(f"{project}-dev-record", source)

    assert run("reconcile").stdout == "The table was compared with AWS Config: 1,200 checked, 3 written.\n"
    large = CliRunner().invoke(app, ["results", "reconcile", "-w", "dev", "--project", "large", "--region", REGION])
    assert large.stdout.endswith("3 written. 2 rules were left: the function goes on with them every hour.\n")
    with pytest.raises(ComplianceError, match=r"did not compare everything: 2 of 3 rules were not compared"):
        CliRunner().invoke(
            app,
            ["results", "reconcile", "-w", "dev", "--project", "broken", "--region", REGION],
            catch_exceptions=False,
        )
    with pytest.raises(ComplianceError, match=r"no function none-dev-record in eu-central-1: deploy first"):
        CliRunner().invoke(
            app,
            ["results", "reconcile", "-w", "dev", "--project", "none", "--region", REGION],
            catch_exceptions=False,
        )


def command(*arguments: str) -> list[str]:
    return [str(Path(sys.executable).with_name("compliance-tf")), "results", *arguments, *DEPLOYMENT]


def test_the_command_itself_ends_with_the_code_and_one_line_of_error(variables: dict[str, str]) -> None:
    environment = {**os.environ, **variables}

    def ends(*arguments: str) -> tuple[int, str]:
        ran = subprocess.run(command(*arguments), env=environment, capture_output=True, text=True, check=False)
        return ran.returncode, ran.stderr

    assert ends("list", "--fail-on", "high")[0] == 2
    code, said = ends("list", "--rule", "tsl")
    assert (code, said.count("\n"), said.startswith("error: No rule")) == (1, 1, True)


def test_watching_prints_what_comes_and_goes_until_it_is_interrupted(
    account: Account, variables: dict[str, str]
) -> None:
    client = account.client("dynamodb")
    table = WrittenTable.create(client, ResultsPlace("acme", "dev", REGION, "watched"))
    table.put([result("tls", bucket("old"))])
    environment = {**os.environ, **variables}
    line = command("watch", "--table", "watched", "--every", "1")
    # A test run in the background ignores interrupts, and so would what it starts.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with subprocess.Popen(line, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("1 violation in the table watched")
        table.put([result("tls", bucket("new"), reason="No TLS.")])
        came = process.stdout.readline()
        table.put([result("tls", bucket("old"), Compliance.COMPLIANT)])
        went = process.stdout.readline()
        process.send_signal(signal.SIGINT)
        code = process.wait(timeout=20)

    assert came.rstrip().endswith("new HIGH tls AWS::S3::Bucket new No TLS.")
    assert went.rstrip().endswith("ended HIGH tls AWS::S3::Bucket old")
    assert code == 0
