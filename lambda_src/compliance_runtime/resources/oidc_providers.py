"""Claims of OIDC identity providers' tokens, as of November 2026.

Sources: the condition keys of
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html, what IAM itself asks of new
trust policies in https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc_secure-by-default.html, and
how subjects are written in https://docs.github.com/en/actions/reference/security/oidc,
https://docs.gitlab.com/ci/cloud_services/,
https://support.atlassian.com/bitbucket-cloud/docs/integrate-pipelines-with-resource-servers-using-oidc/ and
https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Claims:
    """The claims of a provider that a trust policy should restrict.

    Parameters
    ----------
    subjects
        Claims that identify the caller; one is enough. The usual one is first.
    audiences
        Claims that identify the application of the token; one is enough. The usual one is first.
    owners
        The claims that name an owner, where the subject is made of claims with their names before them, as in
        ``repo:acme/shop:ref:refs/heads/main``: customers choose which, so that a subject may name no owner at all.
        Empty where every subject begins with its owner.
    """

    subjects: tuple[str, ...] = ("sub",)
    audiences: tuple[str, ...] = ("aud",)
    owners: tuple[str, ...] = ()


_USUAL = Claims()
_GITHUB_OWNERS = (
    *("repository", "repository_id", "repository_owner", "repository_owner_id", "job_workflow_ref", "workflow_ref"),
    *("enterprise", "enterprise_id"),
)
_CLAIMS: Mapping[str, Claims] = {
    "token.actions.githubusercontent.com": Claims(("sub", *_GITHUB_OWNERS), owners=("repo", *_GITHUB_OWNERS)),
    "gitlab.com": Claims(owners=("project_path", "namespace_path", "project_id", "namespace_id")),
    "app.terraform.io": Claims(owners=("organization",)),
    # With another application in front (azp), aud is that one and oaud the application itself.
    "accounts.google.com": Claims(audiences=("aud", "oaud")),
    # The audience is the identity pool; amr says whether its users have signed in.
    "cognito-identity.amazonaws.com": Claims(("amr", "sub")),
    "graph.facebook.com": Claims(("id",), ("app_id",)),
    "www.amazon.com": Claims(("user_id",), ("app_id",)),
}

_OIDC_ARN = re.compile(r"arn:[^:]*:iam::[^:]*:oidc-provider/(.+)")
_WILDCARD = re.compile(r"[*?]|\$\{")
_VARIABLE = re.compile(r"\$\{")
_OWNER_IN_PATH = re.compile(r"[^/@]+[/@]")
_SEPARATOR = re.compile(r"[:/@]")
_LABEL = re.compile(r"[a-z_-]+")
_SERVICE_ACCOUNTS = "system:serviceaccount:"


def oidc_provider(principal: str) -> str | None:
    """Return the host and path of a federated principal's OIDC provider; None for SAML."""
    match = _OIDC_ARN.fullmatch(principal)
    if match:
        return match[1]
    # Amazon, Facebook, Google and Cognito have no ARN.
    return None if ":" in principal else principal


def claims_of(provider: str) -> Claims:
    """Return the claims to restrict in a provider's tokens."""
    return _CLAIMS.get(provider, _USUAL)


def is_scoped(claim: str, value: str, claims: Claims = _USUAL, *, wildcards: bool = True) -> bool:
    """Decide whether the value of an identifying claim names a certain owner.

    An owner is an organization, a group, a namespace or an account: ``repo:acme/*`` is, ``repo:*`` and ``repo:acme*``
    are not, since others have names that begin with acme; nor is ``ref:refs/heads/main``, which everybody has.

    Parameters
    ----------
    claim
        The claim, such as ``sub``.
    value
        The value in a condition.
    claims
        The claims of the provider.
    wildcards
        Whether ``*`` and ``?`` are wildcards in the value.

    Returns
    -------
    bool
        Whether the value is fixed up to an owner.
    """
    fixed = (_WILDCARD if wildcards else _VARIABLE).split(value, maxsplit=1)[0]
    whole = fixed == value
    if claim == "sub" and claims.owners:
        return _names_owner(fixed, claims.owners, whole=whole)
    if whole:
        return bool(value)
    parts = _complete_parts(fixed)
    if fixed.startswith(_SERVICE_ACCOUNTS):
        return len(parts) > len(_SERVICE_ACCOUNTS.strip(":").split(":"))
    # A subject of a CI service begins with a word that says what follows: repo, project_path, organization.
    begins_with_label = claim == "sub" and bool(parts) and _LABEL.fullmatch(parts[0]) is not None
    return len(parts) > int(begins_with_label)


def _complete_parts(fixed: str) -> list[str]:
    """Split at separators; a wildcard may continue the last part, unless a brace closes it."""
    parts = _SEPARATOR.split(fixed)
    return [part for part in (parts if parts[-1].endswith("}") else parts[:-1]) if part]


def _names_owner(fixed: str, owners: tuple[str, ...], *, whole: bool) -> bool:
    """Return whether one of a subject's claims names an owner in its fixed part."""
    # A claim's value cannot hold a colon: GitHub writes it as %3A.
    segments = fixed.split(":")
    return any(
        name in owners and value and (whole or index < len(segments) or _OWNER_IN_PATH.match(value))
        for index, (name, value) in enumerate(pairwise(segments), start=2)
    )
