from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from botocore.stub import ANY, Stubber

from compliance_runtime import clients, handlers
from compliance_runtime.check import Severity
from compliance_runtime.deployment import DeployedRule, Deployment
from compliance_runtime.errors import (
    EvaluationsNotStartedError,
    EventError,
    NotWrittenError,
    ParameterError,
    WaiverLookupError,
)
from compliance_runtime.recording.batches import ATTEMPTS
from compliance_runtime.waivers.waiver import ArnPattern, ResourceId
from compliance_tf.testing import ACCOUNT, CAPTURED_TIME, REGION, config_event, event_item
from tests.unit.compliance_runtime.builders import Context, client, compliance_event, deployed_waiver, selected
from tests.unit.compliance_runtime.fake_results_table import FakeResultsTable

if TYPE_CHECKING:
    from collections.abc import Iterator

DEPLOYMENT = Deployment(
    {
        "required-tags": DeployedRule(
            "compliance_runtime.checks.required_tags", Severity.LOW, ("s3.amazonaws.com:PutBucketTagging",)
        ),
        "root-mfa": DeployedRule(None, Severity.CRITICAL),
    },
    (deployed_waiver("root-mfa", ArnPattern("arn:aws:s3:::lo*")), deployed_waiver("root-mfa", ResourceId("root"))),
)


class Installed:
    """The functions as they are deployed, with AWS Config's answers prepared and the table in memory."""

    def __init__(self) -> None:
        self.config = client("config")
        self.stub = Stubber(self.config)
        self.table = FakeResultsTable()
        self.elsewhere = {("sns", REGION): client("sns")}


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> Iterator[Installed]:
    installed = Installed()
    monkeypatch.setenv("RULE_NAME_PREFIX", "acme-dev-")
    monkeypatch.setenv("RESULTS_TABLE", "acme-dev-results")
    monkeypatch.setenv("HISTORY_DAYS", "10")
    monkeypatch.setattr(Deployment, "from_file", lambda: DEPLOYMENT)
    monkeypatch.setattr(handlers, "client", {"config": installed.config, "dynamodb": installed.table}.__getitem__)
    monkeypatch.setattr(handlers, "single_attempt_client", {"config": installed.config}.__getitem__)
    monkeypatch.setattr(handlers, "client_in", lambda *place: installed.elsewhere[place])
    monkeypatch.setattr("compliance_runtime.recording.batches.FIRST_PAUSE_SECONDS", 0)
    _forget()
    with installed.stub:
        yield installed
    _forget()


def _forget() -> None:
    cached = (handlers._environment, handlers._deployment, handlers._rules, handlers._waivers)
    for one in (*cached, handlers._write_directory):
        one.cache_clear()


