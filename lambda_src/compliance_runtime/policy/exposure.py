"""Principals that a resource's policy allows beyond the trusted ones.

Uncertain access counts as open. Not considered are: denials to certain principals only, or of less than a statement
allows (in actions or resources); conditions on tags, sessions and forwarding services (``kms:ViaService``); the account
of a CloudFront origin access identity, an S3 canonical user or a bucket in ``aws:SourceArn``, unless it is listed as
trusted; policy variables such as ``${aws:ResourceAccount}``; and limits elsewhere, such as an organization's policies.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final

from compliance_runtime.policy.bounds import Relation, bounds_on, bucket_name, callers
from compliance_runtime.policy.networks import is_network, is_network_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from compliance_runtime.policy.bounds import Bound, Party
    from compliance_runtime.policy.document import PolicyDocument, Statement


MAX_UNTRUSTED_PRINCIPALS: Final = 1_000
"""The most principals of a policy that are listed: many more than a reason has room for."""


@dataclass(frozen=True)
class Trusted:
    """The trusted principals.

    Parameters
    ----------
    accounts
        Account numbers of 12 digits, including the resource's own account.
    organizations
        Ids of organizations, such as ``o-a1b2c3d4e5``.
    principals
        Single principals as in policies, without wildcards: ARNs, also of CloudFront's origin access identities and
        of buckets that are sources, and S3's canonical ids of users.
    networks
        Trusted networks: VPCs, VPC endpoints, address ranges, and owners of VPC endpoints.
    """

    accounts: frozenset[str]
    organizations: frozenset[str] = frozenset()
    principals: frozenset[str] = frozenset()
    networks: frozenset[str] = frozenset()

    def includes(self, party: Party) -> bool:
        """Return whether all of a party are trusted; services of AWS are, and a network only if it is listed."""
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
    """A principal that a policy allows and that is not trusted.

    Parameters
    ----------
    name
        Its name and the allowing statement, for messages; begins with ``anyone`` where anybody can be one of them.
    listed_in
        The field of ``Trusted`` in which it could be listed; None for none.
    """

    name: str
    listed_in: str | None = None


def untrusted_principals(document: PolicyDocument, trusted: Trusted) -> tuple[UntrustedPrincipal, ...]:
    """List the untrusted principals that a policy allows, each once, with the allowing statement.

    Those that begin with ``anyone`` come first, the others are in the policy's order. Services of AWS are
    trusted themselves; they are listed where a condition names another account or organization for which they act.
    Each statement may let in all whom a denial spares: of so many the first `MAX_UNTRUSTED_PRINCIPALS` are listed.

    Returns
    -------
    tuple[UntrustedPrincipal, ...]
        The principals, each with the parameter that would list it as trusted; empty where the policy lets in only the
        trusted.
    """
    limits = _Limits(trusted)
    named = (
        UntrustedPrincipal(f"{one.name} ({statement.name})", one.listed_in)
        for statement in document.allowing
        for one in _untrusted_principals_of(statement, document, limits)
    )
    found = dict.fromkeys(islice(named, MAX_UNTRUSTED_PRINCIPALS))
    return tuple(sorted(found, key=lambda one: not one.name.startswith("anyone")))


def public_statements(document: PolicyDocument) -> tuple[Statement, ...]:
    """List the statements that allow anyone: not limited to certain callers, sources or networks."""
    return tuple(
        statement
        for statement in document.allowing
        if statement.principals is not None
        and statement.principals.everyone
        and not any(all(party.fixed for party in bound) for bound in bounds_on(statement, document))
    )


def unsourced_services(document: PolicyDocument) -> tuple[str, ...]:
    """List the services of AWS that the policy allows without a source, each with the allowing statement.

    Anyone who uses such a service may make it use the resource (the confused deputy). A condition on
    ``aws:SourceArn``, ``aws:SourceAccount`` or ``aws:SourceOrgID`` prevents that.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html

    Returns
    -------
    tuple[str, ...]
        Texts such as ``sns.amazonaws.com (statement 1)``, each once, in the policy's order.
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


