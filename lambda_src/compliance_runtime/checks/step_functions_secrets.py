"""Definitions of state machines hold no secrets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from compliance_runtime.check import LookupCheck, Severity, Verdict
from compliance_runtime.errors import EventError
from compliance_runtime.json_object import decoded
from compliance_runtime.resources.plain_secrets import texts_by_name
from compliance_runtime.resources.secret_findings import SecretParameters, secrets_verdict

if TYPE_CHECKING:
    from compliance_runtime.account import Account
    from compliance_runtime.evaluation.configuration_item import ConfigurationItem

# What a state takes from its input or computes:
# https://docs.aws.amazon.com/step-functions/latest/dg/concepts-data-flow.html
_COMPUTED = ("$", "{%", "States.")


@dataclass(frozen=True)
class Parameters(SecretParameters):
    """Exemptions."""


def evaluate(item: ConfigurationItem, parameters: Parameters, account: Account) -> Verdict:
    """Ask Step Functions for the definition, which the schema of recorded machines does not list; name what holds
    secrets.

    https://github.com/awslabs/aws-config-resource-schema, read on 2026-11-26

    Returns
    -------
    Verdict
        NON_COMPLIANT with the names, never the values; NOT_APPLICABLE where the state machine does not exist any more.

    Raises
    ------
    EventError
        When the definition is not JSON.
    """
    client = account.client("stepfunctions")
    try:
        machine = client.describe_state_machine(stateMachineArn=item.arn or item.resource_id)
    except client.exceptions.StateMachineDoesNotExist:
        return Verdict.not_applicable("The state machine does not exist any more.")
    # The error must not quote the text.
    definition = decoded(machine["definition"], f"{item.label}: definition", EventError)
    values = (
        (name.removesuffix(".$"), text) for name, text in texts_by_name(definition) if not text.startswith(_COMPUTED)
    )
    return secrets_verdict(
        values,
        parameters.exempt_names,
        place="the definition",
        remedy="Have a state read them from Secrets Manager",
    )


CHECK = LookupCheck(
    id="step-functions-secrets",
    title="No secrets in state machines",
    description="Definitions of state machines must not hold secrets: everyone who may describe the machine can read "
    "them, and executions log them.",
    remediation=(
        "Read the secret in a state of the machine from Secrets Manager, remove it from the definition, and replace it."
    ),
    severity=Severity.HIGH,
    resource_types=("AWS::StepFunctions::StateMachine",),
    parameters=Parameters,
    evaluate=evaluate,
    actions=("states:DescribeStateMachine",),
)
