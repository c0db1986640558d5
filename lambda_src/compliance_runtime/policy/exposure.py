"""Whom a resource's policy lets in beyond those that are trusted.

What is not certain counts as open. Not seen are: denials to certain principals only, or of less than a statement allows
(in actions or resources); conditions on tags, sessions and what asks in the caller's name (``kms:ViaService``); which
account a CloudFront origin access identity, an S3 canonical user or a bucket in ``aws:SourceArn`` belongs to, unless it
is listed as trusted; policy variables such as ``${aws:ResourceAccount}``; and what bounds requests elsewhere, such as
an organization's policies.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from compliance_runtime.policy.bounds import Relation, bounds_on, bucket_name, callers
from compliance_runtime.policy.networks import is_network, is_network_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from compliance_runtime.policy.bounds import Bound, Party
    from compliance_runtime.policy.document import PolicyDocument, Statement


@dataclass(frozen=True)
class Trusted:
    """Who may be let in.

    Parameters
    ----------
    accounts
        12 digits each; the resource's own account among them.
    organizations
        Ids such as ``o-a1b2c3d4e5``.
    principals
        Single principals as policies write them, without wildcards: ARNs, also of CloudFront's origin access
        identities and of buckets that are sources, and S3's canonical ids of users.
    networks
        Where anybody may come from: VPCs, VPC endpoints, address ranges, and owners of VPC endpoints.
    """

    accounts: frozenset[str]
    organizations: frozenset[str] = frozenset()
    principals: frozenset[str] = frozenset()
    networks: frozenset[str] = frozenset()

    def includes(self, party: Party) -> bool:
        """Return whether all of a party may be let in; services of AWS may, and a network only if it is listed."""
        if party.relation is Relation.NETWORK:
            return is_network_in(party.text, self.networks)
        return (
            party.account in self.accounts
            or party.organization in self.organizations
            or party.relation is Relation.SERVICE
            or party.text in self.principals
            or (party.bucket is not None and party.bucket in {bucket_name(one) for one in self.principals})
        )


@dataclass(frozen=True)
class UntrustedPrincipal:
    """One who is let in and is not trusted.

    Parameters
    ----------
    name
        For a person, with the statement that lets in; begins with ``anyone`` where anybody can be one of them.
    listed_in
        The field of ``Trusted`` in which one could list it; None where no list can hold it.
    """

    name: str
    listed_in: str | None = None


def untrusted_principals(document: PolicyDocument, trusted: Trusted) -> tuple[UntrustedPrincipal, ...]:
    """Name those whom the policy lets in beside the trusted ones, each once, with the statement that does.

    Those that begin with ``anyone`` come first, the others are in the policy's order. Services of AWS are
    trusted themselves; they are named where a condition has them act for another account or organization.
    """
    found = dict.fromkeys(
        UntrustedPrincipal(f"{one.name} ({statement.name})", one.listed_in)
        for statement in document.allowing
        for one in _untrusted_principals_of(statement, document, trusted)
    )
    return tuple(sorted(found, key=lambda one: not one.name.startswith("anyone")))


def public_statements(document: PolicyDocument) -> tuple[Statement, ...]:
    """List the statements that let anyone in: nothing bounds them to certain callers, sources or networks."""
    return tuple(
        statement
        for statement in document.allowing
        if statement.principals is not None
        and statement.principals.everyone
        and not any(all(party.fixed for party in bound) for bound in bounds_on(statement, document))
    )


def unsourced_services(document: PolicyDocument) -> tuple[str, ...]:
    """Name the services of AWS that the policy lets in for whomever they act, each with the statement that does.

    Such a service may be made to use the resource by anyone who uses the service (the confused deputy). A condition on
    ``aws:SourceArn``, ``aws:SourceAccount`` or ``aws:SourceOrgID`` prevents that.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
    """
    return tuple(
        dict.fromkeys(
            f"{service} ({statement.name})"
            for statement in document.allowing
            if statement.principals is not None
            and not statement.principals.negated
            and not any(
                all(party.relation is Relation.SOURCE and party.fixed for party in bound)
                for bound in bounds_on(statement, document)
            )
            for service in statement.principals.services
        )
    )


def _untrusted_principals_of(
    statement: Statement, document: PolicyDocument, trusted: Trusted
) -> Iterator[UntrustedPrincipal]:
    """Name them, without the statement."""
    principals = statement.principals
    if principals is None:
        return
    bounds = bounds_on(statement, document)
    if any(all(trusted.includes(party) for party in bound) for bound in bounds):
        return
    best = _best_known(bounds)
    if principals.everyone:
        if not bounds:
            yield UntrustedPrincipal("anyone")
        for party in _untrusted(best, bounds, trusted):
            yield UntrustedPrincipal(str(party), _listed_in(party))
        return
    for party in _untrusted(callers(principals), bounds, trusted):
        yield UntrustedPrincipal(str(party), _listed_in(party))
    known = [party for party in best if party.account or party.organization]
    for party in _untrusted(known, bounds, trusted):
        for service in principals.services:
            yield UntrustedPrincipal(f"{service} for {party.name}", _listed_in(party))


def _listed_in(party: Party) -> str | None:
    """Return the field of ``Trusted`` that could hold a party; None where it is not certain who belongs to it."""
    if party.relation is Relation.NETWORK:
        return "networks" if is_network(party.text) else None
    if party.account:
        return "accounts"
    if party.organization:
        return "organizations"
    return "principals" if party.fixed else None


def _untrusted(named: Iterable[Party], bounds: tuple[Bound, ...], trusted: Trusted) -> list[Party]:
    accounts_by_relation = [
        ({party.relation for party in bound}, {party.account for party in bound}) for bound in bounds
    ]
    return [party for party in named if not trusted.includes(party) and not _is_excluded(party, accounts_by_relation)]


def _is_excluded(party: Party, bounds: Iterable[tuple[set[Relation], set[str | None]]]) -> bool:
    """Return whether one of the bounds names only other accounts in the same relation."""
    return party.account is not None and any(
        relations <= {party.relation} and not accounts & {None, party.account} for relations, accounts in bounds
    )


def _best_known(bounds: tuple[Bound, ...]) -> Bound:
    """Choose the bound that tells a person most: accounts rather than organizations, those rather than all else."""
    return min(bounds, key=lambda bound: max((_vagueness(party) for party in bound), default=0), default=())


def _vagueness(party: Party) -> int:
    known = (party.account, party.organization, party.relation is not Relation.NETWORK and party.fixed, True)
    return next(index for index, one in enumerate(known) if one)
