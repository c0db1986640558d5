"""``compliance-tf check`` on saved items, and ``compliance-tf new check``."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import EndpointConnectionError
from typer.testing import CliRunner

from compliance_tf.cli.main import app
from compliance_tf.testing import ACCOUNT, config_event, event_item, history_item, oversized_event
from tests.repository import REPOSITORY

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

TAGS = {"tags": {"owner": []}}


class CommandLine:
    """A folder of a user, and what he types there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def save(self, name: str, content: Any) -> str:
        """Save JSON, or a text as it is."""
        text = content if isinstance(content, str) else json.dumps(content, default=str)
        (self.folder / name).write_text(text)
        return name

    def run(self, *arguments: str, stdin: str | None = None) -> Result:
        return CliRunner().invoke(app, list(arguments), input=stdin)

    def judge(self, item: Any, *more: str, parameters: Any = TAGS) -> Result:
        """Run required-tags on an item."""
        return self.run(
            *("check", "required-tags", "--item", self.save("item.json", item)),
            *("--parameters", self.save("parameters.json", parameters), *more),
        )


@pytest.fixture
def line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    monkeypatch.chdir(tmp_path)
    return CommandLine(tmp_path)


@pytest.mark.parametrize(
    ("item", "code", "said"),
    [
        (event_item(tags={"owner": "ops"}), 0, "COMPLIANT"),
        (event_item(), 2, "NON_COMPLIANT   AWS::S3::Bucket logs: Missing: owner."),
        (event_item(status="ResourceDeleted", configuration=None), 0, "NOT_APPLICABLE"),
        (event_item(status="ResourceNotRecorded"), 0, "not recorded any more"),
    ],
)
def test_the_exit_code_is_the_verdict(line: CommandLine, item: dict[str, Any], code: int, said: str) -> None:
    result = line.judge(item)

    assert (result.exit_code, said in result.output) == (code, True), result.output


@pytest.mark.parametrize(
    "form",
    [
        pytest.param(event_item(), id="an item of an event"),
        pytest.param(history_item(event_item()), id="an item of the history"),
        pytest.param(config_event(event_item()), id="an event of a custom rule"),
        pytest.param(json.loads(config_event(event_item())["invokingEvent"]), id="an invoking event"),
        pytest.param({"detail-type": "x", "detail": {"configurationItem": event_item()}}, id="an event of EventBridge"),
        pytest.param(
            {
                "configurationItems": [
                    history_item(event_item(tags={"owner": "ops"}, captured="2025-01-01T00:00:00Z")),
                    history_item(event_item()),
                    history_item(event_item(tags={"owner": "ops"}, captured="2025-02-01T00:00:00Z")),
                ]
            },
            id="an answer of the history, of which the newest counts",
        ),
    ],
)
def test_an_item_is_read_in_every_form_that_people_have_at_hand(line: CommandLine, form: dict[str, Any]) -> None:
    result = line.judge(form)

    assert (result.exit_code, "Missing: owner." in result.output) == (2, True), result.output


NUMERIC = history_item(event_item()) | {"configurationItemCaptureTime": 1772360430.456}
SELECTED = {
    "accountId": ACCOUNT,
    "arn": "arn:aws:s3:::logs",
    "awsRegion": "eu-central-1",
    "configuration": {"name": "logs"},
    "configurationItemCaptureTime": "2026-03-01T10:20:30.456Z",
    "configurationItemStatus": "OK",
    "resourceId": "logs",
    "resourceType": "AWS::S3::Bucket",
    "supplementaryConfiguration": {},
    "tags": [{"key": "stage", "value": "prod", "tag": "stage=prod"}],
}
NOTIFIED = {
    "configurationItemDiff": None,
    "configurationItem": event_item(),
    "messageType": "ConfigurationItemChangeNotification",
}
ENVELOPE = {"Type": "Notification", "TopicArn": "arn:aws:sns:x:1:config", "Message": json.dumps(NOTIFIED)}


@pytest.mark.parametrize(
    "form",
    [
        pytest.param({"configurationItems": [NUMERIC]}, id="a history with numeric times, by version 1 of the CLI"),
        pytest.param(
            {"fileVersion": "1.0", "configSnapshotId": "1", "configurationItems": [event_item()]}, id="a file of S3"
        ),
        pytest.param(
            {"baseConfigurationItems": [history_item(event_item())], "unprocessedResourceKeys": []}, id="a batch"
        ),
        pytest.param({"baseConfigurationItems": [NUMERIC]}, id="a batch with numeric times"),
        pytest.param({"Results": [json.dumps(SELECTED)], "QueryInfo": {"SelectFields": []}}, id="a select answer"),
        pytest.param(ENVELOPE, id="an SNS envelope"),
        pytest.param({"Records": [{"EventSource": "aws:sns", "Sns": ENVELOPE}]}, id="SNS to Lambda"),
        pytest.param({"Records": [{"body": json.dumps(ENVELOPE)}]}, id="SNS to SQS to Lambda"),
        pytest.param(NOTIFIED, id="a raw SNS message"),
        pytest.param(config_event(event_item()) | {"resultToken": "TESTMODE"}, id="a test event"),
        pytest.param([event_item()], id="a list"),
    ],
)
def test_an_item_is_read_in_the_forms_of_other_tools(line: CommandLine, form: Any) -> None:
    result = line.judge(form)

    assert (result.exit_code, "Missing: owner." in result.output) == (2, True), result.output


