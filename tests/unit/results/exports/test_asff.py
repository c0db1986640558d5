from __future__ import annotations

import functools
import json
import re
from typing import TYPE_CHECKING, Any

import botocore.session
import pytest
from botocore.validate import ParamValidator
from hypothesis import given

from compliance_runtime.check import Severity
from compliance_runtime.recording.rule_directory import RuleEntry
from compliance_tf.results.exports.export import ExportFormat
from compliance_tf.results.row import Row, Status
from tests.unit.results.exports.builders import any_row, exported, row, waiver

if TYPE_CHECKING:
    from botocore.model import Shape

TIMESTAMP = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z")
LARGEST_FINDING = 240_000
"""https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_BatchImportFindings.html"""


@functools.cache
def request_shape() -> Shape | None:
    model = botocore.session.Session().get_service_model("securityhub")
    return model.operation_model("BatchImportFindings").input_shape


def complaints(findings: list[dict[str, Any]]) -> str:
    shape = request_shape()
    assert shape is not None
    report: str = ParamValidator().validate({"Findings": findings}, shape).generate_report()
    return report


def batches(*rows: Row) -> list[list[dict[str, Any]]]:
    return [json.loads(line) for line in exported(ExportFormat.ASFF, rows).splitlines()]


def finding(one: Row) -> dict[str, Any]:
    ((made,),) = batches(one)
    return made


@given(any_row)
def test_any_result_is_what_batch_import_findings_takes(one: Row) -> None:
    made = finding(one)

    assert complaints([made]) == ""
    assert len(made["Title"]) <= 256
    assert 0 < len(made["Description"].strip()) <= 1024
    assert len(made["Id"]) <= 512
    assert len(made["Resources"][0]["Id"]) <= 512
    assert len(made["Compliance"].get("RelatedRequirements", ())) <= 32
    assert all(len(one) <= 64 for one in made["Compliance"].get("RelatedRequirements", ()))
    assert all(TIMESTAMP.fullmatch(made[name]) for name in ("CreatedAt", "UpdatedAt", "FirstObservedAt"))
    assert made["ProductFields"]["compliance-tf/resourceId"] == one.result.resource.id


def test_the_model_refuses_what_is_no_finding() -> None:
    made = finding(row())

    assert "Missing required parameter" in complaints([{name: made[name] for name in made if name != "Resources"}])
    assert "Unknown parameter" in complaints([made | {"Verdict": "FAILED"}])


def test_no_finding_is_larger_than_security_hub_takes() -> None:
    rule = RuleEntry(
        f"acme-dev-{'x' * 119}", Severity.HIGH, tuple(f"pack-{n}" * 6 for n in range(200)), "VPC_FLOW_LOGS_ENABLED"
    )
    largest = row(Status.WAIVED, rule=rule, resource_id="🙈" * 768, reason="🙈" * 256, note=waiver("🙈" * 5000))

    assert len(json.dumps(finding(largest))) < LARGEST_FINDING


def test_a_batch_has_a_hundred_findings_at_most() -> None:
    rows = [row(resource_id=f"bucket-{n}") for n in range(201)]

    assert [len(batch) for batch in batches(*rows)] == [100, 100, 1]


@pytest.mark.parametrize(
    ("status", "compliance", "workflow", "record"),
    [
        (Status.NON_COMPLIANT, "FAILED", "NEW", "ACTIVE"),
        (Status.WAIVED, "FAILED", "SUPPRESSED", "ACTIVE"),
        (Status.COMPLIANT, "PASSED", "RESOLVED", "ACTIVE"),
        (Status.CLOSED, "NOT_AVAILABLE", "RESOLVED", "ARCHIVED"),
    ],
)
def test_a_finding_says_how_a_result_reads(status: Status, compliance: str, workflow: str, record: str) -> None:
    made = finding(row(status))

    assert made["Compliance"]["Status"] == compliance
    assert made["Workflow"]["Status"] == workflow
    assert made["RecordState"] == record


def test_the_id_stays_so_that_an_update_updates() -> None:
    assert finding(row())["Id"] == finding(row(Status.CLOSED, reason=None))["Id"]
    assert finding(row())["Id"] != finding(row(resource_id="other"))["Id"]


@pytest.mark.parametrize(
    ("config_type", "hub_type"),
    [
        ("AWS::S3::Bucket", "AwsS3Bucket"),
        ("AWS::RDS::DBInstance", "AwsRdsDbInstance"),
        ("AWS::::Account", "AwsAccount"),
        ("Acme::New::Thing", "Other"),
    ],
)
def test_a_resource_has_the_type_that_security_hub_knows(config_type: str, hub_type: str) -> None:
    assert finding(row(resource_type=config_type))["Resources"][0]["Type"] == hub_type


def test_every_framework_has_its_turn_among_the_related_requirements() -> None:
    many = RuleEntry("acme-dev-x", Severity.HIGH, (), "MULTI_REGION_CLOUD_TRAIL_ENABLED")
    requirements = finding(row(rule=many))["Compliance"]["RelatedRequirements"]

    assert len(requirements) == 32
    assert {"nist-csf", "hipaa", "pci-dss"} <= {one.partition("/")[0] for one in requirements}
