"""Roles for services of AWS restrict the accounts or resources for which a service may use them.

A service that acts for all its customers can be made to use a role for another one (the confused deputy):
https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html. Some services send no source, so that a condition
would lock them out; they take roles of the own account only (iam:PassRole). The exempt ones are those of which users of
Prowler report that (https://github.com/prowler-cloud/prowler/issues/2810); more can be named.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from compliance_runtime.check import ChangeCheck, Severity, Verdict
from compliance_runtime.errors import ParameterError
from compliance_runtime.policy.document import PolicyDocument
from compliance_runtime.policy.exposure import unsourced_services
from compliance_runtime.policy.patterns import any_matches
from compliance_runtime.resources.iam_policies import trust_policy
from compliance_runtime.resources.iam_principal import SERVICE_ROLE_REASON, is_service_linked_role, principal_name

if TYPE_CHECKING:
    from compliance_runtime.evaluation.configuration_item import ConfigurationItem

SERVICES_WITHOUT_SOURCE = (
    "apigateway.amazonaws.com",
    "backup.amazonaws.com",
    "ec2.amazonaws.com",
    "glue.amazonaws.com",
    "lambda.amazonaws.com",
)

_SERVICE = re.compile(r"[a-z0-9.*?-]+")


@dataclass(frozen=True)
class Parameters:
    """Services and roles that need no restriction.

    Raises
    ------
    ParameterError
        When a pattern cannot match a service.
    """

    exempt_services: tuple[str, ...] = field(
        default=SERVICES_WITHOUT_SOURCE,
        metadata={
            "doc": "Services that need no bound, as ec2.amazonaws.com or *.rds.amazonaws.com; * and ? are wildcards."
        },
    )
    exempt_roles: tuple[str, ...] = field(
        default=(), metadata={"doc": "Names of roles that are not judged, with wildcards, case-sensitive."}
    )

    def __post_init__(self) -> None:
        """Refuse a text that is not a service."""
        for service in self.exempt_services:
            if not _SERVICE.fullmatch(service):
                raise ParameterError(
                    f"Parameter exempt_services: {service!r:.80} must be a service, as ec2.amazonaws.com."
                )


def evaluate(item: ConfigurationItem, parameters: Parameters) -> Verdict:
    """Return compliant if every service comes for certain accounts, organizations or resources only."""
    if is_service_linked_role(item):
        return Verdict.not_applicable(SERVICE_ROLE_REASON)
    if any_matches(parameters.exempt_roles, principal_name(item)):
        return Verdict.not_applicable("It is exempt by its name.")
    document = trust_policy(item)
    assuming = tuple(one for one in document.statements if not one.allows or one.actions.matches("sts:assumerole"))
    found = [
        service
        for service in unsourced_services(PolicyDocument(assuming))
        if not any_matches(parameters.exempt_services, service.partition(" ")[0].removesuffix(".cn"))
    ]
    if found:
        return Verdict.non_compliant(
            f"The role may be assumed for anyone by {', '.join(found)}: add a condition on aws:SourceAccount or "
            "aws:SourceArn."
        )
    if not any(one.principals and one.principals.services for one in assuming if one.allows):
        return Verdict.not_applicable("The role is not for services of AWS.")
    return Verdict.compliant("Services come for somebody in particular, or need no such bound.")


CHECK = ChangeCheck(
    id="iam-confused-deputy",
    title="Roles for services name whom they serve",
    description=(
        "Roles that services of AWS may assume must ask for aws:SourceArn, aws:SourceAccount or aws:SourceOrgID, but "
        "for services that send none: else other customers can have the service use the role."
    ),
    remediation=(
        "Add a condition on aws:SourceAccount, aws:SourceArn or aws:SourceOrgID to the statement that trusts the "
        "service."
    ),
    severity=Severity.MEDIUM,
    resource_types=("AWS::IAM::Role",),
    parameters=Parameters,
    evaluate=evaluate,
)