def test_a_compressed_file_of_s3_is_read(line: CommandLine) -> None:
    content = gzip.compress(json.dumps({"configurationItems": [event_item()]}).encode())
    (line.folder / "history.json.gz").write_bytes(content)
    tags = line.save("parameters.json", TAGS)

    result = line.run("check", "required-tags", "--item", "history.json.gz", "--parameters", tags)

    assert result.exit_code == 2, result.output


def test_of_a_snapshot_each_resource_is_judged_once_and_only_those_of_the_check(line: CommandLine) -> None:
    open_policy = {"BucketPolicy": {"policyText": None}}
    snapshot = {
        "configurationItems": [
            event_item(resource_id="a", supplementary=open_policy, captured="2026-01-01T00:00:00Z"),
            event_item(resource_id="a", status="ResourceDeleted", configuration=None),
            event_item(resource_id="b", supplementary=open_policy),
            event_item("AWS::EC2::Volume", "vol-1"),
        ]
    }

    result = line.run("check", "bucket-tls-only", "--format", "json", "--item", line.save("snapshot.json", snapshot))

    said = [json.loads(text) for text in result.stdout.splitlines()]
    assert [(one["resourceId"], one["compliance"]) for one in said] == [("a", "NOT_APPLICABLE"), ("b", "NON_COMPLIANT")]
    assert result.exit_code == 2


def test_many_files_and_folders_are_judged_at_once(line: CommandLine) -> None:
    (line.folder / "items" / "deep").mkdir(parents=True)
    line.save("items/a.json", event_item(resource_id="a"))
    line.save("items/deep/b.json", event_item(resource_id="b", tags={"owner": "ops"}))
    line.save("items/readme.txt", "no item")
    line.save("c.json", event_item(resource_id="c"))
    tags = line.save("parameters.json", TAGS)

    result = line.run(
        "check", "required-tags", "--item", "items", "--item", "c.json", "--parameters", tags, "--format", "json"
    )

    assert [json.loads(text)["resourceId"] for text in result.stdout.splitlines()] == ["a", "b", "c"]
    assert result.exit_code == 2


def test_a_file_that_cannot_be_read_is_named_and_the_others_are_judged(line: CommandLine) -> None:
    line.save("a.json", "{")
    line.save("b.json", event_item(tags={"owner": "ops"}))
    tags = line.save("parameters.json", TAGS)

    result = line.run("check", "required-tags", "--item", "a.json", "--item", "b.json", "--parameters", tags)

    assert result.exit_code == 1
    assert "a.json is not valid JSON" in result.output
    assert "COMPLIANT" in result.output


def test_a_folder_without_items_gives_no_verdict(line: CommandLine) -> None:
    (line.folder / "empty").mkdir()
    tags = line.save("parameters.json", TAGS)

    result = line.run("check", "required-tags", "--item", "empty", "--parameters", tags)

    assert result.exit_code == 1
    assert "empty holds no file" in result.output


def test_an_item_comes_from_standard_input_and_the_verdict_goes_out_as_json(line: CommandLine) -> None:
    bucket = event_item(supplementary={"BucketPolicy": {"policyText": None}})
    result = line.run("check", "bucket-tls-only", "--item", "-", "--format", "json", stdin=json.dumps(bucket))

    assert result.exit_code == 2
    said = json.loads(result.output)
    assert (said["resourceType"], said["resourceId"], said["compliance"]) == (
        "AWS::S3::Bucket",
        "logs",
        "NON_COMPLIANT",
    )
    assert "aws:SecureTransport" in said["reason"]


@pytest.mark.parametrize(
    "parameters", [TAGS, {"tags": '{"owner":[]}'}, {"tags": {"owner": ["ops", "dev"], "cost-centre": []}}]
)
def test_parameters_are_json_or_the_texts_of_a_rule(line: CommandLine, parameters: dict[str, Any]) -> None:
    good = event_item(tags={"owner": "ops", "cost-centre": "7"})

    assert line.judge(good, parameters=parameters).exit_code == 0
    assert line.judge(event_item(), parameters=parameters).exit_code == 2


