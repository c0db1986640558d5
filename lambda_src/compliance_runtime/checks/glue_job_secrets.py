"""Arguments of Glue jobs hold no secrets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from compliance_runtime.check import LookupCheck, Severity, Verdict
from compliance_runtime.resources.secret_findings import SecretParameters, secrets_verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compliance_runtime.account import Account
    from compliance_runtime.evaluation.configuration_item import ConfigurationItem


@dataclass(frozen=True)
class Parameters(SecretParameters):
    """Exemptions."""


def evaluate(item: ConfigurationItem, parameters: Parameters, account: Account) -> Verdict:
    """Ask Glue for the arguments, which the schema of recorded jobs does not list, and name those with secrets.

    https://github.com/awslabs/aws-config-resource-schema, read on 2026-11-26

    Returns
    -------
    Verdict
        NON_COMPLIANT with the names, never the values; NOT_APPLICABLE where the job does not exist any more.
    """
    glue = account.client("glue")
    try:
        job = glue.get_job(JobName=item.members.optional_text("Name") or item.resource_name or item.resource_id)["Job"]
    except glue.exceptions.EntityNotFoundException:
        return Verdict.not_applicable("The job does not exist any more.")
    return secrets_verdict(
        _arguments(job),
        parameters.exempt_names,
        place="arguments",
        remedy="Have the job read them from Secrets Manager",
    )


def _arguments(job: dict[str, dict[str, str]]) -> Iterator[tuple[str, str]]:
    for member in ("DefaultArguments", "NonOverridableArguments"):
        for name, value in sorted(job.get(member, {}).items()):
            yield name.lstrip("-"), value


CHECK = LookupCheck(
    id="glue-job-secrets",
    title="No secrets in Glue arguments",
    description="Arguments of Glue jobs must not hold secrets: everyone who may read the job or its runs sees them.",
    remediation=(
        "Use a Glue connection, or have the job read the secret from Secrets Manager; remove the argument, and "
        "replace the secret."
    ),
    severity=Severity.HIGH,
    resource_types=("AWS::Glue::Job",),
    parameters=Parameters,
    evaluate=evaluate,
    actions=("glue:GetJob",),
)
