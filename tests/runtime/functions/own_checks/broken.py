"""Breaks for buckets with a certain name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compliance_runtime.check import ChangeCheck, Severity, Verdict
from compliance_runtime.parameters import NoParameters

if TYPE_CHECKING:
    from compliance_runtime.evaluation.configuration_item import ConfigurationItem


def evaluate(item: ConfigurationItem, _: NoParameters) -> Verdict:
    if item.resource_id.startswith("breaks-"):
        raise ZeroDivisionError("a mistake in the check")
    return Verdict.compliant("It does not break the check.")


CHECK = ChangeCheck(
    id="broken",
    title="Broken",
    description="Breaks.",
    severity=Severity.LOW,
    resource_types=("AWS::S3::Bucket",),
    parameters=NoParameters,
    evaluate=evaluate,
)
