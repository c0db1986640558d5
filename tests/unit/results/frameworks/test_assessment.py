from __future__ import annotations

import csv
import datetime
import io
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from compliance_runtime.check import Severity
from compliance_runtime.recording.rule_directory import RuleEntry
from compliance_tf.catalog.frameworks.framework import Control, Framework
from compliance_tf.output.csv_table import write_csv_table
from compliance_tf.results.frameworks.assessment import ControlAssessment, ControlStatus, assess, relevant_rules
from compliance_tf.results.frameworks.formats import COLUMNS, report_csv_rows, report_to_json
from compliance_tf.results.row import Status
from tests.unit.results.exports.builders import PLACE, row

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from compliance_tf.results.row import Row

TLS = RuleEntry("acme-dev-tls", Severity.HIGH, (), "S3_BUCKET_SSL_REQUESTS_ONLY")
OUR_TLS = RuleEntry("acme-dev-our-tls", Severity.HIGH, (), "bucket-tls-only")
FLOW_LOGS = RuleEntry("acme-dev-flow-logs", Severity.LOW, (), "VPC_FLOW_LOGS_ENABLED")
UNRELATED = RuleEntry("acme-dev-tags", Severity.LOW, (), "required-tags")
POLICY = RuleEntry("acme-dev-guard", Severity.LOW)

FRAMEWORK = Framework(
    name="acme",
    title="What Acme asks for",
    source="the tests",
    as_of=datetime.date(2026, 11, 23),
    controls=(
        Control("A-1", "=Transit", ("S3_BUCKET_SSL_REQUESTS_ONLY",)),
        Control("A-2", "Logs and transit", ("S3_BUCKET_SSL_REQUESTS_ONLY", "VPC_FLOW_LOGS_ENABLED")),
        Control("B-1", None, ("CLOUD_TRAIL_ENABLED",), ("config-recorder",)),
    ),
)


def assessed(rules: Sequence[RuleEntry], *statuses: Status, by: RuleEntry = TLS) -> dict[str, ControlAssessment]:
    rows = [row(status, rule=by, resource_id=f"r{number}") for number, status in enumerate(statuses)]
    return {one.control.id: one for one in assess(FRAMEWORK, rules, rows)}


@pytest.mark.parametrize(
    ("statuses", "reads"),
    [
        ((Status.COMPLIANT, Status.WAIVED, Status.NON_COMPLIANT), ControlStatus.FAILED),
        ((Status.COMPLIANT, Status.WAIVED), ControlStatus.WAIVED),
        ((Status.COMPLIANT, Status.COMPLIANT), ControlStatus.PASSED),
        ((Status.CLOSED,), ControlStatus.NOT_EVALUATED),
        ((), ControlStatus.NOT_EVALUATED),
    ],
)
def test_a_control_reads_as_the_worst_of_its_results(statuses: tuple[Status, ...], reads: ControlStatus) -> None:
    assert assessed([TLS], *statuses)["A-1"].status is reads


def test_a_control_without_a_deployed_rule_is_not_evaluated_and_says_what_is_missing() -> None:
    one = assessed([TLS], Status.COMPLIANT)["B-1"]

    assert one.status is ControlStatus.NOT_EVALUATED
    assert one.not_deployed == ("CLOUD_TRAIL_ENABLED", "config-recorder")


def test_a_rule_without_results_is_distinguished_from_one_that_is_not_deployed() -> None:
    silent = assessed([TLS, FLOW_LOGS], Status.COMPLIANT)["A-2"]
    missing = assessed([TLS], Status.COMPLIANT)["A-2"]

    assert {silent.status, missing.status} == {ControlStatus.PARTLY_EVALUATED}
    assert ([counts.rule for counts in silent.without_results], silent.not_deployed) == ([FLOW_LOGS], ())
    assert (missing.without_results, missing.not_deployed) == ((), ("VPC_FLOW_LOGS_ENABLED",))


def test_a_control_passes_only_when_every_rule_of_it_has_results() -> None:
    rows = [row(Status.COMPLIANT, rule=TLS), row(Status.COMPLIANT, rule=FLOW_LOGS)]
    both = {one.control.id: one.status for one in assess(FRAMEWORK, [TLS, FLOW_LOGS], rows)}
    one = {one.control.id: one.status for one in assess(FRAMEWORK, [TLS, FLOW_LOGS], rows[:1])}

    assert (both["A-2"], one["A-2"], one["A-1"]) == (
        ControlStatus.PASSED,
        ControlStatus.PARTLY_EVALUATED,
        ControlStatus.PASSED,
    )


