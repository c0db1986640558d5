"""Environment variables and build specifications of CodeBuild hold no secrets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from compliance_runtime.check import ChangeCheck, Severity, Verdict
from compliance_runtime.resources.secret_findings import SecretParameters, secrets_verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compliance_runtime.evaluation.configuration_item import ConfigurationItem

# https://docs.aws.amazon.com/codebuild/latest/APIReference/API_EnvironmentVariable.html: the others are names of
# secrets.
PLAINTEXT = "PLAINTEXT"


@dataclass(frozen=True)
class Parameters(SecretParameters):
    """Exemptions."""


def evaluate(item: ConfigurationItem, parameters: Parameters) -> Verdict:
    """Name the plain variables with secrets, and the build specification if it holds one."""
    return secrets_verdict(
        _values(item),
        parameters.exempt_names,
        place="plain variables or the buildspec",
        remedy="Take them from Secrets Manager by the type SECRETS_MANAGER",
    )


def _values(item: ConfigurationItem) -> Iterator[tuple[str, str]]:
    environment = item.members.optional_member("environment")
    for variable in environment.objects("environmentVariables") if environment else ():
        if (variable.optional_text("type") or PLAINTEXT) == PLAINTEXT:
            yield variable.text("name"), variable.optional_text("value") or ""
    sources = (item.members.optional_member("source"), *item.members.objects("secondarySources"))
    for source in sources:
        if source is not None:
            yield "buildspec", source.optional_text("buildspec") or ""


CHECK = ChangeCheck(
    id="codebuild-secrets",
    title="No secrets in builds",
    description="Plain environment variables and build specifications of CodeBuild projects must not hold secrets: "
    "everyone who may read the project can read them, and builds print them.",
    remediation=(
        "Change the variable's type to SECRETS_MANAGER or PARAMETER_STORE, and replace the secret: earlier builds "
        "have logged it."
    ),
    severity=Severity.HIGH,
    resource_types=("AWS::CodeBuild::Project",),
    parameters=Parameters,
    evaluate=evaluate,
)
