"""Results in the AWS Security Finding Format, for Security Hub's BatchImportFindings.

https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_BatchImportFindings.html
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Final

from compliance_tf.model.regions import partition
from compliance_tf.output.sanitize import json_text
from compliance_tf.results.exports.finding import (
    PRODUCT,
    PRODUCT_VERSION,
    finding_id,
    reason,
    timestamp,
    title,
    waiver_text,
)
from compliance_tf.results.frameworks.references import controls_of, first_of_each
from compliance_tf.results.row import Status
from compliance_tf.results.rule_text import remediation, rule_url

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import TextIO

    from compliance_runtime.recording.rule_directory import RuleEntry
    from compliance_tf.results.exports.export import Snapshot
    from compliance_tf.results.row import Row

BATCH: Final = 100
"""Maximum findings of one call, which may have 240 KB each and 6 MB together; these have far less."""

_SCHEMA_VERSION: Final = "2018-10-08"
_TITLE: Final = 256
_DESCRIPTION: Final = 1024
_REQUIREMENTS: Final = 32
_RESOURCE_ID: Final = 512
_PRODUCT_FIELD: Final = 2048
_RECOMMENDATION: Final = 512
_ACCOUNT_NAME: Final = 128
"""Maximum characters, or items, of an attribute: https://docs.aws.amazon.com/securityhub/latest/userguide/asff-required-attributes.html
and .../asff-top-level-attributes.html"""

_TYPE: Final = "Software and Configuration Checks/Industry and Regulatory Standards"

_COMPLIANCES: Final = {
    Status.COMPLIANT: "PASSED",
    Status.NON_COMPLIANT: "FAILED",
    Status.WAIVED: "FAILED",
    Status.CLOSED: "NOT_AVAILABLE",
}
_WORKFLOWS: Final = {
    Status.COMPLIANT: "RESOLVED",
    Status.NON_COMPLIANT: "NEW",
    Status.WAIVED: "SUPPRESSED",
    Status.CLOSED: "RESOLVED",
}


def write(rows: Iterable[Row], snapshot: Snapshot, stream: TextIO) -> None:
    """Write one batch per line, as results arrive: a JSON array of at most ``BATCH`` findings."""
    for batch in _batches(rows):
        stream.write(json_text([finding(row, snapshot) for row in batch]) + "\n")


def finding(row: Row, snapshot: Snapshot) -> dict[str, Any]:
    """Build the finding of a result. Its id is stable, so that a later export updates it."""
    result, resource = row.result, row.result.resource
    violates = row.status in {Status.NON_COMPLIANT, Status.WAIVED}
    product = f"{resource.account}:product/{resource.account}/default"
    made: dict[str, Any] = {
        "AwsAccountId": resource.account,
        "Compliance": _compliance(row),
        "CreatedAt": timestamp(result.since),
        "Description": _cut(reason(row), _DESCRIPTION),
        "FirstObservedAt": timestamp(result.since),
        "GeneratorId": f"{PRODUCT}/{row.rule.name}",
        "Id": finding_id(result),
        "LastObservedAt": timestamp(row.last_seen),
        "ProductArn": f"arn:{partition(resource.region) or 'aws'}:securityhub:{resource.region}:{product}",
        "ProductFields": _product_fields(row, snapshot),
        "RecordState": "ARCHIVED" if row.status is Status.CLOSED else "ACTIVE",
        "Resources": [
            {
                "Id": _cut(row.names.arn or resource.id, _RESOURCE_ID),
                "Partition": partition(resource.region) or "aws",
                "Region": resource.region,
                "Type": _resource_type(resource.type),
            }
        ],
        "SchemaVersion": _SCHEMA_VERSION,
        "Severity": {"Label": result.severity.value if violates else "INFORMATIONAL"},
        "Title": _cut(title(row), _TITLE),
        "Types": [_TYPE],
        # Security Hub ignores updates that are not newer, and a waiver changes without a new result.
        "UpdatedAt": timestamp(snapshot.taken_at),
        "Workflow": {"Status": _WORKFLOWS[row.status]},
    }
    if row.names.account:
        made["AwsAccountName"] = _cut(row.names.account, _ACCOUNT_NAME)
    recommendation = {"Text": _cut(remediation(row.rule), _RECOMMENDATION)}
    if url := rule_url(row.rule):
        recommendation["Url"] = url
    return made | {"Remediation": {"Recommendation": recommendation}}


def _compliance(row: Row) -> dict[str, Any]:
    status = {"Status": _COMPLIANCES[row.status]}
    requirements = _requirements(row.rule)
    return status | ({"RelatedRequirements": requirements} if requirements else {})


@functools.cache
def _requirements(rule: RuleEntry) -> tuple[str, ...]:
    return tuple(map(str, first_of_each(controls_of(rule), _REQUIREMENTS)))


def _product_fields(row: Row, snapshot: Snapshot) -> dict[str, str]:
    fields = {
        "version": PRODUCT_VERSION,
        "project": snapshot.place.project,
        "workspace": snapshot.place.workspace,
        "rule": row.rule.name,
        "identifier": row.rule.identifier or "",
        "packs": " ".join(row.rule.packs),
        "resourceType": row.result.resource.type,
        "resourceId": row.result.resource.id,
        "resourceName": row.names.resource or "",
        "waiver": waiver_text(row),
    }
    return {f"{PRODUCT}/{name}": _cut(value, _PRODUCT_FIELD) for name, value in fields.items() if value}


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    batch: list[Row] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _cut(text: str, max_length: int) -> str:
    return text if len(text) <= max_length else f"{text[: max_length - 1]}…"


def _resource_type(config_type: str) -> str:
    """Return Security Hub's name of a resource type: ``AwsS3Bucket`` for ``AWS::S3::Bucket``, ``Other`` for unknown."""
    return _resource_types().get(config_type.replace("::", "").lower(), "Other")


@functools.cache
def _resource_types() -> Mapping[str, str]:
    """Read the types with details from the API's own model, by their name in lower case."""
    from botocore.loaders import Loader

    model = Loader().load_service_model("securityhub", "service-2")
    return {name.lower(): name for name in (*model["shapes"]["ResourceDetails"]["members"], "AwsAccount")}