def test_names_of_parameters_are_the_check_s_or_the_rule_s(line: CommandLine) -> None:
    group = event_item(
        "AWS::EC2::SecurityGroup",
        "sg-1",
        configuration={
            "ipPermissions": [
                {"ipProtocol": "tcp", "fromPort": 80, "toPort": 80, "ipv4Ranges": [{"cidrIp": "0.0.0.0/0"}]}
            ]
        },
    )
    item = line.save("item.json", group)

    for name in ("allowed_ports", "allowedPorts"):
        given = line.save("parameters.json", {name: ["80", "443"]})
        result = line.run("check", "security-group-ingress", "--item", item, "--parameters", given)
        assert result.exit_code == 0, result.output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["check"], "Missing argument"),
        (["check", "required-tags", "--itme", "x"], "No such option"),
        (["check", "required-tag", "--item", "item.json"], "Did you mean required-tags?"),
        (["check", "required-tags"], "either --item FILE or --from-account"),
        (["check", "required-tags", "--item", "item.json", "--from-account"], "either --item FILE or --from-account"),
        (["check", "required-tags", "--from-account", "--type", "AWS::S3::Bucket"], "belong together"),
        (["check", "required-tags", "--item", "item.json"], "tags is required"),
        (["check", "bucket-tls-only", "--item", "missing.json"], "missing.json cannot be read"),
        (["check", "bucket-tls-only", "--item", "broken.json"], "broken.json is not valid JSON"),
        (["check", "bucket-tls-only", "--item", "empty.json"], "empty.json holds no configuration item"),
        (["check", "bucket-tls-only", "--item", "oversized.json"], "get-resource-config-history"),
        (["check", "bucket-tls-only", "--item", "malformed.json"], "awsRegion must be a text"),
        (["check", "config-recorder", "--item", "item.json"], "is periodic"),
        (["check", "bucket-tls-only", "--from-account"], "name one with --type and --id"),
        (["check", "bucket-tls-only", "--item", "item.json", "--checks", "nowhere"], "the folder does not exist"),
    ],
)
def test_without_a_verdict_the_exit_code_is_1(line: CommandLine, arguments: list[str], message: str) -> None:
    line.save("item.json", event_item())
    line.save("broken.json", "{")
    line.save("empty.json", {})
    line.save("oversized.json", oversized_event())
    line.save("malformed.json", event_item() | {"awsRegion": 7})

    result = line.run(*arguments)

    assert (result.exit_code, message in " ".join(result.output.split())) == (1, True), result.output


def test_a_check_that_breaks_gives_no_verdict_but_its_traceback(line: CommandLine) -> None:
    broken = REPOSITORY / "tests" / "runtime" / "functions" / "own_checks"

    result = line.run(
        "check",
        "broken",
        "--item",
        line.save("item.json", event_item(resource_id="breaks-it")),
        "--checks",
        str(broken),
    )

    assert result.exit_code == 1
    assert "a mistake in the check" in result.output
    assert "broken.py" in result.output


def test_new_checks_pass_their_own_tests_and_can_be_run_at_once(line: CommandLine) -> None:
    """Of each kind, by one pytest: starting it takes most of the time."""
    kinds = {"bucket_names": [], "account_names": ["--periodic"], "queue_names": ["--type", "AWS::SQS::Queue"]}
    for name, options in kinds.items():
        result = line.run("new", "check", name.replace("_", "-"), *options)
        assert result.exit_code == 0, result.output

    test = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *(f"tests/test_{name}.py" for name in kinds)],
        cwd=line.folder,
        env={
            "PYTHONPATH": str(REPOSITORY),
            "PATH": "",
            "AWS_DEFAULT_REGION": "eu-west-1",
            # It needs no plugin, and importing those of this environment takes longer than its test.
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert test.returncode == 0, test.stdout + test.stderr


def test_a_new_check_judges_an_item_from_the_folder_that_is_there(line: CommandLine) -> None:
    line.run("new", "check", "names-of-buckets")
    item = line.save("item.json", event_item("AWS::S3::Bucket", "orders"))

    result = line.run("check", "names-of-buckets", "--item", item)

    assert (result.exit_code, "orders does not begin with acme-" in result.output) == (2, True), result.output


def test_nothing_that_exists_is_overwritten(line: CommandLine) -> None:
    (line.folder / "tests").mkdir()
    line.save("tests/test_mine.py", "precious")

    with pytest.raises(Exception, match=r"tests/test_mine\.py exists already"):
        CliRunner().invoke(app, ["new", "check", "mine"], catch_exceptions=False)
    assert not (line.folder / "checks").exists()
    assert (line.folder / "tests" / "test_mine.py").read_text() == "precious"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["Mine"], "lower-case words"),
        (["required-tags"], "ships a check"),
        (["mine", "--type", "Bucket"], "not a resource type"),
        (["mine", "--type", "AWS::S3::Buckt"], "Did you mean AWS::S3::Bucket"),
        (["mine", "--folder", "my-checks"], "Python name"),
    ],
)
def test_names_that_could_not_be_deployed_are_refused(line: CommandLine, arguments: list[str], message: str) -> None:
    with pytest.raises(Exception, match=message):
        CliRunner().invoke(app, ["new", "check", *arguments], catch_exceptions=False)
    assert list(line.folder.iterdir()) == []


def test_an_endpoint_that_does_not_answer_is_one_sentence(line: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise EndpointConnectionError(endpoint_url="http://123456789012.aws.internal")

    monkeypatch.setattr("compliance_tf.checks.run.CheckRun.live_item", refuse)

    result = line.run("check", "bucket-public-access", "--from-account", "--type", "AWS::S3::Bucket", "--id", "logs")

    assert result.exit_code == 1
    assert "Traceback" not in result.output
    assert "http://123456789012.aws.internal" in result.output
