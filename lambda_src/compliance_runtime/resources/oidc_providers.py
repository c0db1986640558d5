"""What the tokens of OIDC identity providers say of those who come, as of November 2026.

Sources: the condition keys of
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html, what IAM itself asks of new
trust policies in https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc_secure-by-default.html, and
how subjects are written in https://docs.github.com/en/actions/reference/security/oidc,
https://docs.gitlab.com/ci/cloud_services/ and
https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Claims:
    """The claims of a provider that a trust policy should ask for.

    Parameters
    ----------
    subjects
        Each of them says who comes; one is enough. The usual one is first.
    audience
        Says for which application the token was made.
    """

    subjects: tuple[str, ...] = ("sub",)
    audience: str = "aud"


_USUAL = Claims()
_CLAIMS: Mapping[str, Claims] = {
    "token.actions.githubusercontent.com": Claims(
        ("sub", "job_workflow_ref", "repository", "repository_id", "repository_owner_id")
    ),
    # The audience is the identity pool; amr says whether its users have signed in.
    "cognito-identity.amazonaws.com": Claims(("amr", "sub")),
    "graph.facebook.com": Claims(("id",), "app_id"),
    "www.amazon.com": Claims(("user_id",), "app_id"),
}

_OIDC_ARN = re.compile(r"arn:[^:]*:iam::[^:]*:oidc-provider/(.+)")
_WILDCARD = re.compile(r"[*?]|\$\{")
_SEPARATOR = re.compile(r"[:/@]")
_LABEL = re.compile(r"[a-z_-]+")
_SERVICE_ACCOUNTS = "system:serviceaccount:"


def oidc_provider(principal: str) -> str | None:
    """Give the host and path of the OIDC provider that a federated principal is; None for one of SAML."""
    match = _OIDC_ARN.fullmatch(principal)
    if match:
        return match[1]
    # Those of Amazon, Facebook, Google and Cognito have no ARN.
    return None if ":" in principal else principal


def claims_of(provider: str) -> Claims:
    """Give the claims to ask for of a provider's tokens."""
    return _CLAIMS.get(provider, _USUAL)


def is_scoped(claim: str, value: str) -> bool:
    """Tell whether a pattern for a claim that says who comes is fixed up to somebody in particular.

    That is an organization, a group, a namespace or an account: ``repo:acme/*`` is, ``repo:*`` and ``repo:acme*`` are
    not, since others have names that begin with acme.
    """
    fixed = _WILDCARD.split(value, maxsplit=1)[0]
    if fixed == value:
        return bool(value)
    # The last part may go on where the wildcard stands.
    parts = [part for part in _SEPARATOR.split(fixed)[:-1] if part]
    if fixed.startswith(_SERVICE_ACCOUNTS):
        return len(parts) > len(_SERVICE_ACCOUNTS.strip(":").split(":"))
    # A subject of a CI service begins with a word that says what follows: repo, project_path, organization.
    begins_with_label = claim == "sub" and bool(parts) and _LABEL.fullmatch(parts[0]) is not None
    return len(parts) > int(begins_with_label)
