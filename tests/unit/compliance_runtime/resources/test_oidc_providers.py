from __future__ import annotations

import pytest

from compliance_runtime.resources.oidc_providers import claims_of, is_scoped, oidc_provider


@pytest.mark.parametrize(
    ("principal", "provider"),
    [
        (
            "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com",
            "token.actions.githubusercontent.com",
        ),
        (
            "arn:aws-cn:iam::123456789012:oidc-provider/oidc.eks.cn-north-1.amazonaws.com.cn/id/EXAMPLED539",
            "oidc.eks.cn-north-1.amazonaws.com.cn/id/EXAMPLED539",
        ),
        ("cognito-identity.amazonaws.com", "cognito-identity.amazonaws.com"),
        ("arn:aws:iam::123456789012:saml-provider/corporate", None),
    ],
)
def test_providers_are_known_by_host_and_path(principal: str, provider: str | None) -> None:
    assert oidc_provider(principal) == provider


@pytest.mark.parametrize(
    "subject",
    [
        "repo:acme/shop:ref:refs/heads/main",
        "repo:acme/*",
        "repo:acme/shop:*",
        "repo:acme@1234/*",
        "repo:acme@*/shop@*:ref:refs/heads/main",
        "project_path:acme/shop:ref_type:branch:ref:*",
        "project_path:acme/*",
        "organization:acme:project:*:workspace:*:run_phase:*",
        "org/0b5ea0c8/project/*",
        "{0b5ea0c8}:*",
        "{0b5ea0c8}*",
        "system:serviceaccount:shop:api",
        "system:serviceaccount:shop:*",
        "spiffe://acme.example/*",
        "112233445566",
    ],
)
def test_a_subject_that_is_fixed_up_to_somebody_is_scoped(subject: str) -> None:
    assert is_scoped("sub", subject)


@pytest.mark.parametrize(
    "subject",
    [
        "*",
        "?*",
        "",
        "repo:*",
        "repo:acme*",
        "repo:*/shop:*",
        "repo:?cme/shop:*",
        "*acme/shop*",
        "project_path:*:ref:main",
        "organization:*",
        "org*",
        "system:*",
        "system:serviceaccount:*",
        "system:serviceaccount:*:api",
        "system:serviceaccount:shop*:api",
        "spiffe://*",
        "spiffe://acme*",
        "repo:${aws:PrincipalTag/team}/shop",
    ],
)
def test_a_subject_with_a_wildcard_in_the_name_of_somebody_is_not_scoped(subject: str) -> None:
    assert not is_scoped("sub", subject)


def test_claims_that_begin_with_the_name_need_no_more_than_that() -> None:
    assert is_scoped("repository", "acme/*")
    assert is_scoped("job_workflow_ref", "acme/workflows/.github/workflows/deploy.yml@*")
    assert not is_scoped("repository", "acme*")
    assert not is_scoped("repository", "*")


@pytest.mark.parametrize(
    "subject",
    [
        "repo:acme/api:*",
        "repo:acme/*",
        "repo:acme/shop:ref:refs/heads/main",
        "environment:production:repo:acme/api",
        "environment:production:repository_owner:acme:*",
        "repository_id:1234:*",
        "repository_owner_id:42",
        "job_workflow_ref:acme/workflows/.github/workflows/deploy.yml@*",
        "enterprise:acme:*",
        "enterprise_id:7:ref:*",
    ],
)
def test_a_subject_of_github_is_scoped_by_a_claim_that_names_an_owner(subject: str) -> None:
    assert is_scoped("sub", subject, claims_of("token.actions.githubusercontent.com"))


@pytest.mark.parametrize(
    "subject",
    [
        "ref:refs/heads/main",
        "environment:production",
        "environment:production:*",
        "environment:production:repo:*",
        "repository_owner:acme*",
        "repository_owner_id:42*",
        "repository_id:*",
        "context:pull_request:*",
        "ref:refs/heads/repo:",
        "workflow:deploy:actor:octocat",
        "*:repo:acme/api",
        "repo:",
    ],
)
def test_a_subject_of_github_that_names_no_owner_is_everybodys(subject: str) -> None:
    assert not is_scoped("sub", subject, claims_of("token.actions.githubusercontent.com"))


@pytest.mark.parametrize(
    ("provider", "subject"), [("gitlab.com", "ref_type:branch:ref:main"), ("app.terraform.io", "run_phase:apply")]
)
def test_subjects_of_other_shared_providers_name_an_owner_too(provider: str, subject: str) -> None:
    assert not is_scoped("sub", subject, claims_of(provider))
