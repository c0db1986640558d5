from __future__ import annotations

import functools
import json
from importlib.metadata import version
from typing import Any

import pytest
from hypothesis import given
from jsonschema import Draft202012Validator
from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema

from compliance_runtime.check import Severity
from compliance_runtime.recording.rule_directory import RuleEntry
from compliance_tf.results.exports.export import ExportFormat
from compliance_tf.results.exports.ocsf import SCHEMA_VERSION
from compliance_tf.results.row import Row, Status
from tests.unit.results.exports.builders import NOW, any_row, exported, row


@functools.cache
def validator() -> Draft202012Validator:
    schema = OcsfJsonSchemaEmbedded(get_ocsf_schema(version=SCHEMA_VERSION))
    return Draft202012Validator(schema.get_class_schema(class_name="compliance_finding", profiles=["cloud"]))


def events(*rows: Row) -> list[dict[str, Any]]:
    return [json.loads(line) for line in exported(ExportFormat.OCSF, rows).splitlines()]


@given(any_row)
def test_any_result_is_a_valid_event(one: Row) -> None:
    (event,) = events(one)

    assert [error.message for error in validator().iter_errors(event)] == []
    assert event["resources"][0]["uid"] == one.result.resource.id


def test_the_schema_refuses_what_is_no_compliance_finding() -> None:
    (event,) = events(row())

    assert not validator().is_valid(event | {"activity_id": 17})
    assert not validator().is_valid({name: value for name, value in event.items() if name != "compliance"})


@pytest.mark.parametrize(
    ("status", "compliance", "said"),
    [
        (Status.NON_COMPLIANT, "Fail", "New"),
        (Status.WAIVED, "Fail", "Suppressed"),
        (Status.COMPLIANT, "Pass", "Resolved"),
        (Status.CLOSED, "Not applicable", "Resolved"),
    ],
)
def test_an_event_says_how_a_result_reads(status: Status, compliance: str, said: str) -> None:
    (event,) = events(row(status))

    assert (event["compliance"]["status"], event["status"]) == (compliance, said)


def test_a_violation_is_as_severe_as_its_rule_and_what_complies_only_informs() -> None:
    critical = RuleEntry("acme-dev-x", Severity.CRITICAL)
    violation, waived, complying = events(
        row(rule=critical), row(Status.WAIVED, rule=critical), row(Status.COMPLIANT, rule=critical)
    )

    assert [one["severity_id"] for one in (violation, waived, complying)] == [5, 5, 1]


def test_an_event_names_the_controls_and_when_it_was_so() -> None:
    (event,) = events(row())

    assert "nist-csf/PR.DS-2" in event["compliance"]["requirements"]
    assert "NIST Cybersecurity Framework 1.1" in event["compliance"]["standards"]
    assert event["time"] == NOW.timestamp() * 1000
    assert event["finding_info"]["first_seen_time"] < event["finding_info"]["last_seen_time"] < event["time"]


def test_a_managed_rule_without_a_reason_says_what_it_looks_at_and_where_more_is_written() -> None:
    (event,) = events(row(reason=None))

    page = "https://docs.aws.amazon.com/config/latest/developerguide/s3-bucket-ssl-requests-only.html"
    assert page in event["message"]
    assert "It looks at AWS::S3::Bucket." in event["message"]
    assert event["status_detail"] == event["message"]
    assert event["remediation"]["references"] == [page]
    assert event["finding_info"]["analytic"]["uid"] == "S3_BUCKET_SSL_REQUESTS_ONLY"
    assert event["metadata"]["product"]["version"] == version("compliance-tf")
