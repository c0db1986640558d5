"""Roles that other accounts may assume require an external id.

Without it a vendor that holds roles of many customers can be made to use one for another (the confused deputy):
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html
A role that anyone may assume violates with an external id as well: that is no secret.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from compliance_runtime.check import ChangeCheck, Severity, Verdict
from compliance_runtime.errors import ParameterError
from compliance_runtime.policy.document import PolicyDocument
from compliance_runtime.policy.exposure import Trusted, untrusted_principals
from compliance_runtime.resources.external_ids import asks_for_external_id
from compliance_runtime.resources.iam_policies import trust_policy
from compliance_runtime.resources.iam_principal import SERVICE_ROLE_REASON, is_service_linked_role

if TYPE_CHECKING:
    from compliance_runtime.evaluation.configuration_item import ConfigurationItem
    from compliance_runtime.policy.document import Statement

_ACCOUNT = re.compile(r"[0-9]{12}")
_ORGANIZATION = re.compile(r"o-[a-z0-9]{10,32}")


@dataclass(frozen=True)
class Parameters:
    """Principals that may assume roles without an external id.

    Raises
    ------
    ParameterError
        When a value is not an account or an organization.
    """

    trusted_accounts: tuple[str, ...] = field(
        default=(), metadata={"doc": "Accounts of the own company, 12 digits each; the role's own is always trusted."}
    )
    trusted_organizations: tuple[str, ...] = field(
        default=(),
        metadata={
            "doc": "Organizations, as o-a1b2c3d4e5: trusted where a condition asks for one, as aws:PrincipalOrgID does."
        },
    )

    def __post_init__(self) -> None:
        """Refuse what is no account or no organization."""
        for account in self.trusted_accounts:
            if not _ACCOUNT.fullmatch(account):
                raise ParameterError(f"Parameter trusted_accounts: {account!r} must be the 12 digits of an account.")
        for organization in self.trusted_organizations:
            if not _ORGANIZATION.fullmatch(organization):
                raise ParameterError(f"Parameter trusted_organizations: {organization!r} must be as o-a1b2c3d4e5.")


def evaluate(item: ConfigurationItem, parameters: Parameters) -> Verdict:
    """Return compliant if all that come from elsewhere must give an external id, and not anyone may come."""
    if is_service_linked_role(item):
        return Verdict.not_applicable(SERVICE_ROLE_REASON)
    trusted = Trusted(
        frozenset({item.account, *parameters.trusted_accounts}), frozenset(parameters.trusted_organizations)
    )
    document = trust_policy(item)
    found = [
        (one.name, asked)
        for statement in document.allowing
        if statement.actions.matches("sts:assumerole")
        # Once for all of its principals, of which a denial may spare hundreds.
        for asked in (asks_for_external_id(statement, document, trusted),)
        for one in untrusted_principals(PolicyDocument((*document.denying, _of_accounts(statement))), trusted)
    ]
    anyone = [name for name, _ in found if name.startswith("anyone")]
    others = [name for name, asked in found if not asked and not name.startswith("anyone")]
    if anyone:
        return Verdict.non_compliant(f"The role may be assumed by {', '.join([*anyone, *others])}. Name the accounts.")
    if others:
        return Verdict.non_compliant(
            f"The role may be assumed without an external id by {', '.join(others)}. "
            "Add a condition StringEquals on sts:ExternalId, or trust the account or organization."
        )
    return Verdict.compliant("Nobody from elsewhere may assume the role without an external id.")


def _of_accounts(statement: Statement) -> Statement:
    """Leave services and identity providers out: neither can give an external id."""
    principals = statement.principals
    return (
        statement
        if principals is None
        else replace(statement, principals=replace(principals, services=(), federated=()))
    )


CHECK = ChangeCheck(
    id="iam-trust-external-id",
    title="External ids for other accounts",
    description=(
        "Roles that principals of other accounts may assume must ask for sts:ExternalId, unless the account or "
        "organization is trusted, and never let anyone in: else others may have a vendor use them."
    ),
    remediation="Add a condition on sts:ExternalId with the value that the other side gave for this account.",
    severity=Severity.HIGH,
    resource_types=("AWS::IAM::Role",),
    parameters=Parameters,
    evaluate=evaluate,
)
