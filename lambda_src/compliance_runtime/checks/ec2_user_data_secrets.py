"""User data of instances and their templates holds no secrets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from compliance_runtime.check import LookupCheck, Severity, Verdict
from compliance_runtime.resources.ec2_instances import ended_state
from compliance_runtime.resources.secret_findings import SecretParameters, secrets_verdict
from compliance_runtime.resources.user_data import decoded_user_data, instance_user_data, template_user_data

if TYPE_CHECKING:
    from compliance_runtime.account import Account
    from compliance_runtime.evaluation.configuration_item import ConfigurationItem

INSTANCE = "AWS::EC2::Instance"
TEMPLATE = "AWS::EC2::LaunchTemplate"
CONFIGURATION = "AWS::AutoScaling::LaunchConfiguration"


@dataclass(frozen=True)
class Parameters(SecretParameters):
    """Exemptions: user data, or a version of a template, as ``version 3``."""


def evaluate(item: ConfigurationItem, parameters: Parameters, account: Account) -> Verdict:
    """Look for secrets in the user data, which AWS Config records of launch configurations only."""
    if item.resource_type == INSTANCE:
        ended = ended_state(item.members)
        if ended:
            return Verdict.not_applicable(f"The instance is {ended}.")
    texts = _texts(item, account)
    if texts is None:
        return Verdict.not_applicable("It does not exist any more.")
    return secrets_verdict(
        texts.items(),
        parameters.exempt_names,
        place="user data",
        remedy="Have the instance read them from Secrets Manager by its role",
    )


def _texts(item: ConfigurationItem, account: Account) -> dict[str, str] | None:
    if item.resource_type == CONFIGURATION:
        return {"user data": decoded_user_data(item.members.optional_text("userData"))}
    if item.resource_type == TEMPLATE:
        return template_user_data(account.client("ec2"), item.resource_id)
    text = instance_user_data(account.client("ec2"), item.resource_id)
    return None if text is None else {"user data": text}


CHECK = LookupCheck(
    id="ec2-user-data-secrets",
    title="No secrets in user data",
    description="User data of instances, launch templates and launch configurations must not hold secrets: everyone "
    "who may describe them, and every process on the instance, can read it.",
    remediation=(
        "Have the instance read the secret from Secrets Manager with its role, remove it from the user data, and "
        "replace it."
    ),
    severity=Severity.HIGH,
    resource_types=(INSTANCE, TEMPLATE, CONFIGURATION),
    parameters=Parameters,
    evaluate=evaluate,
    actions=("ec2:DescribeInstanceAttribute", "ec2:DescribeLaunchTemplateVersions"),
)
