"""The AWS that pipelines sign in to: its roles have the trust and the policies that the documentation gives them."""

from __future__ import annotations

import base64
import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from compliance_tf.terraform.machine import MIRROR_VARIABLE
from tests.deploy.conftest import REGION, REPOSITORY

if TYPE_CHECKING:
    from compliance_tf.local import LocalAws

ACCOUNT = "111122223333"
"""The account of the documentation's examples."""

BUCKET = "acme-terraform-state"
"""The bucket of the documentation's examples."""

REFERENCE = REPOSITORY / "docs" / "reference"
_STATE = {
    "Effect": "Allow",
    "Action": ["s3:ListBucket", "s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
    "Resource": [f"arn:aws:s3:::{BUCKET}", f"arn:aws:s3:::{BUCKET}/*"],
}


@dataclass(frozen=True)
class Provider:
    """Who signs the tokens.

    Parameters
    ----------
    issuer
        Its address.
    audience
        Whom its tokens are for.
    folder
        Where the documentation has the roles' trust policies.
    """

    issuer: str
    audience: str
    folder: str


GITHUB = Provider("https://token.actions.githubusercontent.com", "sts.amazonaws.com", "github-actions")
GITLAB = Provider("https://gitlab.com", "https://gitlab.com", "gitlab")


@dataclass(frozen=True)
class Cloud:
    """A local AWS with the two roles of a pipeline."""

    aws: LocalAws
    provider: Provider

    def client(self, service: str) -> Any:
        """Return a client that may do everything."""
        return self.aws.client(service, ACCOUNT, REGION)

    def create(self) -> Cloud:
        """Make the bucket of the state and the roles."""
        self.client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        return self.create_roles()

    def create_roles(self) -> Cloud:
        """Make the roles."""
        read = [one if one["Sid"] == "State" else on_all_resources(one) for one in statements("reviewer-policy.json")]
        self._role("reviewer", [*read, *statements("preflight-policy.json")])
        self._role("deployer", [*map(on_all_resources, statements("deployer-policy.json")), _STATE])
        return self

    def token(self, subject: str) -> str:
        """Make a token that says who asks; local AWS checks no signature."""
        claims = {"iss": self.provider.issuer, "aud": self.provider.audience, "sub": subject}
        return ".".join(
            base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in ({}, claims, {})
        )

    def unsigned(self) -> dict[str, str]:
        """Return the variables that lead to it, without any credentials."""
        variables = self.aws.environment(ACCOUNT, REGION)
        # Local AWS has no name of its own for each bucket, and the backend needs an address to ask for roles.
        style = {
            "TF_CLI_ARGS_init": "-backend-config=use_path_style=true",
            "AWS_ENDPOINT_URL_STS": variables["AWS_ENDPOINT_URL"],
        }
        machine = {name: value for name, value in os.environ.items() if name in {MIRROR_VARIABLE, "TF_CLI_CONFIG_FILE"}}
        return {name: value for name, value in variables.items() if "KEY" not in name} | style | machine

    def signed_in(self, role: str, subject: str) -> dict[str, str]:
        """Take a role by a token, as the action of AWS does."""
        answer = self.client("sts").assume_role_with_web_identity(
            RoleArn=role, RoleSessionName="pipeline", WebIdentityToken=self.token(subject)
        )["Credentials"]
        return {
            "AWS_ACCESS_KEY_ID": answer["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": answer["SecretAccessKey"],
            "AWS_SESSION_TOKEN": answer["SessionToken"],
        }

    def _role(self, name: str, policy: list[dict[str, Any]]) -> None:
        trust = REPOSITORY / "docs" / "workflows" / self.provider.folder / f"{name}-trust.json"
        iam = self.client("iam")
        full_name = f"ci-compliance-{name}"
        iam.create_role(RoleName=full_name, AssumeRolePolicyDocument=trust.read_text())
        document = json.dumps({"Version": "2012-10-17", "Statement": policy})
        iam.put_role_policy(RoleName=full_name, PolicyName="pipeline", PolicyDocument=document)


def on_all_resources(statement: dict[str, Any]) -> dict[str, Any]:
    """Widen a statement: local AWS knows the resources of some calls only, and simulates no conditions."""
    return {**statement, "Resource": "*", "Condition": {}}


def statements(name: str) -> list[dict[str, Any]]:
    """Read the statements of a policy in the reference."""
    policy: dict[str, Any] = json.loads((REFERENCE / name).read_text())
    return list(policy["Statement"])
