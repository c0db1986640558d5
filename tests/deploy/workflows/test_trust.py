"""The roles of the pipelines trust just the tokens that the documentation says."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from tests.deploy.workflows.cloud import ACCOUNT, GITHUB, GITLAB, REFERENCE, Cloud, Provider, statements

if TYPE_CHECKING:
    from compliance_tf.local import LocalAws

BRANCH = "project_path:acme/compliance:ref_type:branch:ref:"
READING = ("Get", "List", "Describe")


@pytest.fixture(scope="module", params=[GITHUB, GITLAB], ids=lambda provider: provider.folder)
def cloud(local_aws: LocalAws, request: pytest.FixtureRequest) -> Cloud:
    cloud = Cloud(local_aws, request.param)
    iam = cloud.client("iam")
    for role in [role["RoleName"] for role in iam.list_roles()["Roles"] if role["RoleName"].startswith("ci-")]:
        iam.delete_role_policy(RoleName=role, PolicyName="pipeline")
        iam.delete_role(RoleName=role)
    return cloud.create_roles()


def may_be(cloud: Cloud, role: str, subject: str) -> bool:
    try:
        cloud.signed_in(f"arn:aws:iam::{ACCOUNT}:role/ci-compliance-{role}", subject)
    except ClientError as error:
        if error.response["Error"]["Code"] != "AccessDenied":
            raise
        return False
    return True


@pytest.mark.parametrize(
    ("provider", "subject", "roles"),
    [
        (GITHUB, "repo:acme/compliance:pull_request", ["reviewer"]),
        (GITHUB, "repo:acme/compliance:ref:refs/heads/main", ["reviewer"]),
        (GITHUB, "repo:acme/compliance:environment:dev", ["deployer"]),
        (GITHUB, "repo:acme/compliance:environment:other", []),
        (GITHUB, "repo:acme/compliance:ref:refs/heads/other", []),
        (GITHUB, "repo:acme/other:pull_request", []),
        (GITHUB, "repo:acme/other:environment:dev", []),
        (GITLAB, f"{BRANCH}main", ["reviewer", "deployer"]),
        (GITLAB, f"{BRANCH}feature", ["reviewer"]),
        (GITLAB, f"{BRANCH}main2", ["reviewer"]),
        (GITLAB, "project_path:acme/other:ref_type:branch:ref:main", []),
        (GITLAB, "project_path:acme/compliance:ref_type:tag:ref:main", []),
    ],
)
def test_a_job_gets_just_the_roles_that_are_meant_for_it(
    cloud: Cloud, provider: Provider, subject: str, roles: list[str]
) -> None:
    if cloud.provider != provider:
        assert not any(may_be(cloud, role, subject) for role in ("reviewer", "deployer"))
        return
    assert [role for role in ("reviewer", "deployer") if may_be(cloud, role, subject)] == roles


def test_a_token_for_somebody_else_is_refused(cloud: Cloud) -> None:
    subject = f"{BRANCH}main" if cloud.provider == GITLAB else "repo:acme/compliance:pull_request"
    assert may_be(cloud, "reviewer", subject)
    elsewhere = Cloud(cloud.aws, Provider(cloud.provider.issuer, "https://elsewhere.example", cloud.provider.folder))
    assert not may_be(elsewhere, "reviewer", subject)


def test_the_reviewer_may_read_all_that_the_deployer_may_read_and_change_nothing() -> None:
    deployer = {statement["Sid"]: statement for statement in statements("deployer-policy.json")}
    reviewer = {statement["Sid"]: statement for statement in statements("reviewer-policy.json")}
    assert set(actions(reviewer.pop("State"))) == {"s3:GetObject", "s3:ListBucket"}
    reading = {
        name: [action for action in actions(statement) if action.partition(":")[2].startswith(READING)]
        for name, statement in deployer.items()
    }
    assert {name: actions(statement) for name, statement in reviewer.items()} == {
        name: found for name, found in reading.items() if found
    }
    assert all(statement["Resource"] == deployer[name]["Resource"] for name, statement in reviewer.items())


def test_no_role_of_the_pipelines_may_change_another_one() -> None:
    text = json.dumps(json.loads((REFERENCE / "deployer-policy.json").read_text()))
    assert ":role*/compliance-*" in text
    assert ":role/*" not in text
    assert ":role*/ci-" not in text


def actions(statement: dict[str, object]) -> list[str]:
    found = statement["Action"]
    return [found] if isinstance(found, str) else list(found)  # type: ignore[call-overload]
