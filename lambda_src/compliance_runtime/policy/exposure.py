"""Whom a resource's policy lets in beyond those that are trusted.

What is not certain counts as open. Not seen are: denials to certain principals only, or of less than a statement allows
(in actions or resources); conditions on tags, sessions and what asks in the caller's name (``kms:ViaService``); which
account a CloudFront origin access identity, an S3 canonical user or a bucket in ``aws:SourceArn`` belongs to; policy
variables such as ``${aws:ResourceAccount}``; and what bounds requests elsewhere, such as an organization's policies.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from compliance_runtime.policy.bounds import Relation, bounds_on, callers

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
        identities, and S3's canonical ids of users.
    """

    accounts: frozenset[str]
    organizations: frozenset[str] = frozenset()
    principals: frozenset[str] = frozenset()

    def includes(self, party: Party) -> bool:
        """Tell whether all of a party may be let in; services of AWS may, and a network does not tell who asks."""
        return (
            party.account in self.accounts
            or party.organization in self.organizations
            or party.relation is Relation.SERVICE
            or (party.relation is Relation.CALLER and party.text in self.principals)
        )


def untrusted_principals(document: PolicyDocument, trusted: Trusted) -> tuple[str, ...]:
    """Name those whom the policy lets in beside the trusted ones, each once, with the statement that does.

    Those that begin with ``anyone`` come first, the others are in the policy's order. Services of AWS are
    trusted themselves; they are named where a condition has them act for another account or organization.
    """
    found = dict.fromkeys(
        f"{name} ({statement.name})"
        for statement in document.allowing
        for name in _untrusted_principals_of(statement, document, trusted)
    )
    return tuple(sorted(found, key=lambda name: not name.startswith("anyone")))


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


def _untrusted_principals_of(statement: Statement, document: PolicyDocument, trusted: Trusted) -> Iterator[str]:
    """Name them, without the statement."""
    principals = statement.principals
    if principals is None:
        return
    bounds = bounds_on(statement, document)
    if any(all(trusted.includes(party) for party in bound) for bound in bounds):
        return
    best = _best_known(bounds)
    if principals.everyone:
        yield from map(str, _untrusted(best, bounds, trusted)) if bounds else ("anyone",)
        return
    yield from map(str, _untrusted(callers(principals), bounds, trusted))
    known = [party for party in best if party.account or party.organization]
    for party in _untrusted(known, bounds, trusted):
        yield from (f"{service} for {party.name}" for service in principals.services)


def _untrusted(named: Iterable[Party], bounds: tuple[Bound, ...], trusted: Trusted) -> list[Party]:
    return [party for party in named if not trusted.includes(party) and not _is_excluded(party, bounds)]


def _is_excluded(party: Party, bounds: tuple[Bound, ...]) -> bool:
    """Tell whether one of the bounds names only other accounts in the same relation."""
    return party.account is not None and any(
        all(other.relation is party.relation and other.account not in {None, party.account} for other in bound)
        for bound in bounds
    )


def _best_known(bounds: tuple[Bound, ...]) -> Bound:
    """Choose the bound that tells a person most: accounts rather than organizations, those rather than all else."""
    return min(bounds, key=lambda bound: max((_vagueness(party) for party in bound), default=0), default=())


def _vagueness(party: Party) -> int:
    known = (party.account, party.organization, party.relation is not Relation.NETWORK and party.fixed, True)
    return next(index for index, one in enumerate(known) if one)
