from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from botocore.stub import Stubber

from compliance_tf.testing import ACCOUNT, CAPTURED_TIME, REGION
from lambda_src.check import Compliance, Severity
from lambda_src.deployment import DeployedRule
from lambda_src.errors import EventError, ReconciliationError
from lambda_src.lambda_context import Place
from lambda_src.logs import Log
from lambda_src.reconciliation import Counts, Reconciliation
from lambda_src.result_store import ResultStore
from lambda_src.results import Result
from lambda_src.results_table import Resource
from tests.unit.lambda_src.builders import FUNCTION_ARN, client
from tests.unit.lambda_src.fake_results_table import FakeResultsTable

if TYPE_CHECKING:
    from collections.abc import Iterator

TAGS = "acme-dev-required-tags"
TLS = "acme-dev-buckets"


def result(
    resource_id: str,
    compliance: Compliance = Compliance.NON_COMPLIANT,
    *,
    rule: str = TAGS,
    severity: Severity = Severity.HIGH,
    time: datetime = CAPTURED_TIME,
    annotation: str | None = None,
) -> Result:
    resource = Resource(ACCOUNT, REGION, "AWS::S3::Bucket", resource_id)
    return Result(resource, rule, severity, compliance, annotation, time)


def reported(known: Result) -> dict[str, Any]:
    """The result as GetComplianceDetailsByConfigRule gives it."""
    qualifier = {
        "ConfigRuleName": known.rule_name,
        "ResourceType": known.resource.type,
        "ResourceId": known.resource.id,
    }
    entry: dict[str, Any] = {
        "EvaluationResultIdentifier": {"EvaluationResultQualifier": qualifier},
        "ComplianceType": known.compliance.value,
        "ResultRecordedTime": known.time,
    }
    return entry if known.annotation is None else entry | {"Annotation": known.annotation}


class Account:
    """AWS Config with prepared answers, and the table."""

    def __init__(self) -> None:
        self.table = FakeResultsTable()
        self.store = ResultStore(self.table, "acme-dev-results", history_days=10)  # type: ignore[arg-type]
        self.config = client("config")
        self.stub = Stubber(self.config)

    def knows(self, *results: Result) -> None:
        for one in results:
            self.store.write(one)

    def answers(self, rule: str, *pages: list[Result]) -> None:
        asked = {"ConfigRuleName": rule, "ComplianceTypes": ["COMPLIANT", "NON_COMPLIANT"], "Limit": 100}
        for number, page in enumerate(pages):
            answer: dict[str, Any] = {"EvaluationResults": [reported(one) for one in page]}
            if number + 1 < len(pages):
                answer["NextToken"] = f"page-{number + 1}"
            more = {"NextToken": f"page-{number}"} if number else {}
            self.stub.add_response("get_compliance_details_by_config_rule", answer, asked | more)

    def fails(self, code: str) -> None:
        self.stub.add_client_error("get_compliance_details_by_config_rule", code)

    def reconcile(self, rules: dict[str, Severity] | None = None, seconds: float = 900) -> Counts:
        deployed = {TAGS: Severity.HIGH} if rules is None else rules
        counts = Reconciliation(
            rules={name: DeployedRule(None, severity) for name, severity in deployed.items()},
            config=self.config,
            store=self.store,
            place=Place.of_function(FUNCTION_ARN),
            log=Log("request-1", "acme-dev-record"),
            remaining_seconds=lambda: seconds,
        ).run()
        self.stub.assert_no_pending_responses()
        return counts

    def present(self) -> dict[str, str]:
        return {item["resource_id"]: item["compliance"] for item in self.table.present}


@pytest.fixture
def account() -> Iterator[Account]:
    account = Account()
    with account.stub:
        yield account


def test_a_table_that_agrees_with_aws_config_is_left_alone(account: Account) -> None:
    known = [result(f"bucket-{number}", annotation="Missing: Owner.") for number in range(5)]
    account.knows(*known)
    before = dict(account.table.items)
    account.answers(TAGS, known[:3], [replace(one, time=one.time + timedelta(days=1)) for one in known[3:]])

    assert account.reconcile() == Counts(checked=5)
    assert account.table.items == before


