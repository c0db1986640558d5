"""Policies of many types of resources allow only the account and trusted principals.

Buckets, keys, queues and topics have checks of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from compliance_runtime.check import ChangeCheck, Severity, Verdict
from compliance_runtime.resources.messaging_access import MessagingParameters, unsourced_problems
from compliance_runtime.resources.resource_access import access_verdict
from compliance_runtime.resources.resource_policies import POLICY_MEMBERS, SUPPLEMENTARY_POLICIES, resource_policy

if TYPE_CHECKING:
    from compliance_runtime.evaluation.configuration_item import ConfigurationItem


@dataclass(frozen=True)
class Parameters(MessagingParameters):
    """Trusted principals, and whether services of AWS need a source."""


def evaluate(item: ConfigurationItem, parameters: Parameters) -> Verdict:
    """Return compliant if the policy lets in nobody but the trusted.

    Services of AWS may come in, unless a condition has them act for somebody else. A resource without a policy is
    compliant: AWS Config leaves the member out then.

    Returns
    -------
    Verdict
        NON_COMPLIANT with all others that it lets in, and the services that it lets in for anyone where that is asked
        for.
    """
    document = resource_policy(item)
    return access_verdict(
        document,
        parameters.trusted(item.account),
        policy="The policy",
        others=unsourced_problems(document, parameters),
    )


CHECK = ChangeCheck(
    id="resource-policy-principals",
    title="Resource policies for trusted principals",
    description=(
        "Policies of functions, repositories, secrets, event buses, domains, file systems, backup vaults and the like "
        "must let in nobody but the own account and the listed accounts, organizations and principals."
    ),
    remediation=(
        "Remove the principal from the resource's policy, or bound its statement with aws:PrincipalOrgID, "
        "aws:SourceAccount or aws:SourceArn."
    ),
    severity=Severity.HIGH,
    resource_types=tuple(sorted({*POLICY_MEMBERS, *SUPPLEMENTARY_POLICIES})),
    parameters=Parameters,
    evaluate=evaluate,
)
