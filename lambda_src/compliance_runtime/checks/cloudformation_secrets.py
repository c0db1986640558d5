"""Outputs and parameters of CloudFormation stacks hold no secrets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from compliance_runtime.check import ChangeCheck, Severity, Verdict
from compliance_runtime.resources.secret_findings import SecretParameters, secrets_verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compliance_runtime.evaluation.configuration_item import ConfigurationItem


@dataclass(frozen=True)
class Parameters(SecretParameters):
    """Exemptions."""


def evaluate(item: ConfigurationItem, parameters: Parameters) -> Verdict:
    """Name the outputs and parameters with secrets; CloudFormation shows a parameter with NoEcho as asterisks."""
    return secrets_verdict(
        _values(item),
        parameters.exempt_names,
        place="outputs and parameters",
        remedy="Take them from Secrets Manager by dynamic references",
    )


def _values(item: ConfigurationItem) -> Iterator[tuple[str, str]]:
    for output in item.members.objects("outputs"):
        yield output.text("outputKey"), output.optional_text("outputValue") or ""
    for parameter in item.members.objects("parameters"):
        yield parameter.text("parameterKey"), parameter.optional_text("parameterValue") or ""


CHECK = ChangeCheck(
    id="cloudformation-secrets",
    title="No secrets in stacks",
    description="Outputs and parameters of CloudFormation stacks must not hold secrets: everyone who may describe the "
    "stack can read them.",
    remediation=(
        "Move the secret to Secrets Manager or Systems Manager, refer to it dynamically in the template, update "
        "the stack, and replace the secret."
    ),
    severity=Severity.HIGH,
    resource_types=("AWS::CloudFormation::Stack",),
    parameters=Parameters,
    evaluate=evaluate,
)
