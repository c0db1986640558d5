"""Judges a bucket by its name alone, so that nothing but the runtime is measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compliance_runtime.check import ChangeCheck, Severity, Verdict
from compliance_runtime.parameters import NoParameters

if TYPE_CHECKING:
    from compliance_runtime.evaluation.configuration_item import ConfigurationItem


def evaluate(item: ConfigurationItem, _: NoParameters) -> Verdict:
    if item.resource_id.startswith("acme-"):
        return Verdict.compliant("The name begins with acme-.")
    return Verdict.non_compliant("The name does not begin with acme-.")


CHECK = ChangeCheck(
    id="bucket-name",
    title="Bucket name",
    description="Buckets have names that begin with acme-.",
    severity=Severity.LOW,
    resource_types=("AWS::S3::Bucket",),
    parameters=NoParameters,
    evaluate=evaluate,
)