@dataclass(frozen=True)
class _Limit:
    """A limit, with what is known of it.

    Parameters
    ----------
    parties
        Its parties.
    trusted
        Whether all of them are trusted.
    vagueness
        That of the least known one: 0 for an account.
    relations, accounts
        Those of its parties.
    """

    parties: Bound
    trusted: bool
    vagueness: int
    relations: frozenset[Relation]
    accounts: frozenset[str | None]

    def excludes(self, party: Party) -> bool:
        """Return whether it has only other accounts in the same relation."""
        return (
            party.account is not None
            and self.relations <= {party.relation}
            and self.accounts.isdisjoint((None, party.account))
        )


class _Limits:
    """The limits of a policy, each worked out once: all statements share those by denials."""

    def __init__(self, trusted: Trusted) -> None:
        self.trusted = trusted
        self._known: dict[int, _Limit] = {}
        self._within: dict[tuple[int, ...], tuple[UntrustedPrincipal, ...]] = {}

    def of(self, bound: Bound) -> _Limit:
        # By identity, as a hash takes as long as the work. A limit keeps its parties, so no other gets their identity.
        known = self._known.get(id(bound))
        if known is None:
            known = self._known[id(bound)] = _Limit(
                bound,
                trusted=all(self.trusted.includes(party) for party in bound),
                vagueness=max((_vagueness(party) for party in bound), default=0),
                relations=frozenset(party.relation for party in bound),
                accounts=frozenset(party.account for party in bound),
            )
        return known

    def untrusted_within(self, bounds: Sequence[_Limit]) -> tuple[UntrustedPrincipal, ...]:
        """List whom a statement for everyone lets in."""
        key = tuple(map(id, bounds))
        if key not in self._within:
            anyone = () if bounds else (UntrustedPrincipal("anyone"),)
            parties = self.untrusted(_best_known(bounds), bounds)
            self._within[key] = (*anyone, *(UntrustedPrincipal(str(one), _listed_in(one)) for one in parties))
        return self._within[key]

    def untrusted(self, named: Iterable[Party], limits: Iterable[_Limit]) -> list[Party]:
        """Choose the untrusted parties that no limit excludes."""
        return [
            party
            for party in named
            if not self.trusted.includes(party) and not any(limit.excludes(party) for limit in limits)
        ]


def _untrusted_principals_of(
    statement: Statement, document: PolicyDocument, limits: _Limits
) -> Iterator[UntrustedPrincipal]:
    """Yield them, without the statement."""
    principals = statement.principals
    if principals is None:
        return
    bounds = [limits.of(bound) for bound in bounds_on(statement, document)]
    if any(bound.trusted for bound in bounds):
        return
    if principals.everyone:
        yield from limits.untrusted_within(bounds)
        return
    for party in limits.untrusted(callers(principals), bounds):
        yield UntrustedPrincipal(str(party), _listed_in(party))
    if not principals.services:
        return
    known = [party for party in _best_known(bounds) if party.account or party.organization]
    for party in limits.untrusted(known, bounds):
        for service in principals.services:
            yield UntrustedPrincipal(f"{service} for {party.name}", _listed_in(party))


def _listed_in(party: Party) -> str | None:
    """Return the field of ``Trusted`` for a party; None where it is not certain who belongs to it."""
    if party.relation is Relation.NETWORK:
        return "networks" if is_network(party.text) else None
    if party.account:
        return "accounts"
    if party.organization:
        return "organizations"
    return "principals" if party.fixed else None


def _best_known(bounds: Sequence[_Limit]) -> Bound:
    """Return the parties of the best known limit: accounts rather than organizations, those rather than others."""
    return min(bounds, key=lambda bound: bound.vagueness).parties if bounds else ()


def _vagueness(party: Party) -> int:
    known = (party.account, party.organization, party.relation is not Relation.NETWORK and party.fixed, True)
    return next(index for index, one in enumerate(known) if one)
