"""Environment variables of functions hold no secrets."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from compliance_runtime.check import LookupCheck, Severity, Verdict
from compliance_runtime.errors import NotReadableError
from compliance_runtime.policy.patterns import any_matches
from compliance_runtime.resources.plain_secrets import variables_with_secrets

if TYPE_CHECKING:
    from compliance_runtime.account import Account
    from compliance_runtime.evaluation.configuration_item import ConfigurationItem


@dataclass(frozen=True)
class Parameters:
    """Exemptions."""

    exempt_variables: tuple[str, ...] = field(
        default=(),
        metadata={"doc": "Names of variables that hold no secret, as CSRF_TOKEN or TEST_*; case-sensitive."},
    )
    exempt_functions: tuple[str, ...] = field(
        default=(), metadata={"doc": "Names of functions that are not judged, as legacy-*; case-sensitive."}
    )


def evaluate(item: ConfigurationItem, parameters: Parameters, account: Account) -> Verdict:
    """Look up the variables, which AWS Config does not record, and list those with secrets.

    What it records of a function:
    https://github.com/awslabs/aws-config-resource-schema/tree/master/config/properties/resource-types

    Returns
    -------
    Verdict
        NON_COMPLIANT with the names, never the values; NOT_APPLICABLE for a function that is exempt or does not exist
        any more.

    Raises
    ------
    NotReadableError
        When AWS Lambda cannot decrypt the variables for this role.
    """
    if any_matches(parameters.exempt_functions, item.resource_id):
        return Verdict.not_applicable("The function is exempt.")
    client = account.client("lambda")
    try:
        function = client.get_function_configuration(FunctionName=item.resource_id)
    except client.exceptions.ResourceNotFoundException:
        return Verdict.not_applicable("The function does not exist any more.")
    environment = function.get("Environment", {})
    if "Error" in environment:
        # The message of that error may quote what it is about.
        raise NotReadableError(
            f"The environment variables of function {item.resource_id} cannot be read "
            f"({environment['Error'].get('ErrorCode', 'no code')}): let the rule's role decrypt with their key, or "
            "exempt the function."
        )
    variables = sorted(environment.get("Variables", {}).items())
    found = variables_with_secrets(variables, parameters.exempt_variables)
    if found:
        return Verdict.non_compliant(
            f"Secrets in plain environment variables: {', '.join(found)}. "
            "Keep them in Secrets Manager, and change them: they were exposed."
        )
    return Verdict.compliant("No environment variable looks like a secret.")


CHECK = LookupCheck(
    id="lambda-secrets",
    title="No secrets in Lambda variables",
    description="Environment variables of functions must not hold secrets: everyone who may read the function's "
    "configuration can read them.",
    remediation=(
        "Have the function read the secret from Secrets Manager, remove the variable, and replace the secret."
    ),
    severity=Severity.HIGH,
    resource_types=("AWS::Lambda::Function",),
    parameters=Parameters,
    evaluate=evaluate,
    actions=("lambda:GetFunctionConfiguration",),
)
