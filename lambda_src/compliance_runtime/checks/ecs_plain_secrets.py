"""Environment variables of ECS containers hold no secrets."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from compliance_runtime.check import ChangeCheck, Severity, Verdict
from compliance_runtime.errors import EventError
from compliance_runtime.resources.plain_secrets import variables_with_secrets
from compliance_runtime.resources.task_definition import container_definitions, is_deregistered

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compliance_runtime.evaluation.configuration_item import ConfigurationItem
    from compliance_runtime.json_object import JsonObject


@dataclass(frozen=True)
class Parameters:
    """Exemptions."""

    exempt_variables: tuple[str, ...] = field(
        default=(),
        metadata={"doc": "Names of variables that hold no secret, as CSRF_TOKEN or TEST_*; case-sensitive."},
    )


def evaluate(item: ConfigurationItem, parameters: Parameters) -> Verdict:
    """Name the variables with secrets, by container.

    Returns
    -------
    Verdict
        NON_COMPLIANT with the names, never the values; NOT_APPLICABLE where the definition is deregistered.

    Raises
    ------
    EventError
        When the item is malformed; it quotes nothing of it.
    """
    if is_deregistered(item):
        return Verdict.not_applicable("The task definition is deregistered.")
    try:
        found = [
            (container.text("Name"), variables_with_secrets(_variables(container), parameters.exempt_variables))
            for container in container_definitions(item)
        ]
    except EventError:
        # What it says may quote a secret.
        raise EventError(
            f"{item.label}: the environment of a container does not have the form that AWS documents."
        ) from None
    secrets = [f"container {name}: {', '.join(variables)}" for name, variables in found if variables]
    if secrets:
        return Verdict.non_compliant(
            f"Secrets in plain environment variables of {'; '.join(secrets)}. "
            "Take them from Secrets Manager with valueFrom, and change them: they were exposed."
        )
    return Verdict.compliant("No environment variable looks like a secret.")


def _variables(container: JsonObject) -> Iterator[tuple[str, str]]:
    for variable in container.objects("Environment"):
        yield variable.text("Name"), variable.optional_text("Value") or ""


CHECK = ChangeCheck(
    id="ecs-plain-secrets",
    title="No secrets in ECS variables",
    description="Environment variables of containers must not hold secrets: everyone who may describe the task "
    "definition can read them.",
    remediation=(
        "Name the secret under secrets, by its ARN in Secrets Manager or Systems Manager, remove the variable, and "
        "replace the secret."
    ),
    severity=Severity.HIGH,
    resource_types=("AWS::ECS::TaskDefinition",),
    parameters=Parameters,
    evaluate=evaluate,
)
