from __future__ import annotations

from typing import Any

import pytest

from compliance_runtime.check import Compliance, Verdict
from compliance_runtime.checks.iam_oidc_trust import CHECK, Parameters
from compliance_runtime.errors import EventError
from compliance_tf.testing import ACCOUNT, verdict
from tests.unit.compliance_runtime.iam_items import OWN_ACCOUNT, deny, role, trust

WEB_IDENTITY = "sts:AssumeRoleWithWebIdentity"
GITHUB = "token.actions.githubusercontent.com"
EKS = "oidc.eks.eu-central-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B716D3041E"
COGNITO = "cognito-identity.amazonaws.com"
AUDIENCE = {f"{GITHUB}:aud": "sts.amazonaws.com"}


def provider(host: str) -> dict[str, str]:
    return {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/{host}"}


def github(action: object = WEB_IDENTITY, **condition: Any) -> dict[str, Any]:
    return trust(provider(GITHUB), action, Condition=condition)


def claims(host: str, **values: object) -> dict[str, object]:
    return {f"{host}:{claim}": value for claim, value in values.items()}


def judged(*statements: dict[str, Any], parameters: Parameters | None = None, **members: Any) -> Verdict:
    return verdict(CHECK, role(trusts=statements, **members), parameters)


@pytest.mark.parametrize(
    "statement",
    [
        github(StringEquals=AUDIENCE | claims(GITHUB, sub="repo:acme/shop:ref:refs/heads/main")),
        github(StringEquals=AUDIENCE, StringLike=claims(GITHUB, sub=["repo:acme/*", "repo:other/shop:*"])),
        github(StringLike=claims(GITHUB, aud="sts.*", sub="repo:acme/*")),
        github(
            StringEquals=AUDIENCE | claims(GITHUB, repository_owner_id=1234), StringLike=claims(GITHUB, sub="repo:*")
        ),
        github(StringEquals=AUDIENCE | claims(GITHUB, repository="acme/shop")),
        github(StringEquals=AUDIENCE, StringLike=claims(GITHUB, job_workflow_ref="acme/shop/.github/workflows/*")),
        github(**{"StringEquals": AUDIENCE, "ForAnyValue:StringLike": claims(GITHUB, sub="repo:acme/*")}),
        github(["sts:TagSession", "sts:AssumeRole*"], StringEquals=AUDIENCE | claims(GITHUB, sub="repo:acme/shop:x")),
        # With StringEquals a star is a star: nobody has such a subject.
        github(StringEquals=AUDIENCE | claims(GITHUB, sub="repo:*")),
        trust(
            provider("gitlab.com"),
            WEB_IDENTITY,
            Condition={"StringLike": claims("gitlab.com", aud="https://gitlab.com", sub="project_path:acme/*")},
        ),
        trust(
            provider(EKS),
            WEB_IDENTITY,
            Condition={"StringEquals": claims(EKS, aud="sts.amazonaws.com", sub="system:serviceaccount:shop:api")},
        ),
        trust(
            {"Federated": COGNITO},
            WEB_IDENTITY,
            Condition={
                "StringEquals": claims(COGNITO, aud="eu-central-1:0b5ea0c8"),
                "ForAnyValue:StringLike": claims(COGNITO, amr="authenticated"),
            },
        ),
        trust(
            {"Federated": "graph.facebook.com"},
            WEB_IDENTITY,
            Condition={"StringEquals": claims("graph.facebook.com", app_id="1234", id="5678")},
        ),
        # Others with principals of accounts have no token.
        trust("*", "sts:*", Condition={"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}),
    ],
)
def test_a_role_that_asks_for_subject_and_audience_is_not_violated(statement: dict[str, Any]) -> None:
    assert judged(statement).compliance is not Compliance.NON_COMPLIANT


@pytest.mark.parametrize(
    "condition",
    [
        {},
        {"StringLike": claims(GITHUB, sub="*")},
        {"StringLike": claims(GITHUB, sub="repo:*")},
        {"StringLike": claims(GITHUB, sub="repo:acme*")},
        {"StringLike": claims(GITHUB, sub=["repo:acme/*", "repo:*:ref:refs/heads/main"])},
        {"StringLike": claims(GITHUB, sub="repo:*", repository="*")},
        {"StringEqualsIfExists": claims(GITHUB, sub="repo:acme/shop")},
        {"ForAllValues:StringLike": claims(GITHUB, sub="repo:acme/*")},
        {"StringNotLike": claims(GITHUB, sub="repo:evil/*")},
        {"Null": claims(GITHUB, sub="false")},
        {"StringEquals": claims("gitlab.com", sub="repo:acme/shop")},
        {"StringEquals": claims(GITHUB, ref="refs/heads/main")},
    ],
)
def test_a_role_that_does_not_say_whose_workflows_may_come_violates(condition: dict[str, Any]) -> None:
    verdict = judged(github(**condition | {"StringEquals": AUDIENCE | condition.get("StringEquals", {})}))

    assert verdict.compliance is Compliance.NON_COMPLIANT
    assert f"anyone of {GITHUB} (statement 1): ask for {GITHUB}:sub" in verdict.reason
    assert "audience" not in verdict.reason


@pytest.mark.parametrize("audience", [{}, claims(GITHUB, aud="*"), claims(GITHUB, aud=["sts.amazonaws.com", "?*"])])
def test_a_role_that_takes_tokens_for_any_audience_violates(audience: dict[str, Any]) -> None:
    verdict = judged(github(StringLike=audience | claims(GITHUB, sub="repo:acme/*")))

    assert verdict.compliance is Compliance.NON_COMPLIANT
    assert f"tokens of {GITHUB} for any audience (statement 1): ask for {GITHUB}:aud" in verdict.reason
    assert "anyone" not in verdict.reason


@pytest.mark.parametrize(
    ("principal", "subject", "audience"),
    [
        (provider("gitlab.com"), "gitlab.com:sub", "gitlab.com:aud"),
        (provider(EKS), f"{EKS}:sub", f"{EKS}:aud"),
        ({"Federated": COGNITO}, f"{COGNITO}:amr", f"{COGNITO}:aud"),
        ({"Federated": "www.amazon.com"}, "www.amazon.com:user_id", "www.amazon.com:app_id"),
        ({"Federated": "accounts.google.com"}, "accounts.google.com:sub", "accounts.google.com:aud"),
    ],
)
def test_the_reason_names_the_condition_keys_of_each_provider(
    principal: dict[str, str], subject: str, audience: str
) -> None:
    reason = judged(trust(principal, WEB_IDENTITY)).reason

    assert f"ask for {subject}" in reason
    assert f"ask for {audience}" in reason
    assert reason.index(subject) < reason.index(audience)


@pytest.mark.parametrize(
    "statement",
    [
        trust("*", WEB_IDENTITY),
        trust({"AWS": "*"}, "sts:*"),
        trust({"Federated": "*"}, WEB_IDENTITY),
        trust(None, WEB_IDENTITY, NotPrincipal=provider(GITHUB)),
    ],
)
def test_a_role_for_users_of_any_provider_violates(statement: dict[str, Any]) -> None:
    verdict = judged(statement)

    assert verdict.compliance is Compliance.NON_COMPLIANT
    assert "any identity provider (statement 1)" in verdict.reason


@pytest.mark.parametrize(
    "statement",
    [
        trust({"Service": "ec2.amazonaws.com"}),
        trust({"AWS": OWN_ACCOUNT}, "sts:*"),
        trust({"Federated": f"arn:aws:iam::{ACCOUNT}:saml-provider/corporate"}, ["sts:AssumeRoleWithSAML", "sts:*"]),
        trust(provider(GITHUB), "sts:TagSession"),
        deny(WEB_IDENTITY, None, Principal=provider(GITHUB)),
    ],
)
def test_a_role_that_trusts_no_oidc_provider_is_not_applicable(statement: dict[str, Any]) -> None:
    assert judged(statement).compliance is Compliance.NOT_APPLICABLE


SCOPED = github(StringEquals=AUDIENCE, StringLike=claims(GITHUB, sub="repo:acme/shop:*"))


@pytest.mark.parametrize(
    ("allowed", "compliance"),
    [
        ((GITHUB,), Compliance.COMPLIANT),
        (("gitlab.com", "token.*"), Compliance.COMPLIANT),
        ((), Compliance.COMPLIANT),
        (("gitlab.com",), Compliance.NON_COMPLIANT),
    ],
)
def test_only_allowed_providers_may_be_trusted(allowed: tuple[str, ...], compliance: Compliance) -> None:
    verdict = judged(SCOPED, parameters=Parameters(allowed_providers=allowed))

    assert verdict.compliance is compliance
    assert ("which is not allowed" in verdict.reason) is (compliance is Compliance.NON_COMPLIANT)


@pytest.mark.parametrize(
    ("allowed", "compliance"),
    [
        (("repo:acme/*",), Compliance.COMPLIANT),
        (("repo:other/*", "repo:acme/shop:*"), Compliance.COMPLIANT),
        (("repo:acme/shop:ref:*",), Compliance.NON_COMPLIANT),
        (("repo:other/*",), Compliance.NON_COMPLIANT),
    ],
)
def test_only_allowed_subjects_may_be_asked_for(allowed: tuple[str, ...], compliance: Compliance) -> None:
    verdict = judged(SCOPED, parameters=Parameters(allowed_subjects=allowed))

    assert verdict.compliance is compliance
    assert (f"ask for others by {GITHUB}:sub" in verdict.reason) is (compliance is Compliance.NON_COMPLIANT)


def test_subjects_are_not_asked_of_providers_that_have_other_claims() -> None:
    condition = {"StringEquals": claims(COGNITO, aud="eu-central-1:0b5ea0c8", amr="authenticated")}
    statement = trust({"Federated": COGNITO}, WEB_IDENTITY, Condition=condition)

    assert (
        judged(statement, parameters=Parameters(allowed_subjects=("repo:acme/*",))).compliance is Compliance.COMPLIANT
    )


def test_a_provider_that_is_left_out_is_not_one_that_is_trusted() -> None:
    reason = judged(trust(None, WEB_IDENTITY, NotPrincipal=provider(GITHUB))).reason

    assert GITHUB not in reason


def test_every_statement_is_judged() -> None:
    reason = judged(SCOPED, trust(provider("gitlab.com"), WEB_IDENTITY, Sid="Lab")).reason

    assert "anyone of gitlab.com (Lab)" in reason
    assert GITHUB not in reason


def test_a_malformed_trust_policy_is_no_verdict() -> None:
    with pytest.raises(EventError, match="assumeRolePolicyDocument"):
        judged(assumeRolePolicyDocument="%7B")


GOOGLE = "accounts.google.com"
BITBUCKET = "api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc"


@pytest.mark.parametrize(
    "statement",
    [
        trust({"Federated": GOOGLE}, WEB_IDENTITY, Condition={"StringEquals": claims(GOOGLE, oaud="app", sub="1234")}),
        trust({"Federated": GOOGLE}, WEB_IDENTITY, Condition={"StringEquals": claims(GOOGLE, aud="app", sub="1234")}),
        trust(
            provider(BITBUCKET),
            WEB_IDENTITY,
            Condition={"StringEquals": claims(BITBUCKET, aud="ari:x"), "StringLike": claims(BITBUCKET, sub="{0b5e}*")},
        ),
        github(StringEquals=AUDIENCE | claims(GITHUB, enterprise_id="42")),
        github(StringEquals=AUDIENCE | claims(GITHUB, repository_owner="acme")),
        github(
            StringEquals=AUDIENCE | claims(GITHUB, sub="environment:prod"),
            StringLike=claims(GITHUB, repository="acme/*"),
        ),
    ],
)
def test_each_claim_that_names_an_owner_or_an_audience_is_enough(statement: dict[str, Any]) -> None:
    assert judged(statement).compliance is Compliance.COMPLIANT


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEquals": AUDIENCE | claims(GITHUB, sub="ref:refs/heads/main")},
        {"StringEquals": AUDIENCE, "StringLike": claims(GITHUB, sub="environment:production:*")},
        {"StringEquals": AUDIENCE | claims(GITHUB, sub=["repo:acme/shop:ref:refs/heads/main", "environment:prod"])},
        {"StringEquals": AUDIENCE | claims(GITHUB, environment="prod")},
        {"StringEquals": AUDIENCE, "StringLike": claims(GITHUB, enterprise_id="4*")},
    ],
)
def test_github_without_an_owner_is_open_to_everybody(condition: dict[str, Any]) -> None:
    found = judged(github(**condition))

    assert found.compliance is Compliance.NON_COMPLIANT
    assert f"anyone of {GITHUB}" in found.reason


def test_google_without_an_audience_violates() -> None:
    found = judged(trust({"Federated": GOOGLE}, WEB_IDENTITY, Condition={"StringEquals": claims(GOOGLE, sub="1234")}))

    assert "any audience" in found.reason
