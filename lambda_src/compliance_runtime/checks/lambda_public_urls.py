"""Functions have no URL that anyone may call."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from compliance_runtime.check import LookupCheck, Severity, Verdict
from compliance_runtime.policy.patterns import any_matches

if TYPE_CHECKING:
    from compliance_runtime.account import Account
    from compliance_runtime.evaluation.configuration_item import ConfigurationItem

# https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
OPEN = "NONE"


@dataclass(frozen=True)
class Parameters:
    """Functions that may be public."""

    public_functions: tuple[str, ...] = field(
        default=(), metadata={"doc": "Names of functions whose URLs anyone may call, as webhook-*; case-sensitive."}
    )


def evaluate(item: ConfigurationItem, parameters: Parameters, account: Account) -> Verdict:
    """Look up the function's URLs, also those of aliases, which AWS Config does not record.

    A URL without authentication counts whatever the function's policy says: whoever may add a permission opens it.

    Returns
    -------
    Verdict
        NON_COMPLIANT with the aliases of open URLs, sorted; NOT_APPLICABLE where the function does not exist any more.
    """
    if any_matches(parameters.public_functions, item.resource_id):
        return Verdict.compliant("The function may be public: it is listed in the rule's public_functions.")
    client = account.client("lambda")
    try:
        pages = client.get_paginator("list_function_url_configs").paginate(FunctionName=item.resource_id)
        urls = [url for page in pages for url in page["FunctionUrlConfigs"] if url["AuthType"] == OPEN]
    except client.exceptions.ResourceNotFoundException:
        return Verdict.not_applicable("The function does not exist any more.")
    aliases = sorted(_qualifier(url["FunctionArn"]) for url in urls)
    if aliases:
        return Verdict.non_compliant(
            f"Anyone may call the URL of {', '.join(aliases)} (AuthType NONE): set AuthType to AWS_IAM, or list the "
            "function as a public one."
        )
    return Verdict.compliant("No URL of the function can be called without signature.")


def _qualifier(arn: str) -> str:
    parts = arn.split(":", 7)
    return f"the alias {parts[7]}" if len(parts) > 7 else "the function"  # noqa: PLR2004 parts of an unqualified ARN


CHECK = LookupCheck(
    id="lambda-public-urls",
    title="No public function URLs",
    description="URLs of functions must ask for a signature (AWS_IAM), unless the function is listed as a public one: "
    "else anyone on the internet can invoke it.",
    remediation=(
        "Set the URL's AuthType to AWS_IAM, and remove the statement for everyone from the function's policy."
    ),
    severity=Severity.HIGH,
    resource_types=("AWS::Lambda::Function",),
    parameters=Parameters,
    evaluate=evaluate,
    actions=("lambda:ListFunctionUrlConfigs",),
)