def logged(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_evaluate_puts_the_verdict_of_the_item(installed: Installed, capsys: pytest.CaptureFixture[str]) -> None:
    evaluation = {
        "ComplianceResourceType": "AWS::S3::Bucket",
        "ComplianceResourceId": "logs",
        "ComplianceType": "NON_COMPLIANT",
        "Annotation": "Missing: Owner.",
        "OrderingTimestamp": CAPTURED_TIME,
    }
    expected = {"Evaluations": [evaluation], "ResultToken": "token-1"}
    installed.stub.add_response("put_evaluations", {}, expected)

    handlers.evaluate(config_event(event_item(), parameters={"tags": '{"Owner":[]}'}), Context())

    installed.stub.assert_no_pending_responses()
    (line,) = logged(capsys)
    expected_line = {
        "level": "INFO",
        "requestId": "request-1",
        "rule": "acme-dev-required-tags",
        "resourceId": "logs",
        "compliance": "NON_COMPLIANT",
    }
    assert expected_line.items() <= line.items()


def test_a_wrong_parameter_is_logged_and_fails_the_invocation(
    installed: Installed, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(ParameterError):
        handlers.evaluate(config_event(parameters={"tags": "Owner"}), Context())

    (line,) = logged(capsys)
    assert (line["level"], line["message"], line["error"]) == ("ERROR", "Not evaluated", "ParameterError")
    assert "tags" in line["reason"]
    installed.stub.assert_no_pending_responses()


def test_what_fails_is_counted_by_function_with_the_rule_in_the_line(
    installed: Installed, capsys: pytest.CaptureFixture[str]
) -> None:
    del installed
    with pytest.raises(ParameterError):
        handlers.evaluate(config_event(parameters={"tags": "Owner"}), Context())

    (line,) = logged(capsys)
    (metric,) = line["_aws"]["CloudWatchMetrics"]
    assert metric["Namespace"] == "compliance_tf"
    assert metric["Dimensions"] == [["FunctionName"]]
    assert [one["Name"] for one in metric["Metrics"]] == ["Failures"]
    assert (line["Failures"], line["FunctionName"], line["rule"]) == (1, "acme-dev-record", "acme-dev-required-tags")
    assert isinstance(line["_aws"]["Timestamp"], int)


def test_record_keeps_a_change_with_the_severity_of_its_rule(installed: Installed) -> None:
    handlers.record(compliance_event("COMPLIANT", rule_name="acme-dev-root-mfa"), Context())

    (present,) = installed.table.present
    assert (present["rule"], present["severity"]) == ("acme-dev-root-mfa", "CRITICAL")


def test_record_keeps_a_violation_with_its_waiver(installed: Installed, capsys: pytest.CaptureFixture[str]) -> None:
    installed.stub.add_response("select_resource_config", selected("logs"))

    handlers.record(compliance_event(rule_name="acme-dev-root-mfa"), Context())
    handlers.record(compliance_event(rule_name="acme-dev-root-mfa", resource_id="root"), Context())

    installed.stub.assert_no_pending_responses()
    kept = {item["resource_id"]: (item["compliance"], item["waiver_resource"]) for item in installed.table.present}
    assert kept == {"logs": ("NON_COMPLIANT", "ARN arn:aws:s3:::lo*"), "root": ("NON_COMPLIANT", "id root")}
    assert all("waiver_ticket" in item for item in installed.table.history)
    assert [line["waiver"] for line in logged(capsys)] == ["SEC-1", "SEC-1"]


def test_a_waiver_that_cannot_be_looked_up_costs_no_verdict_and_comes_with_the_next_attempt(
    installed: Installed, capsys: pytest.CaptureFixture[str]
) -> None:
    installed.stub.add_client_error("select_resource_config", "ThrottlingException")
    event = compliance_event(rule_name="acme-dev-root-mfa")

    with pytest.raises(WaiverLookupError):
        handlers.record(event, Context())

    (present,) = installed.table.present
    assert (present["compliance"], "waiver_ticket" in present) == ("NON_COMPLIANT", False)
    assert [line["level"] for line in logged(capsys)] == ["ERROR"]

    installed.stub.add_response("select_resource_config", selected("logs"))
    handlers.record(event, Context())

    (present,) = installed.table.present
    assert present["waiver_ticket"] == "SEC-1"


@pytest.mark.parametrize("rule", ["acme-prod-root-mfa", "root-mfa", "acme-dev-eu-root-mfa"])
def test_record_ignores_the_rules_of_others(
    rule: str, installed: Installed, capsys: pytest.CaptureFixture[str]
) -> None:
    handlers.record(compliance_event(rule_name=rule), Context())

    assert installed.table.items == {}
    (line,) = logged(capsys)
    assert (line["level"], line["rule"]) == ("WARN", rule)


def test_record_says_when_a_change_is_known_already(installed: Installed, capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):
        handlers.record(compliance_event(), Context())

    assert [line["message"] for line in logged(capsys)] == ["Recorded", "Already known"]
    assert len(installed.table.history) == 1


def test_record_reconciles_every_rule_when_asked_to(installed: Installed) -> None:
    handlers.record(compliance_event(), Context())
    # The rule that has a result is listed twice before it is closed.
    for _ in range(3):
        installed.stub.add_response("get_compliance_details_by_config_rule", {"EvaluationResults": []})

    counts = handlers.record({"action": "reconcile"}, Context(seconds=900))

    installed.stub.assert_no_pending_responses()
    assert [item["compliance"] for item in installed.table.present] == ["NOT_APPLICABLE"]
    closed = {"checked": 1, "written": 0, "closed": 1, "repaired": 1, "unsure": 0, "unknown": 0, "left": 0}
    assert json.loads(json.dumps(counts)) == closed


def test_record_goes_on_with_what_is_left(installed: Installed) -> None:
    def listed(rules: int) -> None:
        for _ in range(rules):
            installed.stub.add_response("get_compliance_details_by_config_rule", {"EvaluationResults": []})

    assert handlers.record({"action": "reconcile"}, Context(seconds=50, request="first"))["left"] == 2
    installed.stub.assert_no_pending_responses()

    listed(2)
    assert handlers.record({"action": "continue"}, Context(seconds=900, request="second"))["left"] == 0
    installed.stub.assert_no_pending_responses()
    assert handlers.record({"action": "continue"}, Context(seconds=900, request="third"))["left"] == 0


def test_record_has_the_table_know_all_rules_once_a_process(installed: Installed) -> None:
    for number in range(2):
        assert handlers.record(compliance_event(resource_id=f"bucket-{number}"), Context()) is None
        assert installed.table.rules == (["acme-dev-required-tags", "acme-dev-root-mfa"] if number == 0 else [])
        # A second process would write them again only if the deployment were another.
        installed.table.items = {key: item for key, item in installed.table.items.items() if key[0] != "RULES"}


def test_rules_that_cannot_be_kept_cost_no_verdict_and_come_with_the_next_attempt(installed: Installed) -> None:
    installed.table.refuses = ATTEMPTS

    with pytest.raises(NotWrittenError):
        handlers.record(compliance_event(), Context())
    assert [item["compliance"] for item in installed.table.present] == ["NON_COMPLIANT"]
    assert installed.table.rules == []

    handlers.record(compliance_event(), Context())
    assert installed.table.rules == ["acme-dev-required-tags", "acme-dev-root-mfa"]


TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:security"


@pytest.fixture
def notified(installed: Installed, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stubber]:
    monkeypatch.setenv("NOTIFICATIONS", json.dumps({"target": TOPIC, "severities": ["LOW", "CRITICAL"]}))
    with Stubber(installed.elsewhere["sns", REGION]) as sns:
        yield sns
    sns.assert_no_pending_responses()


def test_record_notifies_of_what_is_new_and_of_nothing_that_was_known(
    installed: Installed, notified: Stubber, capsys: pytest.CaptureFixture[str]
) -> None:
    handlers.record(compliance_event(before="COMPLIANT"), Context())
    handlers.record(compliance_event(resource_id="old", before="NON_COMPLIANT"), Context())
    handlers.record(compliance_event("COMPLIANT", resource_id="good"), Context())
    assert installed.table.announced == [("logs", "acme-dev-required-tags")]
    notified.add_response(
        "publish", {}, {"TopicArn": TOPIC, "Subject": "acme-dev: 1 new violation (1 LOW)", "Message": ANY}
    )

    for _ in range(2):
        assert handlers.record({"action": "notify"}, Context()) is None

    assert [(line["message"], line["violations"]) for line in logged(capsys)[-2:]] == [
        ("Notified", 1),
        ("Nothing new", 0),
    ]


class Containing(str):
    """A text that equals every longer one which has it."""

    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, str) and str(self) in other

    def __ne__(self, other: object) -> bool:
        return not self == other


def test_a_notification_calls_a_rule_by_its_id_where_its_name_has_a_short_form(
    installed: Installed, notified: Stubber, monkeypatch: pytest.MonkeyPatch
) -> None:
    short = replace(DEPLOYMENT.rules["required-tags"], full_id="tags-of-everything-that-has-a-very-long-id")
    monkeypatch.setattr(Deployment, "from_file", lambda: Deployment({"required-tags": short}))
    handlers.record(compliance_event(before="COMPLIANT"), Context())
    message = Containing("LOW tags-of-everything-that-has-a-very-long-id: 1")
    notified.add_response("publish", {}, {"TopicArn": TOPIC, "Subject": ANY, "Message": message})

    handlers.record({"action": "notify"}, Context())

    assert installed.table.announced == []


def test_a_violation_whose_waiver_is_looked_up_later_is_not_notified_of(
    installed: Installed, notified: Stubber
) -> None:
    del notified
    installed.stub.add_client_error("select_resource_config", "ThrottlingException")
    event = compliance_event(rule_name="acme-dev-root-mfa")
    with pytest.raises(WaiverLookupError):
        handlers.record(event, Context())
    installed.stub.add_response("select_resource_config", selected("logs"))
    handlers.record(event, Context())

    handlers.record({"action": "notify"}, Context())
    assert installed.table.announced == []


def test_where_nobody_is_to_be_notified_nothing_is_kept_for_it(
    installed: Installed, capsys: pytest.CaptureFixture[str]
) -> None:
    handlers.record(compliance_event(), Context())
    handlers.record({"action": "notify"}, Context())

    assert installed.table.announced == []
    assert [line["level"] for line in logged(capsys)] == ["INFO", "WARN"]


def test_record_refuses_an_event_of_another_kind(installed: Installed) -> None:
    with pytest.raises(EventError):
        handlers.record({"action": "reconsider"}, Context())
    assert installed.table.items == {}


def test_trigger_starts_the_rules_that_an_api_call_concerns(installed: Installed) -> None:
    expected = {"ConfigRuleNames": ["acme-dev-required-tags"]}
    installed.stub.add_response("start_config_rules_evaluation", {}, expected)

    event = {"id": "e-1", "detail": {"eventSource": "s3.amazonaws.com", "eventName": "PutBucketTagging"}}
    for _ in range(2):
        # EventBridge delivers an event twice now and then.
        handlers.trigger(event, Context(seconds=900))

    installed.stub.assert_no_pending_responses()


def test_trigger_keeps_what_it_has_no_time_for_until_it_is_invoked_to_go_on(installed: Installed) -> None:
    with pytest.raises(EvaluationsNotStartedError, match="2 rules wait"):
        handlers.trigger({"action": "reevaluate"}, Context(seconds=30, request="first"))
    expected = {"ConfigRuleNames": ["acme-dev-required-tags", "acme-dev-root-mfa"]}
    installed.stub.add_response("start_config_rules_evaluation", {}, expected)

    handlers.trigger({"action": "continue"}, Context(seconds=900, request="second"))

    installed.stub.assert_no_pending_responses()


def test_trigger_starts_nothing_for_a_call_that_concerns_no_rule(
    installed: Installed, capsys: pytest.CaptureFixture[str]
) -> None:
    handlers.trigger({"detail": {"eventSource": "s3.amazonaws.com", "eventName": "GetObject"}}, Context())

    installed.stub.assert_no_pending_responses()
    assert [line["rules"] for line in logged(capsys)] == [[]]


def test_aws_errors_are_logged_and_fail_the_invocation(
    installed: Installed, capsys: pytest.CaptureFixture[str]
) -> None:
    installed.stub.add_client_error("put_evaluations", "InvalidResultTokenException", "expired", expected_params=None)

    with pytest.raises(installed.config.exceptions.InvalidResultTokenException):
        handlers.evaluate(config_event(parameters={"tags": '{"Owner":[]}'}), Context())
    assert [line["error"] for line in logged(capsys)] == ["InvalidResultTokenException"]


def test_a_process_has_one_client_of_each_service(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    for part in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY"):
        monkeypatch.setenv(f"AWS_{part}", "test")  # none would be looked for in the network

    assert clients.client("config") is clients.client("config")
    assert clients.client("dynamodb") is clients.client("dynamodb")