def test_what_a_lost_event_left_behind_is_repaired(account: Account) -> None:
    later = CAPTURED_TIME + timedelta(hours=1)
    account.knows(result("flipped"), result("gone"), result("same"))
    account.answers(
        TAGS,
        [result("flipped", Compliance.COMPLIANT, time=later), result("same")],
        [result("new", Compliance.COMPLIANT, time=later)],
    )

    assert account.reconcile() == Counts(checked=4, written=2, closed=1)
    assert account.present() == {
        "flipped": "COMPLIANT",
        "gone": "NOT_APPLICABLE",
        "same": "NON_COMPLIANT",
        "new": "COMPLIANT",
    }


def test_an_event_that_was_recorded_meanwhile_is_not_undone(account: Account) -> None:
    later = CAPTURED_TIME + timedelta(hours=1)
    account.knows(result("flipped", Compliance.COMPLIANT, time=later))
    account.answers(TAGS, [result("flipped")])

    assert account.reconcile() == Counts(checked=1)
    assert account.present() == {"flipped": "COMPLIANT"}


def test_a_result_that_is_recorded_while_it_is_closed_stays(account: Account) -> None:
    account.knows(result("new", time=CAPTURED_TIME + timedelta(days=36_500)))
    account.answers(TAGS, [])

    assert account.reconcile() == Counts(checked=1)
    assert account.present() == {"new": "NON_COMPLIANT"}


def test_a_rule_s_new_severity_and_a_new_annotation_reach_its_results(account: Account) -> None:
    account.knows(result("logs", severity=Severity.LOW), result("data", severity=Severity.CRITICAL))
    better = result("data", time=CAPTURED_TIME + timedelta(hours=1), annotation="Missing: Owner.")
    account.answers(TAGS, [result("logs"), better])

    assert account.reconcile({TAGS: Severity.CRITICAL}).written == 2
    assert {one.resource.id: one.annotation for one in account.store.violations(Severity.CRITICAL)} == {
        "logs": None,
        "data": "Missing: Owner.",
    }


def test_the_results_of_a_rule_that_aws_config_does_not_know_are_closed(account: Account) -> None:
    account.knows(result("logs"))
    account.fails("NoSuchConfigRuleException")

    assert account.reconcile() == Counts(checked=1, closed=1)
    assert account.present() == {"logs": "NOT_APPLICABLE"}


def test_the_violations_of_a_rule_that_is_not_deployed_any_more_are_closed(account: Account) -> None:
    account.knows(result("logs", rule="acme-dev-removed"), result("logs"))
    account.answers(TAGS, [result("logs")])

    assert account.reconcile() == Counts(checked=2, closed=1)
    assert {item["rule"]: item["compliance"] for item in account.table.present} == {
        "acme-dev-removed": "NOT_APPLICABLE",
        TAGS: "NON_COMPLIANT",
    }


def test_a_rule_that_fails_does_not_keep_the_others_from_being_compared(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lambda_src.reconciliation.random.sample", lambda names, _: sorted(names))
    account.fails("AccessDeniedException")
    account.answers(TAGS, [result("logs")])

    with pytest.raises(ReconciliationError, match=f"1 of 2 rules were not compared: {TLS}"):
        account.reconcile({TLS: Severity.LOW, TAGS: Severity.HIGH})
    assert account.present() == {"logs": "NON_COMPLIANT"}


def test_without_time_no_rule_is_begun_and_the_error_names_it(account: Account) -> None:
    with pytest.raises(ReconciliationError, match=TAGS):
        account.reconcile(seconds=59)


def test_every_rule_s_counts_are_logged(account: Account, capsys: pytest.CaptureFixture[str]) -> None:
    account.answers(TAGS, [result("logs")])

    account.reconcile()

    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    counts = {"checked": 1, "written": 1, "closed": 0, "level": "INFO", "requestId": "request-1"}
    assert counts.items() <= lines[0].items()
    assert [(line["message"], line.get("rule")) for line in lines] == [("Rule compared", TAGS), ("Reconciled", None)]


def test_a_function_arn_of_another_form_is_refused() -> None:
    with pytest.raises(EventError, match="arn:aws:lambda:<region>"):
        Place.of_function("record")