def test_no_control_passes_while_cells_of_a_fleet_are_missing() -> None:
    missing: dict[str, str] = {}

    def rows() -> Iterator[Row]:
        yield row(Status.COMPLIANT, rule=TLS)
        missing["444455556666 eu-west-1 dev"] = "denied"  # as it is known when its turn comes

    assert assess(FRAMEWORK, [TLS], rows(), missing)[0].status is ControlStatus.PARTLY_EVALUATED


def test_a_control_of_which_no_rule_asks_all_never_passes() -> None:
    control = Control("A-1", None, ("S3_BUCKET_SSL_REQUESTS_ONLY",), unmatched=2)
    framework = replace(FRAMEWORK, controls=(control,))

    statuses = [
        assess(framework, [TLS], [row(status, rule=TLS)])[0].status
        for status in (Status.COMPLIANT, Status.NON_COMPLIANT)
    ]

    assert statuses == [ControlStatus.PARTLY_EVALUATED, ControlStatus.FAILED]


def test_what_fails_or_is_waived_reads_so_though_a_rule_is_missing() -> None:
    failed, waived = (assessed([TLS], one, Status.COMPLIANT)["A-2"] for one in (Status.NON_COMPLIANT, Status.WAIVED))

    assert (failed.status, waived.status) == (ControlStatus.FAILED, ControlStatus.WAIVED)


def test_the_failing_rules_are_named_with_their_counts() -> None:
    one = assessed([TLS, FLOW_LOGS], Status.NON_COMPLIANT, Status.NON_COMPLIANT, Status.WAIVED, Status.COMPLIANT)["A-2"]

    (failing,) = one.failing
    assert (failing.rule, failing.non_compliant, failing.waived, failing.compliant) == (TLS, 2, 1, 1)


def test_a_check_of_ours_speaks_for_the_managed_rule_that_it_stands_for() -> None:
    one = assessed([OUR_TLS], Status.NON_COMPLIANT, by=OUR_TLS)["A-1"]

    assert (one.status, one.not_deployed) == (ControlStatus.FAILED, ())


def test_a_rule_that_the_directory_does_not_have_yet_counts_by_its_results() -> None:
    assert assessed([], Status.NON_COMPLIANT)["A-1"].status is ControlStatus.FAILED


def test_results_of_other_rules_count_nowhere() -> None:
    controls = assessed([TLS, UNRELATED, POLICY], Status.NON_COMPLIANT, by=UNRELATED)

    assert {one.status for one in controls.values()} == {ControlStatus.NOT_EVALUATED}


def test_only_rules_that_map_to_a_control_have_to_be_read() -> None:
    assert relevant_rules(FRAMEWORK, [UNRELATED, OUR_TLS, POLICY, FLOW_LOGS]) == (OUR_TLS, FLOW_LOGS)


def test_the_report_as_json_counts_the_controls_and_names_rules_shortly() -> None:
    report = report_to_json(FRAMEWORK, assess(FRAMEWORK, [TLS], [row(rule=TLS)]), PLACE, {})

    assert report["summary"] == {"fail": 2, "waived": 0, "partly evaluated": 0, "pass": 0, "not evaluated": 1}
    assert report["controls"][0]["rules"] == [
        {"rule": "tls", "identifier": "S3_BUCKET_SSL_REQUESTS_ONLY", "nonCompliant": 1, "waived": 0, "compliant": 0}
    ]


def test_the_report_as_csv_has_a_line_for_each_control_and_no_formula() -> None:
    text = io.StringIO()
    write_csv_table(COLUMNS, report_csv_rows(assess(FRAMEWORK, [TLS], [row(rule=TLS)])), text)
    lines = list(csv.DictReader(io.StringIO(text.getvalue())))

    assert [(line["control"], line["status"]) for line in lines] == [
        ("A-1", "fail"),
        ("A-2", "fail"),
        ("B-1", "not evaluated"),
    ]
    assert lines[0]["title"] == "'=Transit"
