"""Roles for users of OIDC identity providers restrict subject and audience.

Providers such as GitHub's, GitLab's or Terraform Cloud's are shared by all their customers: without a condition on the
subject anyone who has an account there can assume the role. IAM asks for such conditions when a trust policy is written
today, but not of those that are there.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from compliance_runtime.check import ChangeCheck, Severity, Verdict
from compliance_runtime.policy.patterns import any_matches, covers
from compliance_runtime.resources.iam_policies import trust_policy
from compliance_runtime.resources.oidc_providers import claims_of, is_scoped, oidc_provider

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compliance_runtime.evaluation.configuration_item import ConfigurationItem
    from compliance_runtime.policy.document import Statement


@dataclass(frozen=True)
class Parameters:
    """Allowed providers and subjects."""

    allowed_providers: tuple[str, ...] = field(
        default=(),
        metadata={
            "doc": "Hosts and paths of providers, as token.actions.githubusercontent.com or oidc.eks.*; * and ? are "
            "wildcards, case-sensitive. Empty allows every provider."
        },
    )
    allowed_subjects: tuple[str, ...] = field(
        default=(),
        metadata={
            "doc": "Subjects (claim sub) that roles may ask for, as repo:acme/*, with wildcards, case-sensitive. Empty "
            "allows all that name somebody in particular."
        },
    )


def evaluate(item: ConfigurationItem, parameters: Parameters) -> Verdict:
    """Return compliant if every statement asks for a subject and an audience, of allowed providers."""
    statements = [
        statement
        for statement in trust_policy(item).allowing
        if statement.actions.matches("sts:assumerolewithwebidentity")
    ]
    found = [problem for statement in statements for problem in _problems(statement, parameters)]
    if found:
        return Verdict.non_compliant(f"The role may be assumed by {'; '.join(dict.fromkeys(found))}.")
    if not any(_providers(statement) for statement in statements):
        return Verdict.not_applicable("The role is not for users of OIDC identity providers.")
    return Verdict.compliant("The role says whom of its OIDC identity providers it trusts.")


def _providers(statement: Statement) -> tuple[str, ...]:
    principals = statement.principals
    named = (oidc_provider(one) for one in principals.federated) if principals and not principals.negated else ()
    return tuple(provider for provider in named if provider is not None)


def _problems(statement: Statement, parameters: Parameters) -> Iterator[str]:
    """List whom a statement allows that it should not, and what to do."""
    if _is_for_any_provider(statement):
        yield f"users of any identity provider ({statement.name}): name the provider"
    for provider in _providers(statement):
        claims = claims_of(provider)
        key = f"{provider}:{claims.subjects[0]}"
        if not any(_is_scoped_by(statement, provider, claim) for claim in claims.subjects):
            yield f"anyone of {provider} ({statement.name}): ask for {key} with the owner, without wildcards up to it"
        elif claims.subjects[0] == "sub" and not _asks_only_for(statement, provider, parameters.allowed_subjects):
            yield f"subjects of {provider} that are not allowed ({statement.name}): ask for others by {key}"
        if parameters.allowed_providers and not any_matches(parameters.allowed_providers, provider):
            yield f"users of {provider}, which is not allowed ({statement.name})"
        asked = [one for name in claims.audiences for one in statement.demanding(f"{provider}:{name}".lower())]
        if not any(all(value.strip("*?") for value in one.values) for one in asked):
            yield f"tokens of {provider} for any audience ({statement.name}): ask for {provider}:{claims.audiences[0]}"


def _is_for_any_provider(statement: Statement) -> bool:
    # Conditions that need a key may ask for claims of one provider, or for principals that have no token.
    everyone = statement.principals is not None and (
        statement.principals.everyone or any("*" in one for one in statement.principals.federated)
    )
    return everyone and not any(condition.needs_key for condition in statement.conditions)


def _is_scoped_by(statement: Statement, provider: str, claim: str) -> bool:
    claims = claims_of(provider)
    return any(
        all(is_scoped(claim, value, claims, wildcards=one.has_wildcards) for value in one.values)
        for one in statement.demanding(f"{provider}:{claim}".lower())
    )


def _asks_only_for(statement: Statement, provider: str, allowed: tuple[str, ...]) -> bool:
    return not allowed or any(
        all(any(covers(pattern, value) for pattern in allowed) for value in one.values)
        for one in statement.demanding(f"{provider}:sub".lower())
    )


CHECK = ChangeCheck(
    id="iam-oidc-trust",
    title="OIDC users are named",
    description=(
        "Roles that users of OIDC identity providers may assume (GitHub, GitLab, EKS, Cognito) must ask for a subject "
        "and an audience, without wildcards that let in other organizations: else anyone can come."
    ),
    remediation="Add conditions on one's own subject and audience to the trust policy.",
    severity=Severity.CRITICAL,
    resource_types=("AWS::IAM::Role",),
    parameters=Parameters,
    evaluate=evaluate,
)
