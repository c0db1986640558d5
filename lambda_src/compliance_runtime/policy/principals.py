"""Principals of statements.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from compliance_runtime.policy.elements import texts

if TYPE_CHECKING:
    from compliance_runtime.json_object import JsonObject

EVERYONE = "*"

_ACCOUNT = re.compile(r"[0-9]{12}")
_ARN_PARTS = 6
_UNIQUE_ID = re.compile(r"A[A-Z]{3}[A-Z0-9]{16,}")
_KINDS = ("AWS", "Service", "Federated", "CanonicalUser")


@dataclass(frozen=True)
class Principals:
    """The principals of a statement.

    Parameters
    ----------
    aws
        Accounts, users, roles, sessions; ``*`` for everyone.
    services
        Services of AWS: ``sns.amazonaws.com``.
    federated
        Identity providers.
    canonical_users
        S3's own ids of accounts.
    negated
        Whether they are from ``NotPrincipal``: everyone except these.
    """

    aws: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    federated: tuple[str, ...] = ()
    canonical_users: tuple[str, ...] = ()
    negated: bool = False

    @property
    def everyone(self) -> bool:
        """Return whether they are everyone, also callers without an account, possibly with exceptions."""
        return self.negated or EVERYONE in self.aws

    @property
    def everyone_without_exception(self) -> bool:
        """Return whether they are everyone without exceptions, as a denial for all requires."""
        return not self.negated and EVERYONE in self.aws


def account_of(principal: str) -> str | None:
    """Find the account of an AWS principal.

    Returns
    -------
    str | None
        Its 12 digits, or the text in their place in an ARN; None for the unique id that IAM leaves in a policy when a
        user or role is deleted: nobody has it any more.
    """
    if _UNIQUE_ID.fullmatch(principal):
        return None
    parts = principal.split(":")
    return parts[4] if len(parts) >= _ARN_PARTS else principal


def is_account(text: str) -> bool:
    """Return whether a text is the 12 digits of an account."""
    return _ACCOUNT.fullmatch(text) is not None


def read_principals(statement: JsonObject) -> Principals | None:
    """Parse ``Principal`` and ``NotPrincipal``.

    Returns
    -------
    Principals | None
        The principals by kind; None where neither member exists, as in an identity's policy.

    Raises
    ------
    ComplianceError
        The error of ``statement``, when they are malformed, of a kind that IAM does not have, or both exist.
    """
    if "Principal" in statement.values and "NotPrincipal" in statement.values:
        raise statement.error(f"{statement.place} has both Principal and NotPrincipal.")
    name = next((one for one in ("Principal", "NotPrincipal") if one in statement.values), None)
    if name is None:
        return None
    negated = name == "NotPrincipal"
    if isinstance(statement.values[name], str):
        return Principals(aws=texts(statement, name), negated=negated)
    kinds = statement.member(name)
    for kind in kinds.values:
        if kind not in _KINDS:
            raise kinds.error(f"{kinds.place} has the kind {kind!r:.40}; it must be one of {', '.join(_KINDS)}.")
    return Principals(
        aws=texts(kinds, "AWS"),
        services=texts(kinds, "Service"),
        federated=texts(kinds, "Federated"),
        canonical_users=texts(kinds, "CanonicalUser"),
        negated=negated,
    )
