"""Access to a resource by its own policy: the parameters of trusted principals, and the verdict.

A policy is evaluated as ``compliance_runtime.policy.exposure`` describes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from compliance_runtime.check import Verdict
from compliance_runtime.errors import ParameterError
from compliance_runtime.policy.bounds import bucket_name, is_any_session
from compliance_runtime.policy.exposure import Trusted, untrusted_principals
from compliance_runtime.policy.networks import is_network
from compliance_runtime.policy.principals import is_account

if TYPE_CHECKING:
    from collections.abc import Iterable

    from compliance_runtime.policy.document import PolicyDocument
    from compliance_runtime.policy.exposure import UntrustedPrincipal

# https://docs.aws.amazon.com/organizations/latest/APIReference/API_Organization.html
_ORGANIZATION = re.compile(r"o-[a-z0-9]{10,32}")


@dataclass(frozen=True)
class TrustParameters:
    """Trusted principals beside the resource's own account.

    Raises
    ------
    ParameterError
        When a text is not an account, an organization, a single principal or a network.
    """

    accounts: tuple[str, ...] = field(
        default=(), metadata={"doc": "Accounts that may come in, 12 digits each; the resource's own always may."}
    )
    organizations: tuple[str, ...] = field(
        default=(),
        metadata={
            "doc": "Organizations that may come in, as o-a1b2c3d4e5. A policy tells an organization by its conditions "
            "only: who is named as an account must be in accounts."
        },
    )
    principals: tuple[str, ...] = field(
        default=(),
        metadata={
            "doc": "Single principals that may come in, case-sensitive and as policies write them: ARNs of roles, "
            "users and CloudFront origin access identities, S3 canonical user ids, identity providers, and the ARNs of "
            "buckets for which S3 may come (aws:SourceArn)."
        },
    )
    networks: tuple[str, ...] = field(
        default=(),
        metadata={
            "doc": "Networks from which anybody may come, where a condition demands one: ids of VPCs and VPC "
            "endpoints, addresses and ranges of at most /8 (IPv6: /32), accounts and organizations for aws:VpceAccount "
            "and aws:VpceOrgID."
        },
    )

    def __post_init__(self) -> None:
        """Refuse values that would trust nobody, or too many."""
        for account in self.accounts:
            if not is_account(account):
                raise ParameterError(f"Parameter accounts: {account!r:.40} must be an account's 12 digits.")
        for organization in self.organizations:
            if not _ORGANIZATION.fullmatch(organization):
                raise ParameterError(
                    f"Parameter organizations: {organization!r:.40} must be an organization's id, as o-a1b2c3d4e5."
                )
        for principal in self.principals:
            certain = bucket_name(principal) or is_any_session(principal) or not set(principal) & set("*?")
            if not principal.strip() or not certain:
                raise ParameterError(
                    f"Parameter principals: {principal!r:.100} must be a single principal, without * and ?."
                )
        for network in self.networks:
            if not is_network(network):
                raise ParameterError(
                    f"Parameter networks: {network!r:.60} must be the id of a VPC or VPC endpoint, an address or a "
                    "range of at most /8 (IPv6: /32), an account or an organization."
                )

    def trusted(self, *own: str) -> Trusted:
        """Return the trusted principals, including the resource's account, or another id of it."""
        return Trusted(
            accounts=frozenset({*self.accounts, *own}),
            organizations=frozenset(self.organizations),
            principals=frozenset({*self.principals, *own}),
            networks=frozenset(self.networks),
        )


def access_verdict(document: PolicyDocument, trusted: Trusted, *, policy: str, others: Iterable[str] = ()) -> Verdict:
    """Return compliant if its policy lets in nobody but the trusted.

    Parameters
    ----------
    document
        The policy.
    trusted
        The trusted principals.
    policy
        The policy's name in reasons, such as ``The bucket policy``.
    others
        Other problems of the policy, as texts.

    Returns
    -------
    Verdict
        NON_COMPLIANT with the untrusted principals, what to do about them, and the other problems.
    """
    found = untrusted_principals(document, trusted)
    problems = [f"{policy} lets in {', '.join(one.name for one in found)}; {_remedy(found)}."] if found else []
    problems += others
    if problems:
        return Verdict.non_compliant(" ".join(problems))
    return Verdict.compliant(f"{policy} lets in nobody but the trusted.")


def _remedy(found: Iterable[UntrustedPrincipal]) -> str:
    """Return the remediation for all of them, with the parameters in which they could be listed."""
    lists = sorted({one.listed_in for one in found if one.listed_in})
    or_listed = f", or list who may come in as {' and '.join(lists)}" if lists else ""
    return f"take it out or bound it by a condition{or_listed}"
